package dev.headwater.kafka.servers;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster of three real servers of Kafka, each a process on this machine with small settings: for tests, and for
 * trying things out. They end with this process, however that ends. Their class path is one of their own. Not
 * thread-safe.
 */
public final class KafkaServers implements AutoCloseable {

    /** How many servers there are. */
    public static final int SERVERS = 3;

    private static final String ID_FILE = "cluster.id";
    private static final int ID_BYTES = 16;

    private final Path directory;
    private final String id;
    private final List<Integer> ports;
    private final List<Integer> controllerPorts;
    private final List<Process> processes = new ArrayList<>();

    private KafkaServers(Path directory, String id) {
        this.directory = directory;
        this.id = id;
        var free = freePorts(2 * SERVERS);
        this.ports = free.subList(0, SERVERS);
        this.controllerPorts = free.subList(SERVERS, 2 * SERVERS);
    }

    /**
     * Starts them and does not wait for them: some seconds pass before they accept anything.
     *
     * @param directory where they keep everything, in which they go on with what is there
     * @throws IOException when it cannot be written, or a process cannot be started
     */
    public static KafkaServers start(Path directory) throws IOException {
        Files.createDirectories(directory);
        var servers = new KafkaServers(directory, id(directory.resolve(ID_FILE)));
        try {
            for (int number = 0; number < SERVERS; number++) {
                servers.processes.add(servers.startServer(number));
            }
            return servers;
        } catch (IOException e) {
            servers.close();
            throw e;
        }
    }

    private static String id(Path file) throws IOException {
        if (!Files.exists(file)) {
            var random = UUID.randomUUID();
            var bytes = ByteBuffer.allocate(ID_BYTES)
                    .putLong(random.getMostSignificantBits())
                    .putLong(random.getLeastSignificantBits());
            Files.writeString(file, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array()));
        }
        return Files.readString(file);
    }

    /** Where clients find them, as in {@code localhost:9092,localhost:9093}. */
    public String addresses() {
        return ports.stream().map(port -> "localhost:" + port).collect(Collectors.joining(","));
    }

    /**
     * Fails when one of them has ended by itself.
     *
     * @throws IllegalStateException with the place of what it said
     */
    public void requireAlive() {
        for (int number = 0; number < processes.size(); number++) {
            if (!processes.get(number).isAlive()) {
                throw new IllegalStateException("The server " + number + " of Kafka has ended (exit status "
                        + processes.get(number).exitValue() + "): see " + log(number));
            }
        }
    }

    /** Kills a server, as a crash of its machine would. */
    public void kill(int number) {
        processes.get(number).destroyForcibly().onExit().join();
    }

    /**
     * Starts a server again that was killed.
     *
     * @throws IOException when the process cannot be started
     */
    public void startAgain(int number) throws IOException {
        processes.set(number, startServer(number));
    }

    /** Ends all servers at once; what they have acknowledged stays in their directory. */
    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }

    private Path log(int number) {
        return directory.resolve(number + ".log");
    }

    private Process startServer(int number) throws IOException {
        var properties = directory.resolve(number + ".properties");
        Files.writeString(properties, properties(number, directory.resolve("server-" + number)));
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms96m",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                classPath(),
                KafkaServer.class.getName(),
                id,
                properties.toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(number).toFile()))
                .start();
    }

    /** The jars of the server, and our main class. */
    private static String classPath() throws IOException {
        try (InputStream servers = KafkaServers.class.getResourceAsStream("servers.classpath")) {
            if (servers == null) {
                throw new IOException("The class path of the servers is missing: build the module with Maven");
            }
            var main = Path.of(KafkaServer.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return main + File.pathSeparator + new String(servers.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (URISyntaxException e) {
            throw new IOException("The main class of the servers is nowhere", e);
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
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
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
