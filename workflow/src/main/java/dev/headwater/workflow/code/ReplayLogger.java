package dev.headwater.workflow.code;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;

/** Logs what happens now, and is silent as long as a lane only repeats what has happened. */
final class ReplayLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    private final transient Lane lane;
    private final transient Logger logger;

    ReplayLogger(String workflow, Lane lane) {
        this.name = "workflow." + workflow;
        this.lane = lane;
        this.logger = LoggerFactory.getLogger(name);
    }

    private boolean isEnabled(Level level) {
        return !lane.isReplaying() && logger.isEnabledForLevel(level);
    }

    @Override
    public boolean isTraceEnabled() {
        return isEnabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return isEnabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return isEnabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return isEnabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return isEnabled(Level.ERROR);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable throwable) {
        var builder = logger.atLevel(level).setMessage(pattern);
        if (marker != null) {
            builder = builder.addMarker(marker);
        }
        if (arguments != null) {
            for (var argument : arguments) {
                builder = builder.addArgument(argument);
            }
        }
        if (throwable != null) {
            builder = builder.setCause(throwable);
        }
        builder.addKeyValue("instance", lane.turn().id()).log();
    }
}
