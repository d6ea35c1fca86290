package dev.headwater.failure;

import dev.headwater.HeadwaterException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Why a handler failed, as it is kept with a dead letter.
 *
 * @param exceptionClass the class of the exception
 * @param message its message, perhaps empty
 * @param stackTrace the whole stack trace with all causes
 * @param fingerprint the same for failures of the same kind at the same place: the class of the innermost cause and the
 *     method that threw it
 */
public record Failure(String exceptionClass, String message, String stackTrace, String fingerprint) {

    /** What stands in place of a message and a stack trace that were redacted. */
    public static final String REDACTED = "(redacted: it could repeat the data of somebody who was forgotten)";

    private static final int LONGEST_MESSAGE = 10_000;
    private static final int LONGEST_STACK_TRACE = 100_000;

    /** Takes down an exception. */
    public static Failure of(Throwable failure) {
        var trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        return new Failure(
                failure.getClass().getName(),
                storable(Objects.requireNonNullElse(failure.getMessage(), ""), LONGEST_MESSAGE),
                storable(trace.toString(), LONGEST_STACK_TRACE),
                fingerprint(failure));
    }

    /** The same failure without what its exceptions said. */
    public Failure redacted() {
        return new Failure(exceptionClass, REDACTED, REDACTED, fingerprint);
    }

    /**
     * An exception as it may stand in a log: what was thrown, and where. What Headwater says itself is repeated, what
     * anybody else says is not, since it may quote an event.
     */
    public static String inBrief(Throwable failure) {
        return chain(failure).stream()
                .map(cause ->
                        cause instanceof HeadwaterException ? place(cause) + ": " + cause.getMessage() : place(cause))
                .collect(Collectors.joining(", caused by "));
    }

    private static String fingerprint(Throwable failure) {
        return place(chain(failure).getLast());
    }

    private static List<Throwable> chain(Throwable failure) {
        var seen = Collections.newSetFromMap(new IdentityHashMap<Throwable, Boolean>());
        var chain = new ArrayList<Throwable>();
        for (var cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
            chain.add(cause);
        }
        return chain;
    }

    private static String place(Throwable root) {
        var frames = root.getStackTrace();
        var type = root.getClass().getName();
        return frames.length == 0 ? type : type + " at " + frames[0].getClassName() + "." + frames[0].getMethodName();
    }

    /** Without what a database cannot hold, and not endless. */
    private static String storable(String text, int longest) {
        var clean = text.replace('\0', '\uFFFD');
        return clean.length() <= longest ? clean : clean.substring(0, longest) + "…";
    }
}
