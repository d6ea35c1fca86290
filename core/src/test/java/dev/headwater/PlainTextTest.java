package dev.headwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headwater.aggregate.Memento;
import dev.headwater.subscription.Subscription;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlainTextTest {

    @Test
    void namesOfAnyCharactersAreAccepted() {
        for (var name : List.of("a", "orders", "Bestellungen für alle", "\ud83d\ude80", "a\ud83d\ude80\ud83d\ude80b")) {
            assertThat(PlainText.require("thing", name)).isEqualTo(name);
            assertThat(Subscription.named(name)).isNotNull();
        }
    }

    @Test
    void controlCharactersAndHalfSurrogatePairsAreRefusedWhereverSomethingIsNamed() {
        for (var name : List.of(
                "a\u0000", "\u0000a", "a\nb", "\ud83d", "a\ude80", "\ud83d\ud83d\ude80", "\ud83d\ude80\ude80")) {
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
}
