package dev.headwater.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class StreamIdTest {

    @Test
    void theCategoryEndsAtTheFirstDash() {
        assertThat(new StreamId("order-4711").category()).isEqualTo("order");
        assertThat(new StreamId("order-4711-b").category()).isEqualTo("order");
        assertThat(new StreamId("order").category()).isEqualTo("order");
        assertThat(new StreamId("order-").category()).isEqualTo("order");
        assertThat(new StreamId("-order").category()).isEmpty();
    }

    @Test
    void isMadeOfCategoryAndId() {
        assertThat(StreamId.of("order", "47-11")).isEqualTo(new StreamId("order-47-11"));
        assertThat(StreamId.of("order", "47-11").id()).isEqualTo("47-11");
        assertThat(new StreamId("order").id()).isEmpty();
        assertThat(StreamId.of("order", "47-11").category()).isEqualTo("order");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamId.of("pre-order", "1"))
                .withMessageContaining("'pre-order'");
        assertThatIllegalArgumentException().isThrownBy(() -> StreamId.of("", "1"));
    }

    @Test
    void isReservedWhenItBeginsWithADollarSign() {
        for (var name : new String[] {"$", "$order-1", "$-1", "$$"}) {
            assertThat(new StreamId(name).isReserved()).as(name).isTrue();
        }
        for (var name : new String[] {"order-$1", "order$-1", " $order-1", "\uff04order-1"}) {
            assertThat(new StreamId(name).isReserved()).as(name).isFalse();
        }
    }

    @Test
    void isComparedCharacterByCharacter() {
        assertThat(new StreamId("order-é")).isNotEqualTo(new StreamId("order-e\u0301"));
        assertThat(new StreamId("order-1")).isNotEqualTo(new StreamId("Order-1"));
        assertThat(new StreamId("order-1")).hasToString("order-1");
    }

    @Test
    void theLengthCountsInBytes() {
        assertThat(new StreamId("x".repeat(500)).name()).hasSize(500);
        assertThat(new StreamId("é".repeat(250)).name()).hasSize(250);
        assertThat(new StreamId("\ud83d\ude80".repeat(125)).name()).hasSize(250);
        for (var name : new String[] {
            "x".repeat(501), "é".repeat(251), "€".repeat(167), "\ud83d\ude80".repeat(126), "x".repeat(64 * 1024)
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new StreamId(name))
                    .withMessageContaining("at most 500")
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
        }
    }

    @Test
    void anEmptyNameIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new StreamId("")).withMessageContaining("empty");
    }

    @Test
    void controlCharactersAreNamedNotRepeated() {
        for (var name : new String[] {"a\u0000", "a\n", "a\u001b[0m", "a\u0085", "\u0000".repeat(1_000)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new StreamId(name))
                    .withMessageContaining("U+00")
                    .satisfies(e -> assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl));
        }
    }

    @Test
    void halfASurrogatePairIsRefused() {
        for (var name : new String[] {"\ud800", "a\udc00", "\udc00\ud800", "a\ud83d", "\ud83d\ude80\ud83d"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new StreamId(name))
                    .withMessageContaining("Unicode");
        }
    }

    @Test
    void strangeButHarmlessNamesAreTaken() {
        for (var name : new String[] {"'; DROP TABLE events; --", "../..", "\u202eabc", " ", "%", "\ud83d\ude80"}) {
            assertThat(new StreamId(name).name()).isEqualTo(name);
        }
    }
}
