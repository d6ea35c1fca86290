package dev.headwater;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** Where the tests of this module log to: every level, with stack traces, while somebody records. */
public final class RecordedLog implements SLF4JServiceProvider {

    private static final List<List<String>> RECORDINGS = new CopyOnWriteArrayList<>();

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final ILoggerFactory loggers = Recorder::new;

    /** Records what is logged from now on, by whatever test, until it is closed. */
    public static Recording record() {
        return new Recording();
    }

    /** What was logged since it was made. */
    public static final class Recording implements AutoCloseable {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        private Recording() {
            RECORDINGS.add(lines);
        }

        /** The lines, each with its stack trace. */
        public List<String> lines() {
            return lines;
        }

        @Override
        public void close() {
            RECORDINGS.remove(lines);
        }
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return new NOPMDCAdapter();
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {}

    private static final class Recorder extends LegacyAbstractLogger {

        private static final long serialVersionUID = 1L;

        Recorder(String name) {
            this.name = name;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String message, Object[] arguments, Throwable throwable) {
            if (RECORDINGS.isEmpty()) {
                return;
            }
            var line = new StringWriter();
            line.append(level + " " + name + " " + MessageFormatter.basicArrayFormat(message, arguments));
            if (throwable != null) {
                throwable.printStackTrace(new PrintWriter(line));
            }
            RECORDINGS.forEach(recording -> recording.add(line.toString()));
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        public boolean isTraceEnabled() {
            return !RECORDINGS.isEmpty();
        }

        @Override
        public boolean isDebugEnabled() {
            return !RECORDINGS.isEmpty();
        }

        @Override
        public boolean isInfoEnabled() {
            return !RECORDINGS.isEmpty();
        }

        @Override
        public boolean isWarnEnabled() {
            return !RECORDINGS.isEmpty();
        }

        @Override
        public boolean isErrorEnabled() {
            return !RECORDINGS.isEmpty();
        }
    }
}
