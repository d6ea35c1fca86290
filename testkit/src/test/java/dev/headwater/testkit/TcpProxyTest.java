package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.testkit.TcpProxy.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TcpProxyTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private EchoServer server;
    private TcpProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new EchoServer();
        proxy = TcpProxy.to("127.0.0.1", server.port());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void forwardsInBothDirectionsAndCounts() throws IOException {
        try (var one = Peer.connect(proxy.port());
                var other = Peer.connect(proxy.port())) {
            assertThat(one.exchange("one")).isEqualTo("one");
            assertThat(other.exchange("other")).isEqualTo("other");
            assertThat(proxy.accepted()).isEqualTo(2);
            assertThat(proxy.connections()).hasSize(2);
        }
    }

    @Test
    void forwardsTheEndOfAConnection() throws IOException {
        try (var client = Peer.connect(proxy.port())) {
            client.exchange("hello");
            client.endOutput();

            client.expectEnd();
        }
        Await.until("the connection is gone", LIMIT, () -> proxy.connections().isEmpty());
    }

    @Test
    void whatIsHeldArrivesAfterTheRelease() throws IOException {
        try (var client = Peer.connect(proxy.port())) {
            client.exchange("before");
            proxy.hold();
            client.send("held");
            client.expectNothing();

            proxy.release();

            assertThat(client.receive(4)).isEqualTo("held");
            assertThat(client.exchange("after")).isEqualTo("after");
        }
    }

    @Test
    void whatIsLostKeepsItsConnectionSilentWhileNewOnesWork() throws IOException {
        try (var client = Peer.connect(proxy.port())) {
            client.exchange("before");
            proxy.lose();
            client.send("lost");
            Await.until("it is lost", LIMIT, () -> proxy.lostPackets() == 1);

            proxy.release();

            client.send("after");
            client.expectNothing();
            assertThat(server.received()).isEqualTo("before");
            try (var later = Peer.connect(proxy.port())) {
                assertThat(later.exchange("later")).isEqualTo("later");
            }
        }
    }

    @Test
    void aConnectionThatLostNothingGoesOnAfterTheRelease() throws IOException {
        try (var client = Peer.connect(proxy.port())) {
            client.exchange("before");
            proxy.lose();
            proxy.release();

            assertThat(client.exchange("after")).isEqualTo("after");
        }
    }

    @Test
    void onlyTheAnswersAreLostInOneDirection() throws IOException {
        try (var client = Peer.connect(proxy.port())) {
            client.exchange("before");
            proxy.lose(Direction.TO_CLIENT);
            client.send("heard");

            Await.until(
                    "the server has heard it", LIMIT, () -> server.received().equals("beforeheard"));
            client.expectNothing();
        }
    }

    @Test
    void onlyTheChosenConnectionIsDisturbed() throws IOException {
        try (var one = Peer.connect(proxy.port());
                var other = Peer.connect(proxy.port())) {
            one.exchange("one");
            other.exchange("other");
            var chosen = proxy.connectionFrom(server.ports().getFirst());
            chosen.hold();
            one.send("held");

            assertThat(other.exchange("other")).isEqualTo("other");
            one.expectNothing();
            chosen.release();
            assertThat(one.receive(4)).isEqualTo("held");
        }
    }

    @Test
    void theEndOfASilentConnectionIsNotSeenByTheOtherEnd() throws IOException {
        var client = Peer.connect(proxy.port());
        client.exchange("before");
        proxy.connections().getFirst().lose();
        client.close();

        try (var later = Peer.connect(proxy.port())) {
            later.exchange("later");
        }
        Await.until("the later one is gone", LIMIT, () -> server.ends().size() == 1);
        assertThat(proxy.connections()).hasSize(1);
    }

    @Test
    void delaysWhatPasses() throws IOException {
        var delay = Duration.ofMillis(30);
        try (var client = Peer.connect(proxy.port())) {
            client.exchange("before");
            proxy.delay(delay);
            long start = System.nanoTime();

            client.exchange("delayed");

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(delay.multipliedBy(2));
        }
    }

    @Test
    void cutsConnectionsAtBothEnds() throws IOException {
        try (var client = Peer.connect(proxy.port())) {
            client.exchange("before");

            proxy.cut();

            client.expectEnd();
            Await.until("the server sees the end", LIMIT, () -> server.ends().size() == 1);
        }
    }

    @Test
    void acceptsNobodyWhenItIsClosed() throws IOException {
        int port = proxy.port();
        try (var client = Peer.connect(port)) {
            client.exchange("before");

            proxy.close();

            client.expectEnd();
            assertThatThrownBy(() -> Peer.connect(port).exchange("after")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void closesTheConnectionWhenTheServerIsAway() throws IOException {
        server.close();

        try (var client = Peer.connect(proxy.port())) {
            client.expectEnd();
        }
    }

    @Test
    void leadsTheUrlOfAServerThroughItself() {
        var url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=a&password=b";
        try (var other = TcpProxy.to(url)) {
            assertThat(other.through(url))
                    .isEqualTo("jdbc:postgresql://127.0.0.1:" + other.port() + "/postgres?user=a&password=b");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TcpProxy.to("jdbc:postgresql:secret"))
                .withMessageNotContaining("secret");
    }

    /** Sends back what it hears. */
    private static final class EchoServer {

        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Integer> ports = new CopyOnWriteArrayList<>();
        private final List<Integer> ends = new CopyOnWriteArrayList<>();
        private final Queue<String> received = new ConcurrentLinkedQueue<>();

        EchoServer() throws IOException {
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        /** The ports of the clients, in the order of their first bytes. */
        List<Integer> ports() {
            return ports;
        }

        List<Integer> ends() {
            return ends;
        }

        String received() {
            return String.join("", received);
        }

        private void accept() {
            try {
                while (true) {
                    var socket = listener.accept();
                    Thread.ofVirtual().start(() -> echo(socket));
                }
            } catch (IOException e) {
                // closed
            }
        }

        private void echo(Socket socket) {
            try (socket) {
                var buffer = new byte[1024];
                int length = socket.getInputStream().read(buffer);
                ports.add(socket.getPort());
                while (length >= 0) {
                    received.add(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
                    socket.getOutputStream().write(buffer, 0, length);
                    length = socket.getInputStream().read(buffer);
                }
            } catch (IOException e) {
                // cut
            } finally {
                ends.add(socket.getPort());
            }
        }

        void close() throws IOException {
            listener.close();
        }
    }
}
