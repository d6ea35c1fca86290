package dev.headwater.kafka;

import dev.headwater.kafka.servers.KafkaServers;
import dev.headwater.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/** The servers that all tests of the module share. Not thread-safe. */
final class KafkaCluster {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final class Shared {
        static final KafkaCluster RUNNING = start();
    }

    private final KafkaServers servers;

    private KafkaCluster(KafkaServers servers) {
        this.servers = servers;
    }

    /** The one that all tests share. */
    static KafkaCluster shared() {
        return Shared.RUNNING;
    }

    private static KafkaCluster start() {
        try {
            var cluster = new KafkaCluster(KafkaServers.start(Files.createTempDirectory("headwater-kafka")));
            cluster.awaitAll();
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What clients have to know. */
    Map<String, Object> properties() {
        return Map.of("bootstrap.servers", servers.addresses(), "reconnect.backoff.max.ms", 500);
    }

    /** Kills a server, as a crash of its machine would. */
    void kill(int number) {
        servers.kill(number);
    }

    void startAgain(int number) {
        try {
            servers.startAgain(number);
        } catch (IOException e) {
            throw new UncheckedIOException("Server " + number + " cannot be started", e);
        }
    }

    /** Returns when all servers belong to the cluster. */
    void awaitAll() {
        try (var admin = Admin.create(properties())) {
            Await.until("all servers are there", LIMIT, () -> {
                servers.requireAlive();
                return number(admin) == KafkaServers.SERVERS;
            });
        }
    }

    private static int number(Admin admin) {
        try {
            return admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).size();
        } catch (ExecutionException | TimeoutException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for the servers", e);
        }
    }
}
