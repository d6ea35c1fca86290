package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.testkit.TcpProxy.Afterwards;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The test plays the client and the server of PostgreSQL. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LostReplyTest {

    private static final int TLS_REQUEST = 80877103;
    private static final int SESSION = 196608;
    private static final int CANCEL_REQUEST = 80877102;

    private ServerSocket listener;
    private TcpProxy proxy;
    private Peer client;
    private Peer server;

    @BeforeEach
    void start() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.to("127.0.0.1", listener.getLocalPort());
        connect();
    }

    private void connect() throws IOException {
        client = Peer.connect(proxy.port());
        server = Peer.accept(listener);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
        proxy.close();
        listener.close();
    }

    private void openSession() throws IOException {
        client.sendOpening(TLS_REQUEST, "");
        server.receive(8);
        server.send("N");
        assertThat(client.receive(1)).isEqualTo("N");
        client.sendOpening(SESSION, "user\0a\0\0");
        server.receive(16);
        server.sendMessages("R\0\0\0\0", "ZI");
        client.receiveMessage();
        assertThat(client.receiveMessage()).isEqualTo("ZI");
    }

    private void request(String... messages) throws IOException {
        client.sendMessages(messages);
        for (var message : messages) {
            assertThat(server.receiveMessage()).isEqualTo(message);
        }
    }

    @Test
    void theNextAcknowledgementOfACommitIsLostAndNothingBefore() throws IOException {
        openSession();
        proxy.loseNextCommit(Afterwards.CUT);

        request("Qinsert\0");
        server.sendMessages("CINSERT 0 1\0", "ZT");
        assertThat(client.receiveMessage()).isEqualTo("CINSERT 0 1\0");
        assertThat(client.receiveMessage()).isEqualTo("ZT");
        request("Qcommit\0");
        server.sendMessages("NA notice\0", "CCOMMIT\0");
        assertThat(client.receiveMessage()).isEqualTo("NA notice\0");
        assertThat(proxy.connections()).hasSize(1);
        server.sendMessages("ZI");
        client.expectEnd();
        server.expectEnd();
        assertThat(proxy.lostReplies()).isEqualTo(1);
    }

    @Test
    void onlyOneCommitIsLost() throws IOException {
        openSession();
        proxy.loseNextCommit(Afterwards.CUT);
        request("Qcommit\0");
        server.sendMessages("CCOMMIT\0", "ZI");
        client.expectEnd();
        stopPeers();

        connect();
        openSession();
        request("Qcommit\0");
        server.sendMessages("CCOMMIT\0", "ZI");

        assertThat(client.receiveMessage()).isEqualTo("CCOMMIT\0");
    }

    private void stopPeers() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void theReplyToTheNamedRequestIsLost() throws IOException {
        openSession();
        proxy.loseReply(2, Afterwards.SILENCE);
        request("Ppart\0", "S");
        server.sendMessages("1", "CSELECT 1\0", "ZI");
        assertThat(client.receiveMessage()).isEqualTo("1");
        assertThat(client.receiveMessage()).isEqualTo("CSELECT 1\0");
        assertThat(client.receiveMessage()).isEqualTo("ZI");

        request("Ppart\0", "S");
        server.sendMessages("1");
        server.sendMessages("CSELECT 1\0", "ZI");

        client.expectNothing();
        assertThat(proxy.lostReplies()).isEqualTo(1);
    }

    @Test
    void messagesMayComeInPieces() throws IOException {
        openSession();
        proxy.loseNextCommit(Afterwards.SILENCE);
        request("Qcommit\0");

        server.send("C\0\0\0");
        client.receive(4);
        server.send("\13COM");
        client.receive(4);
        server.send("MIT\0");
        server.sendMessages("ZI");

        client.expectNothing();
        assertThat(proxy.lostReplies()).isEqualTo(1);
    }

    @Test
    void requestsToCancelAreForwardedAndCounted() throws IOException {
        client.sendOpening(CANCEL_REQUEST, "\0\0\0\1\0\0\0\2");

        assertThat(server.receive(16)).endsWith("\0\0\0\1\0\0\0\2");
        server.close();
        client.expectEnd();
        assertThat(proxy.cancelRequests()).isEqualTo(1);
    }
}
