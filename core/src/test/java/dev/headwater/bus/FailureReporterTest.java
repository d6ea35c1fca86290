package dev.headwater.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.headwater.Envelope;
import dev.headwater.bus.TestMessages.OrderPlaced;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class FailureReporterTest {

    private static final Envelope<OrderPlaced> ENVELOPE = Envelope.of(new OrderPlaced("secret order"));
    private final Exception failure = new IllegalStateException("broken");

    private final RecordingLogger log = new RecordingLogger();

    @Test
    void theLogGetsHandlerTypeIdAndExceptionButNotThePayload() {
        new FailureReporter(new LoggingFailureListener(log), log).report(ENVELOPE, "mailer", failure);

        assertThat(log.lines).singleElement().satisfies(line -> {
            assertThat(line.level()).isEqualTo(Level.ERROR);
            assertThat(line.text())
                    .contains(
                            "mailer", OrderPlaced.class.getName(), ENVELOPE.id().toString())
                    .doesNotContain("secret");
            assertThat(line.exception()).isSameAs(failure);
        });
    }

    @Test
    void aFailureOfTheListenerIsLoggedTogetherWithTheFailureThatItMissed() {
        var broken = new AssertionError("listener");
        Consumer<HandlerFailure> listener = missed -> {
            throw broken;
        };

        new FailureReporter(listener, log).report(ENVELOPE, "mailer", failure);

        assertThat(log.lines).extracting(Line::exception).containsExactly(failure, broken);
        assertThat(log.lines).allSatisfy(line -> assertThat(line.text()).doesNotContain("secret"));
    }

    @Test
    void evenAFailingLogIsContained() {
        log.failure = new OutOfMemoryError("log");

        assertThatCode(() ->
                        new FailureReporter(new LoggingFailureListener(log), log).report(ENVELOPE, "mailer", failure))
                .doesNotThrowAnyException();
    }

    @Test
    void aFailureAsTextHoldsNoPayload() {
        assertThat(new HandlerFailure(ENVELOPE, "mailer", failure))
                .hasToString("mailer failed on %s %s: java.lang.IllegalStateException"
                        .formatted(OrderPlaced.class.getName(), ENVELOPE.id()));
    }

    private record Line(Level level, String text, Throwable exception) {}

    private static final class RecordingLogger extends LegacyAbstractLogger {

        private static final long serialVersionUID = 1L;

        private final transient List<Line> lines = new ArrayList<>();
        private Error failure;

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String message, Object[] arguments, Throwable throwable) {
            if (failure != null) {
                throw failure;
            }
            lines.add(new Line(level, MessageFormatter.basicArrayFormat(message, arguments), throwable));
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        public boolean isTraceEnabled() {
            return true;
        }

        @Override
        public boolean isDebugEnabled() {
            return true;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }
}
