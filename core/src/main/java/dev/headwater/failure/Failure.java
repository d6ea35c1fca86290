package dev.headwater.failure;

import dev.headwater.HeadwaterException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a handler failed, as it is kept with a dead letter.
 *
 * @param exceptionClass the class of the exception
 * @param message its message, perhaps empty
 * @param stackTrace the whole stack trace with all causes
 * @param fingerprint the same for failures of the same kind at the same place: the class of the innermost cause, of an
 *     SQL error its SQLSTATE and the table or constraint, and the first method that belongs to no library
 */
public record Failure(String exceptionClass, String message, String stackTrace, String fingerprint) {

    /** What stands in place of a message and a stack trace that were redacted. */
    public static final String REDACTED = "(redacted: it could repeat the data of somebody who was forgotten)";

    private static final int LONGEST_MESSAGE = 10_000;
    private static final int LONGEST_STACK_TRACE = 100_000;
    private static final int MOST_CAUSES = 100;

    /** Whose methods are not what has failed, but where it showed. */
    private static final List<String> LIBRARIES = List.of(
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "com.sun.",
            "org.postgresql.",
            "com.zaxxer.hikari.",
            "org.springframework.",
            "org.hibernate.",
            "org.jooq.",
            "org.jdbi.",
            "org.apache.ibatis.");

    /** A name in an error message of PostgreSQL. */
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

    /** Takes down an exception. */
    public static Failure of(Throwable failure) {
        return new Failure(
                failure.getClass().getName(),
                storable(message(failure), LONGEST_MESSAGE),
                storable(stackTrace(failure), LONGEST_STACK_TRACE),
                fingerprint(failure));
    }

    private static String message(Throwable failure) {
        try {
            return Objects.requireNonNullElse(failure.getMessage(), "");
        } catch (RuntimeException | Error e) {
            return "(its message cannot be read: " + e.getClass().getName() + ")";
        }
    }

    private static String stackTrace(Throwable failure) {
        var chain = chain(failure);
        var trace = new StringWriter();
        try {
            if (chain.size() < MOST_CAUSES) {
                failure.printStackTrace(new PrintWriter(trace));
                return trace.toString();
            }
        } catch (RuntimeException | Error e) {
            trace.getBuffer().setLength(0);
        }
        for (var cause : chain) {
            trace.append(cause.getClass().getName()).append('\n');
            for (var frame : cause.getStackTrace()) {
                trace.append("\tat ").append(frame.toString()).append('\n');
            }
        }
        return trace.toString();
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
        var root = chain(failure).getLast();
        return root.getClass().getName() + (root instanceof SQLException sql ? sqlDetail(sql) : "") + at(root);
    }

    /** The state and, where the message quotes names rather than data, the first name. */
    private static String sqlDetail(SQLException failure) {
        var state = Objects.requireNonNullElse(failure.getSQLState(), "");
        boolean quotesNames = state.startsWith("23") || state.startsWith("42");
        var firstLine = message(failure).lines().findFirst().orElse("");
        var quoted = QUOTED.matcher(firstLine);
        return " " + state + (quotesNames && quoted.find() ? " " + quoted.group() : "");
    }

    /** A failure and its causes, as far as that is of use; none is asked for anything but its cause. */
    static List<Throwable> chain(Throwable failure) {
        var seen = Collections.newSetFromMap(new IdentityHashMap<Throwable, Boolean>());
        var chain = new ArrayList<Throwable>();
        for (var cause = failure; cause != null && chain.size() < MOST_CAUSES && seen.add(cause); cause = next(cause)) {
            chain.add(cause);
        }
        return chain;
    }

    private static @Nullable Throwable next(Throwable failure) {
        try {
            return failure.getCause();
        } catch (RuntimeException | Error e) {
            return null;
        }
    }

    private static String place(Throwable root) {
        return root.getClass().getName() + at(root);
    }

    private static String at(Throwable root) {
        var frames = root.getStackTrace();
        return Arrays.stream(frames)
                .filter(frame -> LIBRARIES.stream().noneMatch(frame.getClassName()::startsWith))
                .findFirst()
                .or(() -> Arrays.stream(frames).findFirst())
                .map(frame -> " at " + frame.getClassName() + "." + frame.getMethodName())
                .orElse("");
    }

    /** Without what a database cannot hold, and not endless. */
    private static String storable(String text, int longest) {
        var clean = text.replace('\0', '\uFFFD');
        return clean.length() <= longest ? clean : clean.substring(0, longest) + "…";
    }
}
