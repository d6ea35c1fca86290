package dev.headwater.postgres;

import dev.headwater.embedded.EmbeddedDatabase;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** The servers that the tests of this module share; every test has a schema of its own. */
public final class TestServers {

    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private TestServers() {}

    private static final class Newest {
        static final EmbeddedDatabase SERVER = EmbeddedDatabase.start();
    }

    private static final class Oldest {
        static final EmbeddedDatabase SERVER = EmbeddedDatabase.builder()
                .binaries(Path.of(System.getProperty("headwater.postgres.oldest")))
                .start();
    }

    public static EmbeddedDatabase newest() {
        return Newest.SERVER;
    }

    public static EmbeddedDatabase oldest() {
        return Oldest.SERVER;
    }

    public static String freshSchema() {
        return "test_" + SCHEMAS.incrementAndGet();
    }

    public static PostgresDatabase open(EmbeddedDatabase server, String schema) {
        return PostgresDatabase.builder()
                .url(server.jdbcUrl())
                .schema(schema)
                .poolSize(4)
                .open();
    }
}
