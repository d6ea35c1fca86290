package dev.headwater.postgres.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A step of the schema. Its text is never changed once it was applied somewhere.
 *
 * <p>A line {@code -- usable-from: 7} says that code which knows the first seven scripts, or more, reads and writes the
 * schema rightly after this one. Without the line that is so only for code that knows the script itself.
 *
 * @param version its number, counted from 1
 * @param name the name of its file
 * @param sql the statements, with the placeholders of {@link dev.headwater.postgres.jdbc.Schema}
 * @param checksum of the statements
 * @param usableFrom how many scripts code must know to use the schema that this one leaves behind
 */
record Script(int version, String name, String sql, String checksum, int usableFrom) {

    private static final List<String> NAMES = List.of(
            "V1__event_log.sql",
            "V2__subscriptions.sql",
            "V3__append.sql",
            "V4__effects.sql",
            "V5__dead_letters.sql",
            "V6__schemas.sql",
            "V7__subject_keys.sql",
            "V8__snapshots_name_their_last_event.sql",
            "V9__conditions.sql",
            "V10__checkpoints.sql",
            "V11__flights.sql",
            "V12__reserved_streams.sql",
            "V13__processes.sql",
            "V14__step_receipts.sql",
            "V15__letter_records.sql",
            "V16__stored_events.sql");

    private static final Pattern USABLE_FROM = Pattern.compile("(?m)^-- usable-from: (\\d{1,6})$");

    private static final List<Script> ALL = read();

    /** The scripts of this code, in order. */
    static List<Script> all() {
        return ALL;
    }

    static Script of(int version, String name, String sql) {
        var line = USABLE_FROM.matcher(sql);
        int usableFrom = line.find() ? Integer.parseInt(line.group(1)) : version;
        if (usableFrom < 1 || usableFrom > version) {
            throw new IllegalArgumentException("The migration " + name + " is usable from version " + usableFrom
                    + ": expected 1 to " + version + ", its own");
        }
        return new Script(version, name, sql, checksumOf(sql), usableFrom);
    }

    private static List<Script> read() {
        var scripts = new ArrayList<Script>();
        for (var name : NAMES) {
            scripts.add(of(scripts.size() + 1, name, text(name)));
        }
        return List.copyOf(scripts);
    }

    private static String text(String name) {
        try (var resource = Script.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException("The jar lacks the migration " + name);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String checksumOf(String sql) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(sql.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
