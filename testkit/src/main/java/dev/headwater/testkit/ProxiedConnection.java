package dev.headwater.testkit;

import dev.headwater.testkit.TcpProxy.Afterwards;
import dev.headwater.testkit.TcpProxy.Direction;
import dev.headwater.testkit.TcpProxy.Weather;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** One connection through a {@link TcpProxy}, for disturbances that concern it alone. Thread-safe. */
public final class ProxiedConnection {

    private static final int BUFFER = 1 << 16;

    private final TcpProxy proxy;
    private final Socket client;
    private final Socket server;
    private final AtomicInteger lettersDue = new AtomicInteger();

    /** Guarded by the lock of the proxy, as what follows. */
    private final Map<Direction, Weather> weather = new EnumMap<>(Direction.class);

    private final Set<Direction> broken = EnumSet.noneOf(Direction.class);
    private Optional<Afterwards> losing = Optional.empty();

    ProxiedConnection(TcpProxy proxy, Socket client, Socket server) {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
    }

    /** The port by which the server knows this connection, as {@code pg_stat_activity.client_port} tells. */
    public int portSeenByServer() {
        return server.getLocalPort();
    }

    /** Loses everything, in both directions unless some are named. */
    public void lose(Direction... directions) {
        set(Weather.LOST, directions);
    }

    /** Holds everything back until {@link #release}, in both directions unless some are named. */
    public void hold(Direction... directions) {
        set(Weather.HELD, directions);
    }

    /** Ends what was told to this connection. What it has lost keeps it silent; what the proxy was told stays. */
    public void release() {
        set(Weather.FAIR);
    }

    private void set(Weather now, Direction... directions) {
        proxy.change(() -> {
            for (var direction : directions.length == 0 ? Direction.values() : directions) {
                weather.put(direction, now);
            }
        });
    }

    /** Cuts the connection at both ends. */
    public void cut() {
        try (client;
                server) {
            proxy.change(() -> broken.addAll(EnumSet.allOf(Direction.class)));
        } catch (IOException e) {
            throw new UncheckedIOException("A connection could not be cut", e);
        }
    }

    /** Forwards until both ends are closed. */
    void run() {
        var back = Thread.ofVirtual().name("proxied").start(() -> forward(Direction.TO_CLIENT));
        forward(Direction.TO_SERVER);
        try {
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void forward(Direction direction) {
        var from = direction == Direction.TO_SERVER ? client : server;
        var to = direction == Direction.TO_SERVER ? server : client;
        var messages = direction == Direction.TO_SERVER ? PostgresMessages.ofClient() : PostgresMessages.ofServer();
        var buffer = new byte[BUFFER];
        try {
            int length = from.getInputStream().read(buffer);
            while (length >= 0) {
                int passing = direction == Direction.TO_SERVER
                        ? noteRequests(messages, buffer, length)
                        : beforeLoss(messages, buffer, length);
                if (arrives(direction)) {
                    to.getOutputStream().write(buffer, 0, passing);
                } else {
                    proxy.packetLost();
                }
                length = from.getInputStream().read(buffer);
            }
        } catch (IOException e) {
            // One of the ends is gone; the other is told below, unless the network is silent.
        }
        end(direction, to);
    }

    private void end(Direction direction, Socket to) {
        try {
            if (arrives(direction)) {
                to.shutdownOutput();
            }
        } catch (IOException e) {
            // It is gone, too.
        }
    }

    /** Waits as long as this direction is held or delayed; returns whether what waits arrives. */
    private boolean arrives(Direction direction) {
        proxy.lock.lock();
        try {
            long nanos = proxy.delay().toNanos();
            while (true) {
                var now = worse(proxy.weather(direction), weather.getOrDefault(direction, Weather.FAIR));
                if (now == Weather.LOST) {
                    broken.add(direction);
                }
                if (broken.contains(direction)) {
                    return false;
                }
                if (now == Weather.HELD) {
                    proxy.changed.awaitUninterruptibly();
                } else if (nanos > 0) {
                    nanos = proxy.changed.awaitNanos(nanos);
                } else {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            proxy.lock.unlock();
        }
    }

    private static Weather worse(Weather one, Weather other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private int noteRequests(PostgresMessages messages, byte[] bytes, int length) {
        int end = messages.next(bytes, 0, length);
        while (end >= 0) {
            switch (messages.type()) {
                case PostgresMessages.OPENING -> noteOpening(messages.code());
                case 'S', 'Q' -> proxy.lossAtRequest().ifPresent(this::loseReply);
                default -> {} // part of a request
            }
            end = messages.next(bytes, end, length);
        }
        return length;
    }

    private void noteOpening(int code) {
        switch (code) {
            case PostgresMessages.CANCEL_REQUEST -> proxy.cancelRequested();
            case PostgresMessages.TLS_REQUEST, PostgresMessages.GSS_REQUEST -> lettersDue.incrementAndGet();
            default -> {} // the start of a session
        }
    }

    private void loseReply(Afterwards afterwards) {
        proxy.change(() -> losing = Optional.of(afterwards));
    }

    /** How many bytes come before a reply that is to be lost; what follows it happens when the server is done. */
    private int beforeLoss(PostgresMessages messages, byte[] bytes, int length) {
        int due = lettersDue.getAndSet(0);
        for (int i = 0; i < due; i++) {
            messages.expectLetter();
        }
        int passing = losing().isPresent() ? 0 : length;
        int start = 0;
        int end = messages.next(bytes, 0, length);
        while (end >= 0) {
            if (messages.type() == 'C' && messages.beginsWith("COMMIT\0")) {
                var loss = proxy.lossAtCommit();
                if (loss.isPresent()) {
                    loseReply(loss.get());
                    passing = Math.min(passing, start);
                }
            }
            if (messages.type() == 'Z' && losing().isPresent()) {
                fallSilent(losing().get());
            }
            start = end;
            end = messages.next(bytes, end, length);
        }
        return passing;
    }

    private Optional<Afterwards> losing() {
        proxy.lock.lock();
        try {
            return losing;
        } finally {
            proxy.lock.unlock();
        }
    }

    private void fallSilent(Afterwards afterwards) {
        switch (afterwards) {
            case CUT -> cut();
            case SILENCE -> lose();
        }
    }
}
