package dev.headwater.postgres;

import dev.headwater.embedded.EmbeddedDatabase;

class OldestPostgresSubjectKeysTest extends PostgresSubjectKeysTest {

    @Override
    EmbeddedDatabase server() {
        return TestServers.oldest();
    }
}
