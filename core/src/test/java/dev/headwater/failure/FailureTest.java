package dev.headwater.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same failure has the same fingerprint, another one has another, and nothing that is thrown does harm. */
class FailureTest {

    private static final StackTraceElement DRIVER = frame("org.postgresql.core.v3.QueryExecutorImpl", "receive");
    private static final StackTraceElement POOL = frame("com.zaxxer.hikari.pool.ProxyStatement", "execute");
    private static final StackTraceElement HANDLER = frame("shop.Orders", "project");

    private static StackTraceElement frame(String type, String method) {
        return new StackTraceElement(type, method, "Source.java", 7);
    }

    private static String fingerprint(Throwable failure, StackTraceElement... frames) {
        failure.setStackTrace(frames);
        return Failure.of(new IllegalStateException("around it", failure)).fingerprint();
    }

    private static SQLException sql(String message, String state) {
        return new SQLException(message, state);
    }

    @Test
    void theFirstMethodThatBelongsToNeitherDriverNorLibraryIsNamed() {
        assertThat(fingerprint(sql("out of range", "22003"), DRIVER, POOL, HANDLER))
                .isEqualTo("java.sql.SQLException 22003 at shop.Orders.project");
        assertThat(fingerprint(new IllegalStateException(), DRIVER))
                .as("when all of them do, the first")
                .endsWith(" at org.postgresql.core.v3.QueryExecutorImpl.receive");
        assertThat(fingerprint(new IllegalStateException())).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void theConstraintOrTableIsNamedAndNoValue() {
        var unique = "ERROR: duplicate key value violates unique constraint \"orders_pkey\"\n"
                + "  Detail: Key (name)=(\"Ada\") already exists.";
        assertThat(fingerprint(sql(unique, "23505"), DRIVER, HANDLER))
                .isEqualTo("java.sql.SQLException 23505 \"orders_pkey\" at shop.Orders.project");
        assertThat(fingerprint(sql("ERROR: relation \"ordres\" does not exist", "42P01"), DRIVER, HANDLER))
                .contains("42P01 \"ordres\"");
        assertThat(fingerprint(sql("ERROR: invalid input syntax for type integer: \"Ada\"", "22P02"), DRIVER, HANDLER))
                .as("a value is quoted, too")
                .doesNotContain("Ada");
    }

    @Test
    void differentCausesAtOnePlaceAreToldApart() {
        var fingerprints = List.of(
                fingerprint(sql("null value", "23502"), DRIVER, HANDLER),
                fingerprint(sql("relation \"a\" does not exist", "42P01"), DRIVER, HANDLER),
                fingerprint(sql("relation \"b\" does not exist", "42P01"), DRIVER, HANDLER),
                fingerprint(sql("column \"a\" does not exist", "42703"), DRIVER, HANDLER),
                fingerprint(sql("deadlock detected", "40P01"), DRIVER, HANDLER),
                fingerprint(new IllegalStateException(), DRIVER, HANDLER));

        assertThat(fingerprints).doesNotHaveDuplicates();
        assertThat(fingerprint(sql("relation \"a\" does not exist", "42P01"), DRIVER, POOL, HANDLER))
                .as("the same again")
                .isEqualTo(fingerprints.get(1));
    }

    @Test
    void anExceptionWithoutAStateOrMessageIsTakenDown() {
        assertThat(fingerprint(new SQLException(), HANDLER)).startsWith("java.sql.SQLException ");
        assertThat(Failure.of(new IllegalStateException()).message()).isEmpty();
    }

    @Test
    void hostileExceptionsAreTakenDown() {
        var failure = Failure.of(new Hostile());

        assertThat(failure.message()).contains("cannot be read").contains(ArithmeticException.class.getName());
        assertThat(failure.stackTrace()).contains(Hostile.class.getName());
        assertThat(failure.fingerprint()).startsWith(Hostile.class.getName());
        assertThat(Failure.inBrief(new Hostile())).startsWith(Hostile.class.getName());
    }

    @Test
    void causesThatNeverEndAreTakenDown() {
        var one = new IllegalStateException("one");
        one.initCause(new IllegalStateException("other", one));
        var many = new IllegalStateException("innermost");
        for (int i = 0; i < 10_000; i++) {
            many = new IllegalStateException("around", many);
        }

        assertThat(Failure.of(one).fingerprint()).isNotEmpty();
        assertThat(Failure.of(many).stackTrace().length()).isLessThanOrEqualTo(100_001);
        assertThat(Failure.chain(many)).hasSizeLessThan(1_000);
    }

    @Test
    void textThatADatabaseCannotHoldIsReplaced() {
        var failure = Failure.of(new IllegalStateException("a\0b" + "x".repeat(20_000)));

        assertThat(failure.message()).startsWith("a\uFFFDb").hasSizeLessThan(10_010);
        assertThat(failure.stackTrace()).doesNotContain("\0");
    }

    @SuppressWarnings("ThrowableEqualsHashCode") // it must do no harm
    private static final class Hostile extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new ArithmeticException("no message");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new ArithmeticException("no cause");
        }

        @Override
        public boolean equals(Object other) {
            throw new ArithmeticException("no equality");
        }

        @Override
        public int hashCode() {
            throw new ArithmeticException("no hash");
        }

        @Override
        public String toString() {
            throw new ArithmeticException("no text");
        }
    }
}
