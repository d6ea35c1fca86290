package dev.headwater.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ExpectedVersionTest {

    @Test
    void acceptsWhatItExpects() {
        assertThat(ExpectedVersion.any().accepts(0)).isTrue();
        assertThat(ExpectedVersion.any().accepts(7)).isTrue();
        assertThat(ExpectedVersion.noStream().accepts(0)).isTrue();
        assertThat(ExpectedVersion.noStream().accepts(1)).isFalse();
        assertThat(ExpectedVersion.streamExists().accepts(0)).isFalse();
        assertThat(ExpectedVersion.streamExists().accepts(1)).isTrue();
        assertThat(ExpectedVersion.exactly(2).accepts(1)).isFalse();
        assertThat(ExpectedVersion.exactly(2).accepts(2)).isTrue();
        assertThat(ExpectedVersion.exactly(2).accepts(3)).isFalse();
    }

    @Test
    void exactlyZeroIsNoStream() {
        assertThat(ExpectedVersion.exactly(0)).isEqualTo(ExpectedVersion.noStream());
    }

    @Test
    void negativeVersionsAreRefusedWithTheRemedy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ExpectedVersion.exactly(-1))
                .withMessageContaining("-1")
                .withMessageContaining("noStream()");
        assertThatIllegalArgumentException().isThrownBy(() -> new ExpectedVersion.Exactly(0));
    }

    @Test
    void aConflictSaysWhatWasExpectedAndFoundAndWhatToDo() {
        var stream = new StreamId("order-1");

        assertThat(new ConcurrencyException(stream, ExpectedVersion.exactly(3), 5))
                .hasMessageContainingAll("'order-1'", "version 3", "version 5", "read it again");
        assertThat(new ConcurrencyException(stream, ExpectedVersion.streamExists(), 0))
                .hasMessageContainingAll("at least one event", "has no events");
        assertThat(new ConcurrencyException(stream, ExpectedVersion.noStream(), 1).isTransient())
                .isFalse();
    }
}
