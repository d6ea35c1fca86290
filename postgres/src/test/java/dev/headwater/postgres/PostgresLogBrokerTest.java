package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.RecordHeader;
import dev.headwater.broker.spi.Topic;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.testkit.LogBrokerContract;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Topics that are published logs, read by a role that may only do that. */
class PostgresLogBrokerTest {

    private static final AtomicInteger TOPICS = new AtomicInteger();
    private static final String READER = "topic_reader";

    @Nested
    class OnTheNewestServer extends LogBrokerContract {
        @Override
        protected Subject open() {
            return new PublishedLogs(TestServers.newest());
        }
    }

    @Nested
    class OnTheOldestServer extends LogBrokerContract {
        @Override
        protected Subject open() {
            return new PublishedLogs(TestServers.oldest());
        }
    }

    @Test
    void whatIsPublishedAgainStandsThereOnce() throws Exception {
        try (var logs = new PublishedLogs(TestServers.newest())) {
            var topic = logs.freshName();
            logs.broker().prepare(List.of(Topic.of(topic, 1)));
            var records = IntStream.range(0, 10).mapToObj(i -> record(topic, i)).toList();
            var publisher = logs.broker().publisher();

            var first = publisher.publish(records.subList(0, 4));
            var again = publisher.publish(records.subList(2, 10));

            assertThat(again.subList(0, 2)).isEqualTo(first.subList(2, 4));
            try (var reader = logs.broker().read(topic)) {
                assertThat(reader.read(0, 0, 100, Integer.MAX_VALUE).records())
                        .extracting(record -> new String(record.value(), StandardCharsets.UTF_8))
                        .containsExactlyElementsOf(IntStream.range(0, 10)
                                .mapToObj(Integer::toString)
                                .toList());
            }
        }
    }

    private static OutgoingRecord record(String topic, int number) {
        return new OutgoingRecord(
                topic,
                0,
                new byte[] {1},
                Integer.toString(number).getBytes(StandardCharsets.UTF_8),
                List.of(RecordHeader.of("ce_id", new UUID(1, number).toString())),
                Instant.EPOCH);
    }

    @Test
    void whoeverMayOnlyReadCannotPublish() throws Exception {
        try (var logs = new PublishedLogs(TestServers.newest())) {
            var topic = logs.freshName();
            logs.broker().prepare(List.of(Topic.of(topic, 1)));
            assertThat(logs.broker().partitions(topic)).isEqualTo(1);
            try (var asReader = new PostgresLogBroker((name, publishing) -> logs.reading(name))) {
                assertThatThrownBy(() -> asReader.publisher().publish(List.of(record(topic, 1))))
                        .hasMessageContaining("lacks rights");
            }
        }
    }

    private static final class PublishedLogs implements LogBrokerContract.Subject {

        private final EmbeddedDatabase server;
        private final PostgresLogBroker broker;

        private PublishedLogs(EmbeddedDatabase server) {
            this.server = server;
            this.broker = new PostgresLogBroker((topic, publishing) -> publishing
                    ? PostgresDatabase.builder().url(server.jdbcUrl()).poolSize(4)
                    : reading(topic));
            Setting.execute(server, """
                    DO $$ BEGIN
                        CREATE ROLE topic_reader LOGIN PASSWORD 'reader';
                    EXCEPTION WHEN duplicate_object THEN NULL;
                    END $$""");
        }

        private PostgresDatabase.Builder reading(String topic) {
            try (var connection = DriverManager.getConnection(server.jdbcUrl());
                    var statement = connection.createStatement();
                    var schema = statement.executeQuery(
                            "SELECT FROM pg_namespace WHERE nspname = '" + PostgresLogBroker.schemaOf(topic) + "'")) {
                if (schema.next()) {
                    Setting.execute(server, PostgresLogBroker.grantsForReading(topic, READER));
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return PostgresDatabase.builder()
                    .url(Setting.withoutUser(server))
                    .credentials(READER, "reader")
                    .poolSize(4);
        }

        @Override
        public LogBroker broker() {
            return broker;
        }

        @Override
        public String freshName() {
            return "contract.topic-" + TOPICS.incrementAndGet();
        }

        @Override
        public int partitions() {
            return 1;
        }

        @Override
        public int tooLarge() {
            return (16 << 20) + 1;
        }

        @Override
        public void removeUpTo(String topic, int partition, long position) {
            Setting.execute(
                    server,
                    "DELETE FROM " + PostgresLogBroker.schemaOf(topic) + ".events WHERE position <= " + position);
        }

        /** Positions of a log have no holes. */
        @Override
        public void leaveHole(String topic, int partition) {}

        @Override
        public void close() {
            broker.close();
        }
    }
}
