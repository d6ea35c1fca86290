package dev.headwater.embedded;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An application in a JVM of its own, for tests that end it the hard way; it tells on standard output what it has done.
 * It ends when nobody listens any more.
 */
final class ChildApplication {

    private ChildApplication() {}

    public static void main(String[] arguments) throws Exception {
        try {
            switch (arguments[0]) {
                case "write" -> write(EmbeddedDatabase.start(Path.of(arguments[1])));
                case "wait" -> {
                    say("started", EmbeddedDatabase.start());
                    System.in.readAllBytes();
                }
                case "last-words" -> {
                    sayLastWords(EmbeddedDatabase.builder()
                            .dataDirectory(Path.of(arguments[1]))
                            .closeOnExit(false)
                            .start());
                    System.in.readAllBytes();
                }
                case "end" -> say("started", EmbeddedDatabase.start());
                case "unpack" -> {
                    Path cache = Path.of(arguments[1]);
                    say(
                            "started",
                            EmbeddedDatabase.builder().cacheDirectory(cache).start());
                }
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        } catch (EmbeddedDatabaseException e) {
            System.out.println("failed " + e.getMessage());
        }
    }

    /** Commits one row after the other, and says so after each commit. */
    private static void write(EmbeddedDatabase database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists written (n int primary key)");
            say("started", database);
            while (!System.out.checkError()) {
                try (ResultSet row = statement.executeQuery(
                        "insert into written select coalesce(max(n), 0) + 1 from written returning n")) {
                    row.next();
                    System.out.println("committed " + row.getInt(1));
                }
            }
        }
    }

    private static void sayLastWords(EmbeddedDatabase database) throws SQLException {
        Connection connection = DriverManager.getConnection(database.jdbcUrl());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("create table last_words as select 'done' as word");
                System.out.println("wrote last words");
            } catch (SQLException e) {
                System.out.println("failed " + e.getMessage());
            }
            database.close();
        }));
        say("started", database);
    }

    private static void say(String what, EmbeddedDatabase database) {
        System.out.println(what + " " + database.serverPid() + " " + database.dataDirectory());
    }
}
