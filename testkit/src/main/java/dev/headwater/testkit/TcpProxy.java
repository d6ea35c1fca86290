package dev.headwater.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A bad network between a program and a server, for tests: a proxy on the loopback address that forwards every
 * connection, and that can hold, lose or delay what passes, cut connections, and lose a reply of PostgreSQL.
 *
 * <p>Disturbances hold for all connections, those that are made later included; {@link #connections} has the same for
 * one connection. What is lost is lost for ever: as TCP cannot go on behind a hole, a connection that lost something
 * stays silent in that direction, also when the network is well again, and its ends do not see each other close. New
 * connections then work. What is held arrives once it is released, as it does when lost packets are sent again in time.
 *
 * <p>Any protocol is forwarded. Replies can be lost only where PostgreSQL's is spoken, without TLS. Requests to cancel
 * a statement are connections like others. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

    private static final Pattern JDBC_URL = Pattern.compile("jdbc:postgresql://([^:/]+):(\\d+)(/.*)");
    private static final int BACKLOG = 100;

    private final String host;
    private final int serverPort;
    private final ServerSocket listener;
    private final List<ProxiedConnection> connections = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger cancelRequests = new AtomicInteger();
    private final AtomicInteger lostPackets = new AtomicInteger();

    /** Guards what follows. */
    final ReentrantLock lock = new ReentrantLock();

    final Condition changed = lock.newCondition();
    private final Map<Direction, Weather> weather = new EnumMap<>(Direction.class);
    private Duration delay = Duration.ZERO;
    private ReplyLoss loss = new ReplyLoss.None();
    private int lostReplies;
    private boolean closed;

    private TcpProxy(String host, int serverPort, ServerSocket listener) {
        this.host = host;
        this.serverPort = serverPort;
        this.listener = listener;
    }

    /** Where bytes go. */
    public enum Direction {
        /** From the client to the server. */
        TO_SERVER,
        /** From the server to the client. */
        TO_CLIENT
    }

    /** What follows a lost reply. */
    public enum Afterwards {
        /** The connection is cut. */
        CUT,
        /** The connection stays open, and nothing comes any more. */
        SILENCE
    }

    /** Which reply is to be lost. */
    private sealed interface ReplyLoss {

        record None() implements ReplyLoss {}

        record OfCommit(Afterwards afterwards) implements ReplyLoss {}

        record OfRequest(int request, Afterwards afterwards) implements ReplyLoss {}
    }

    /** What happens to bytes; the worse of two wins. */
    enum Weather {
        FAIR,
        HELD,
        LOST
    }

    /**
     * Starts a proxy on a free port of the loopback address.
     *
     * @param host of the server
     * @param port of the server
     */
    public static TcpProxy to(String host, int port) {
        try {
            var proxy = new TcpProxy(host, port, new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().name("proxy").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("The proxy found no port to listen on", e);
        }
    }

    /** Starts a proxy for the server of a JDBC URL of PostgreSQL that names a host and a port. */
    public static TcpProxy to(String jdbcUrl) {
        var url = JDBC_URL.matcher(jdbcUrl);
        if (!url.matches()) {
            throw new IllegalArgumentException(
                    "Expected a URL that begins with jdbc:postgresql://host:port/, but this one does not");
        }
        return to(url.group(1), Integer.parseInt(url.group(2)));
    }

    /** The port to connect to, on the loopback address. */
    public int port() {
        return listener.getLocalPort();
    }

    /** The same JDBC URL, but through this proxy. */
    public String through(String jdbcUrl) {
        var address = InetAddress.getLoopbackAddress().getHostAddress() + ":" + port();
        return JDBC_URL.matcher(jdbcUrl).replaceFirst("jdbc:postgresql://" + address + "$3");
    }

    /** How many connections were made since the proxy was started. */
    public int accepted() {
        return accepted.get();
    }

    /** How many connections were requests to cancel a statement of PostgreSQL. */
    public int cancelRequests() {
        return cancelRequests.get();
    }

    /** How many times something arrived at the proxy and was lost. */
    public int lostPackets() {
        return lostPackets.get();
    }

    /** How many replies were lost on request. */
    public int lostReplies() {
        lock.lock();
        try {
            return lostReplies;
        } finally {
            lock.unlock();
        }
    }

    /** The connections that are open now, in the order in which they were made. */
    public List<ProxiedConnection> connections() {
        return List.copyOf(connections);
    }

    /**
     * The connection that the server knows by this port of its client, which is what {@code inet_client_port()} tells.
     *
     * @throws IllegalArgumentException when no open connection has it
     */
    public ProxiedConnection connectionFrom(int portSeenByServer) {
        return connections.stream()
                .filter(connection -> connection.portSeenByServer() == portSeenByServer)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "No open connection reaches the server from port " + portSeenByServer));
    }

    /** Loses everything until {@link #release}, in both directions unless some are named. */
    public void lose(Direction... directions) {
        set(Weather.LOST, directions);
    }

    /** Holds everything back until {@link #release}, in both directions unless some are named. */
    public void hold(Direction... directions) {
        set(Weather.HELD, directions);
    }

    /** Ends what {@code lose} and {@code hold} of this proxy began. What single connections were told stays. */
    public void release() {
        set(Weather.FAIR);
    }

    private void set(Weather now, Direction... directions) {
        change(() -> {
            for (var direction : directions.length == 0 ? Direction.values() : directions) {
                weather.put(direction, now);
            }
        });
    }

    /** From now on what arrives at once is passed on so much later, in each direction; 0 ends it. */
    public void delay(Duration time) {
        change(() -> delay = time);
    }

    /** Cuts all open connections. */
    public void cut() {
        connections.forEach(ProxiedConnection::cut);
    }

    /** The next reply that acknowledges a {@code COMMIT}, on any connection, is lost once the server has sent it. */
    public void loseNextCommit(Afterwards afterwards) {
        change(() -> loss = new ReplyLoss.OfCommit(afterwards));
    }

    /**
     * The reply to one request from now on, on any connection, is lost once the server has sent it.
     *
     * @param request 1 for the next request; a request is what the client sends before it waits for an answer
     */
    public void loseReply(int request, Afterwards afterwards) {
        change(() -> loss = new ReplyLoss.OfRequest(request, afterwards));
    }

    /** Stops listening and cuts all connections. */
    @Override
    public void close() {
        change(() -> closed = true);
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The proxy could not stop listening", e);
        } finally {
            cut();
        }
    }

    private void accept() {
        while (true) {
            try {
                var client = listener.accept();
                accepted.incrementAndGet();
                Thread.ofVirtual().name("proxied").start(() -> connect(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void connect(Socket client) {
        try (client;
                var server = new Socket(host, serverPort)) {
            var connection = new ProxiedConnection(this, client, server);
            connections.add(connection);
            try {
                if (!isClosed()) {
                    connection.run();
                }
            } finally {
                connections.remove(connection);
            }
        } catch (IOException e) {
            // The server is away; the client sees its connection closed.
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock. */
    Weather weather(Direction direction) {
        return weather.getOrDefault(direction, Weather.FAIR);
    }

    /** Called with the lock. */
    Duration delay() {
        return delay;
    }

    void packetLost() {
        lostPackets.incrementAndGet();
    }

    void cancelRequested() {
        cancelRequests.incrementAndGet();
    }

    /** A client has sent a request; returns what follows the loss of its reply, if that is to be lost. */
    Optional<Afterwards> lossAtRequest() {
        return lossAt(loss -> loss instanceof ReplyLoss.OfRequest(int request, var afterwards)
                ? new ReplyLoss.OfRequest(request - 1, afterwards)
                : loss);
    }

    /** A server has acknowledged a commit; returns what follows the loss of that, if it is to be lost. */
    Optional<Afterwards> lossAtCommit() {
        return lossAt(loss ->
                loss instanceof ReplyLoss.OfCommit(var afterwards) ? new ReplyLoss.OfRequest(0, afterwards) : loss);
    }

    private Optional<Afterwards> lossAt(UnaryOperator<ReplyLoss> step) {
        lock.lock();
        try {
            loss = step.apply(loss);
            if (loss instanceof ReplyLoss.OfRequest(int request, var afterwards) && request == 0) {
                loss = new ReplyLoss.None();
                lostReplies++;
                return Optional.of(afterwards);
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }
}
