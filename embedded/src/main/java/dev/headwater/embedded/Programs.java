package dev.headwater.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How programs of PostgreSQL are started.
 *
 * <p>They refuse to run as root. There they are given a user namespace of their own, in which they are nobody in
 * particular, and cannot do more than any user; outside it their files still belong to root, so a folder can be used
 * again later.
 */
final class Programs {

    private static final List<String> NAMESPACE = List.of("unshare", "-U");

    private Programs() {}

    /** Prepares a program, in an environment that does not change what PostgreSQL does or says. */
    static ProcessBuilder builder(List<String> command) {
        List<String> words = new ArrayList<>();
        if (Root.IS_ROOT) {
            words.addAll(NAMESPACE);
        }
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        return builder;
    }

    /** Fails if PostgreSQL would refuse to run as this user. */
    static void requireUser() {
        if (Root.IS_ROOT && !Root.HAS_NAMESPACES) {
            throw new EmbeddedDatabaseException("PostgreSQL refuses to run as root: expected an ordinary user, or that"
                    + " 'unshare -U' is permitted, found root without it; run the application as an ordinary user");
        }
    }

    private static final class Root {

        static final boolean IS_ROOT = isRoot();
        static final boolean HAS_NAMESPACES = IS_ROOT && hasNamespaces();

        private static boolean isRoot() {
            Path self = Path.of("/proc/self");
            try {
                return Files.exists(self)
                        && Files.getAttribute(self, "unix:uid").equals(0);
            } catch (IOException e) {
                return false;
            }
        }

        private static boolean hasNamespaces() {
            try {
                List<String> command = new ArrayList<>(NAMESPACE);
                command.add("true");
                return new ProcessBuilder(command).start().onExit().join().exitValue() == 0;
            } catch (IOException e) {
                return false;
            }
        }
    }
}
