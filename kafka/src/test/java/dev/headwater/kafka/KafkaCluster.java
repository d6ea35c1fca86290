package dev.headwater.kafka;

import dev.headwater.testkit.Await;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * Three real servers of Kafka as processes on this machine, for all tests of the module. They end with this process,
 * however that ends. Not thread-safe.
 */
final class KafkaCluster {

    private static final int SERVERS = 3;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final class Shared {
        static final KafkaCluster RUNNING = start();
    }

    private final String id = Uuid.randomUuid().toString();
    private final Path directory;
    private final List<Integer> ports;
    private final List<Integer> controllerPorts;
    private final List<Process> processes = new ArrayList<>();

    private KafkaCluster(Path directory) {
        this.directory = directory;
        var free = freePorts(2 * SERVERS);
        this.ports = free.subList(0, SERVERS);
        this.controllerPorts = free.subList(SERVERS, 2 * SERVERS);
    }

    /** The one that all tests share. */
    static KafkaCluster shared() {
        return Shared.RUNNING;
    }

    private static KafkaCluster start() {
        try {
            var cluster = new KafkaCluster(Files.createTempDirectory("headwater-kafka"));
            for (int number = 0; number < SERVERS; number++) {
                cluster.processes.add(cluster.startServer(number));
            }
            cluster.awaitAll();
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What clients have to know. */
    Map<String, Object> properties() {
        var servers = ports.stream().map(port -> "localhost:" + port).collect(Collectors.joining(","));
        return Map.of("bootstrap.servers", servers, "reconnect.backoff.max.ms", 500);
    }

    /** Kills a server, as a crash of its machine would. */
    void kill(int number) {
        processes.get(number).destroyForcibly().onExit().join();
    }

    void startAgain(int number) {
        processes.set(number, startServer(number));
    }

    /** Returns when all servers belong to the cluster. */
    void awaitAll() {
        try (var admin = Admin.create(properties())) {
            Await.until("all servers are there; see " + directory, LIMIT, () -> {
                requireAlive();
                return number(admin) == SERVERS;
            });
        }
    }

    private void requireAlive() {
        for (int number = 0; number < processes.size(); number++) {
            if (!processes.get(number).isAlive()) {
                throw new AssertionError("Server " + number + " has ended; see " + directory);
            }
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

    private Process startServer(int number) {
        var home = directory.resolve("server-" + number);
        var properties = directory.resolve(number + ".properties");
        try {
            Files.writeString(properties, properties(number, home));
            var command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xms96m",
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    "-cp",
                    classPath(),
                    BrokerProcess.class.getName(),
                    id,
                    properties.toString());
            var output = directory.resolve(number + ".log").toFile();
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("Server " + number + " cannot be started", e);
        }
    }

    /** The jars of the server, none of which is on the class path of the tests, and our main class. */
    private static String classPath() {
        var main = BrokerProcess.class.getProtectionDomain().getCodeSource().getLocation();
        try {
            var servers = Files.readString(Path.of(System.getProperty("headwater.kafka.servers")))
                    .strip();
            return Path.of(main.getPath()) + File.pathSeparator + servers;
        } catch (IOException e) {
            throw new UncheckedIOException("The class path of the servers is missing: build the module with Maven", e);
        }
    }

    private String properties(int number, Path home) {
        var voters = IntStream.range(0, SERVERS)
                .mapToObj(i -> (i + 1) + "@localhost:" + controllerPorts.get(i))
                .collect(Collectors.joining(","));
        return """
                process.roles=broker,controller
                node.id=%d
                listeners=PLAINTEXT://localhost:%d,CONTROLLER://localhost:%d
                advertised.listeners=PLAINTEXT://localhost:%d
                controller.listener.names=CONTROLLER
                inter.broker.listener.name=PLAINTEXT
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                controller.quorum.voters=%s
                log.dirs=%s
                auto.create.topics.enable=false
                offsets.topic.num.partitions=3
                offsets.topic.replication.factor=3
                transaction.state.log.num.partitions=3
                transaction.state.log.replication.factor=3
                transaction.state.log.min.isr=2
                group.initial.rebalance.delay.ms=0
                broker.session.timeout.ms=3000
                broker.heartbeat.interval.ms=300
                controller.quorum.election.timeout.ms=500
                controller.quorum.fetch.timeout.ms=1000
                replica.lag.time.max.ms=5000
                num.network.threads=1
                num.io.threads=2
                log.cleaner.dedupe.buffer.size=4194304
                """.formatted(
                        number + 1, ports.get(number), controllerPorts.get(number), ports.get(number), voters, home);
    }

    private static List<Integer> freePorts(int number) {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < number; i++) {
                sockets.add(new ServerSocket(0));
            }
            var free = sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (var socket : sockets) {
                socket.close();
            }
            return free;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
