package dev.headwater.examples.shop;

import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.kafka.servers.KafkaServers;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What carries the topics between the services: the database, a cluster of Kafka that runs, or one that is started. */
final class Carrier implements AutoCloseable {

    private static final int MOST_REPLICAS = 3;
    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    private final BrokerAddress address;
    private final @Nullable KafkaServers servers;
    private final @Nullable Path temporary;

    private Carrier(BrokerAddress address, @Nullable KafkaServers servers, @Nullable Path temporary) {
        this.address = address;
        this.servers = servers;
        this.temporary = temporary;
    }

    /** Starts what the options name. */
    static Carrier start(Options options, PrintStream err) throws IOException {
        if (options.kafka != null) {
            int replicas = Math.min(MOST_REPLICAS, options.kafka.split(",").length);
            return new Carrier(new BrokerAddress.InKafka(options.kafka, replicas), null, null);
        }
        if (options.broker != BrokerKind.KAFKA) {
            return new Carrier(new BrokerAddress.InDatabase(), null, null);
        }
        var data = options.data;
        var temporary = data == null ? Files.createTempDirectory("headwater-kafka") : null;
        var servers = KafkaServers.start(data == null ? Objects.requireNonNull(temporary) : data.resolve("kafka"));
        err.println("Kafka: " + servers.addresses());
        return new Carrier(new BrokerAddress.InKafka(servers.addresses(), KafkaServers.SERVERS), servers, temporary);
    }

    BrokerAddress address() {
        return address;
    }

    /**
     * Makes the topics that are missing.
     *
     * @throws UnusableDatabaseException when they are there and are others
     */
    void prepare(Database database) throws InterruptedException {
        long start = System.nanoTime();
        try (var broker = address.open(database.postgres(), database.jdbcUrl())) {
            while (true) {
                try {
                    broker.prepare(address.topics());
                    return;
                } catch (BrokerUnavailableException e) {
                    // Servers that were started here take a while to find each other.
                    if (servers == null || System.nanoTime() - start > START_LIMIT.toNanos()) {
                        throw e;
                    }
                    servers.requireAlive();
                    Thread.sleep(100);
                }
            }
        } catch (IllegalStateException e) {
            throw new UnusableDatabaseException(
                    String.valueOf(e.getMessage())
                            .lines()
                            .map(String::strip)
                            .reduce((a, b) -> a + " " + b)
                            .orElse(""),
                    e);
        }
    }

    @Override
    public void close() {
        if (servers != null) {
            servers.close();
        }
        if (temporary != null) {
            delete(temporary);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("demo: the folder " + folder + " of the servers of Kafka could not be deleted: " + e);
        }
    }
}
