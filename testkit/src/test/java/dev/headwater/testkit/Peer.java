package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** One end of a connection, for text and for messages of PostgreSQL. */
final class Peer implements AutoCloseable {

    /** Long enough for the loopback device, short enough for a test that expects nothing. */
    private static final int NOTHING_COMES_MILLIS = 100;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    private Peer(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    static Peer connect(int port) throws IOException {
        return new Peer(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    static Peer accept(ServerSocket listener) throws IOException {
        return new Peer(listener.accept());
    }

    String exchange(String text) throws IOException {
        send(text);
        return receive(text.length());
    }

    void send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    String receive(int length) throws IOException {
        var bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    void expectNothing() throws IOException {
        socket.setSoTimeout(NOTHING_COMES_MILLIS);
        assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(0);
    }

    /** The connection was closed or reset. */
    void expectEnd() {
        try {
            assertThat(in.read()).isEqualTo(-1);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    /** Sends a message that opens a connection: a code and nothing else. */
    void sendOpening(int code, String rest) throws IOException {
        out.writeInt(2 * Integer.BYTES + rest.length());
        out.writeInt(code);
        send(rest);
    }

    /** Sends messages in one packet, each written as its type and what stands behind its length. */
    void sendMessages(String... messages) throws IOException {
        var text = new StringBuilder();
        for (var message : messages) {
            text.append(message.charAt(0)).append("\0\0\0");
            text.append((char) (message.length() - 1 + Integer.BYTES)).append(message, 1, message.length());
        }
        send(text.toString());
    }

    String receiveMessage() throws IOException {
        char type = (char) in.readByte();
        return type + receive(in.readInt() - Integer.BYTES);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
