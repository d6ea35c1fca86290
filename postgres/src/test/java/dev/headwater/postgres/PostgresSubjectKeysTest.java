package dev.headwater.postgres;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.privacy.SubjectKeys;
import dev.headwater.testkit.SubjectKeysContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** The keys of two database objects on one schema, as two processes would have them. */
class PostgresSubjectKeysTest extends SubjectKeysContract {

    private final String schema = TestServers.freshSchema();
    private final List<PostgresDatabase> databases = new ArrayList<>();

    EmbeddedDatabase server() {
        return TestServers.newest();
    }

    @Override
    protected SubjectKeys open() {
        return openAgain();
    }

    @Override
    protected SubjectKeys openAgain() {
        var database = PostgresDatabase.builder()
                .url(server().jdbcUrl())
                .schema(schema)
                .poolSize(4)
                .keyTimeToLive(Duration.ZERO)
                .open();
        databases.add(database);
        return database.subjectKeys();
    }

    @AfterEach
    void close() {
        databases.forEach(PostgresDatabase::close);
    }
}
