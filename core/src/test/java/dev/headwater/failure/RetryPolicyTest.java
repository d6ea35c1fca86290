package dev.headwater.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.UndecodableMessageException;
import dev.headwater.store.StoreUnavailableException;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final RetryPolicy POLICY =
            RetryPolicy.DEFAULT.withAttempts(5).withPauses(Duration.ofMillis(100), Duration.ofSeconds(1));

    @Test
    void takesAFailureForTransientUnlessItKnowsBetter() {
        assertThat(POLICY.classify(new IllegalStateException())).isEqualTo(FailureKind.TRANSIENT);
        assertThat(POLICY.classify(new IOException())).isEqualTo(FailureKind.TRANSIENT);
        assertThat(POLICY.classify(new SQLException("a conflict", "40001"))).isEqualTo(FailureKind.TRANSIENT);
        assertThat(POLICY.classify(new SQLException("without a state"))).isEqualTo(FailureKind.TRANSIENT);
    }

    @Test
    void knowsWhatFailsAgain() {
        var undecodable = new UndecodableMessageException(
                new EncodedMessage(UUID.randomUUID(), "t", 1, Instant.EPOCH, Metadata.NONE, new byte[0]), "no", null);
        assertThat(POLICY.classify(undecodable)).isEqualTo(FailureKind.PERMANENT);
        assertThat(POLICY.classify(new AssertionError())).isEqualTo(FailureKind.PERMANENT);
        assertThat(POLICY.classify(new SQLException("a duplicate", "23505"))).isEqualTo(FailureKind.PERMANENT);
        assertThat(POLICY.classify(new SQLException("no such table", "42P01"))).isEqualTo(FailureKind.PERMANENT);
        assertThat(POLICY.classify(new SQLException("too long", "22001"))).isEqualTo(FailureKind.PERMANENT);
    }

    @Test
    void knowsWhatIsOutOfReach() {
        assertThat(POLICY.classify(new StoreUnavailableException("away", null))).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(POLICY.classify(new SQLException("refused", "08001"))).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(POLICY.classify(new SQLException("shutdown", "57P01"))).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(POLICY.classify(new SQLException("disk full", "53100"))).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(POLICY.classify(new SQLException("lock timeout", "55P03"))).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(POLICY.classify(new SQLException("statement timeout", "57014")))
                .isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(POLICY.classify(new SQLException("a standby only reads", "25006")))
                .isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(POLICY.classify(new SQLException("prepared statement \"S_2\" already exists", "42P05")))
                .as("a pooler has changed the server process")
                .isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(POLICY.classify(new SQLTransientConnectionException("no connection is free")))
                .isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(POLICY.classify(new OutOfMemoryError())).isEqualTo(FailureKind.UNAVAILABLE);
    }

    @Test
    void looksForTheCause() {
        var wrapped = new IllegalStateException(new RuntimeException(new SQLException("refused", "08001")));

        assertThat(POLICY.classify(wrapped)).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(POLICY.treating(SQLException.class, FailureKind.PERMANENT).classify(wrapped))
                .isEqualTo(FailureKind.PERMANENT);
    }

    @Test
    void survivesCausesThatGoInACircle() {
        var one = new IllegalStateException("one");
        one.initCause(new IllegalStateException("other", one));

        assertThat(POLICY.classify(one)).isEqualTo(FailureKind.TRANSIENT);
    }

    @Test
    void followsTheFirstRuleThatKnows() {
        var policy = POLICY.treating(IllegalStateException.class, FailureKind.UNAVAILABLE)
                .treating(RuntimeException.class, FailureKind.PERMANENT)
                .treating(failure -> "later".equals(failure.getMessage()), FailureKind.TRANSIENT);

        assertThat(policy.classify(new IllegalStateException("later"))).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(policy.classify(new IllegalArgumentException("later"))).isEqualTo(FailureKind.PERMANENT);
        assertThat(policy.classify(new IOException("later"))).isEqualTo(FailureKind.TRANSIENT);
        assertThat(policy.classify(new AssertionError("later"))).isEqualTo(FailureKind.TRANSIENT);
    }

    @Test
    void doublesTheBoundOfThePauseUpToTheLongest() {
        for (int attempts = 1; attempts < 60; attempts++) {
            var bound = Duration.ofMillis(Math.min(1000, 100L << Math.min(attempts - 1, 10)));
            assertThat(POLICY.jittered(attempts, highest())).isEqualTo(bound);
            assertThat(POLICY.jittered(attempts, lowest())).isEqualTo(Duration.ofNanos(1));
        }
    }

    @Test
    void spreadsPausesOverTheWholeRange() {
        var random = new Random(7);
        var pauses =
                random.ints(1000).mapToObj(any -> POLICY.jittered(3, random)).toList();

        assertThat(pauses).allMatch(pause -> pause.isPositive() && pause.compareTo(Duration.ofMillis(400)) <= 0);
        for (int part = 0; part < 4; part++) {
            var from = Duration.ofMillis(100L * part);
            var to = from.plusMillis(100);
            assertThat(pauses.stream().filter(pause -> pause.compareTo(from) > 0 && pause.compareTo(to) <= 0))
                    .as("between " + from + " and " + to)
                    .hasSizeBetween(150, 350);
        }
    }

    @Test
    void endsWithTheLastAttempt() {
        assertThat(POLICY.pauseAfter(flaky(), 4, Duration.ZERO, lowest())).isPresent();
        assertThat(POLICY.pauseAfter(flaky(), 5, Duration.ZERO, lowest())).isEmpty();
        assertThat(POLICY.pauseAfter(flaky(), 6, Duration.ZERO, lowest())).isEmpty();
        assertThat(RetryPolicy.none().pauseAfter(flaky(), 1, Duration.ZERO, lowest()))
                .isEmpty();
    }

    @Test
    void endsBeforeARetryThatWouldComeTooLate() {
        var policy = POLICY.within(Duration.ofMillis(150));

        assertThat(policy.pauseAfter(flaky(), 1, Duration.ofMillis(50), highest()))
                .contains(Duration.ofMillis(100));
        assertThat(policy.pauseAfter(flaky(), 1, Duration.ofMillis(51), highest()))
                .isEmpty();
    }

    @Test
    void neverRetriesWhatFailsAgain() {
        assertThat(POLICY.pauseAfter(new AssertionError(), 1, Duration.ZERO, lowest()))
                .isEmpty();
    }

    @Test
    void refusesValuesWithoutMeaning() {
        assertThatThrownBy(() -> POLICY.withAttempts(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("attempts is 0");
        assertThatThrownBy(() -> POLICY.withPauses(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("first pause");
        assertThatThrownBy(() -> POLICY.withPauses(Duration.ofSeconds(1), Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longest pause");
        assertThatThrownBy(() -> POLICY.within(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("total time");
    }

    @Test
    void aRuleThatFailsDoesNotKnowTheFailure() {
        var policy = POLICY.treating(failure -> failure.getMessage().contains("timeout"), FailureKind.UNAVAILABLE)
                .treating(IllegalStateException.class, FailureKind.PERMANENT);

        assertThat(policy.classify(new IllegalStateException("timeout"))).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(policy.classify(new IllegalStateException())).isEqualTo(FailureKind.PERMANENT);
        assertThat(policy.hasRuleFor(new IllegalStateException())).isTrue();
        assertThat(policy.hasRuleFor(new IllegalArgumentException((String) null)))
                .isFalse();
    }

    private static Throwable flaky() {
        return new IllegalStateException("now and then");
    }

    private static RandomGenerator highest() {
        return new Constant(true);
    }

    private static RandomGenerator lowest() {
        return new Constant(false);
    }

    /** Always gives the end of what was asked for. */
    private record Constant(boolean high) implements RandomGenerator {
        @Override
        public long nextLong() {
            return high ? -1 : 0;
        }

        @Override
        public long nextLong(long bound) {
            return high ? bound - 1 : 0;
        }
    }
}
