package dev.headwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headwater.aggregate.Memento;
import dev.headwater.subscription.Subscription;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "orders", "Bestellungen für alle", "\ud83d\ude80", "a\ud83d\ude80\ud83d\ude80b"})
    void namesOfAnyCharactersAreAccepted(String name) {
        assertThat(PlainText.require("thing", name)).isEqualTo(name);
        assertThat(Subscription.named(name)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a\u0000", "\u0000a", "a\nb", "\ud83d", "a\ude80", "\ud83d\ud83d\ude80", "\ud83d\ude80\ude80"})
    void controlCharactersAndHalfSurrogatePairsAreRefusedWhereverSomethingIsNamed(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PlainText.require("thing", name))
                .withMessageContaining("The name of a thing holds");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Subscription.named(name))
                .withMessageContaining("The name of a subscription holds");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Memento.of(name, 1, String.class))
                .withMessageContaining("The name of a memento holds");
    }
}
