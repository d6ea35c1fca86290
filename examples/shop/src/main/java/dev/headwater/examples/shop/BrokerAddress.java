package dev.headwater.examples.shop;

import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.Topic;
import dev.headwater.kafka.KafkaLogBroker;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.PostgresLogBroker;
import java.util.List;
import java.util.Map;

/** Where the topics are: a closed choice. */
sealed interface BrokerAddress {

    /** Opens it for a service; closing it leaves the database open. */
    LogBroker open(PostgresDatabase database, String jdbcUrl);

    /** The topics as they are there. */
    List<Topic> topics();

    /** In the database of the services, in schemas of their own. */
    record InDatabase() implements BrokerAddress {

        private static final String TEXT = "postgres";

        @Override
        public LogBroker open(PostgresDatabase database, String jdbcUrl) {
            // Services that have databases of their own would name that of the topic's owner here.
            return new PostgresLogBroker((topic, publishing) ->
                    PostgresDatabase.builder().dataSource(database.dataSource()).listenUrl(jdbcUrl));
        }

        @Override
        public List<Topic> topics() {
            return Topics.all(1, 1);
        }

        @Override
        public String toString() {
            return TEXT;
        }
    }

    /**
     * In Kafka.
     *
     * @param servers as clients are told them
     * @param replicas on how many servers each record stands
     */
    record InKafka(String servers, int replicas) implements BrokerAddress {

        private static final int PARTITIONS = 3;

        @Override
        public LogBroker open(PostgresDatabase database, String jdbcUrl) {
            return new KafkaLogBroker(Map.of("bootstrap.servers", servers));
        }

        @Override
        public List<Topic> topics() {
            return Topics.all(PARTITIONS, replicas);
        }

        @Override
        public String toString() {
            return servers;
        }
    }

    /** Reads the text of an address. */
    static BrokerAddress of(String text) {
        return text.equals(InDatabase.TEXT) ? new InDatabase() : new InKafka(text, 1);
    }
}
