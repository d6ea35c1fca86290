package dev.headwater.embedded;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The settings that a server is started with: those that the embedded use needs, then the caller's. */
final class ServerSettings {

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_.$]*");

    /** The way into the server is the business of this module. */
    private static final Set<String> RESERVED = Set.of(
            "config_file",
            "data_directory",
            "hba_file",
            "ident_file",
            "listen_addresses",
            "port",
            "unix_socket_directories");

    private ServerSettings() {}

    /** Returns a name as the server spells it, or refuses it. */
    static String checkedName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(lower).matches()) {
            throw new IllegalArgumentException("Not the name of a PostgreSQL setting: '" + name + "'");
        }
        if (RESERVED.contains(lower)) {
            throw new IllegalArgumentException("The setting " + lower
                    + " cannot be changed: the embedded server listens on the loopback address only, on port(n)");
        }
        return lower;
    }

    /** The arguments on the server's command line, which nothing in the data directory overrides. */
    static List<String> arguments(Binaries binaries, Map<String, String> callers) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("fsync", "on");
        settings.put("full_page_writes", "on");
        settings.put("synchronous_commit", "on");
        settings.put("max_connections", "300");
        settings.put("shared_buffers", "128MB");
        // A checkpoint is forced less often under load; redoing this much after a crash takes some seconds.
        settings.put("max_wal_size", "2GB");
        settings.put("min_wal_size", "256MB");
        // Errors of statements go to the client; here they would fill the disk, with values of rows among them.
        settings.put("log_min_messages", "log");
        if (binaries.isAtLeast(16)) {
            // The single round of Cluster is for its random password, not for roles that are created later.
            settings.put("scram_iterations", "4096");
        }
        settings.putAll(callers);
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("unix_socket_directories", "");
        return settings.entrySet().stream()
                .flatMap(setting -> Stream.of("-c", setting.getKey() + "=" + setting.getValue()))
                .toList();
    }
}
