package dev.headwater.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports for servers. */
final class LoopbackPort {

    /**
     * Below the range from which operating systems give ports to clients (32768 on Linux, 49152 on macOS). There a
     * client that tries to reconnect to a stopped server can be given the server's port, connect to itself, and keep
     * the server from coming back.
     */
    private static final int FIRST = 10_240;

    private static final int END = 32_768;
    private static final int ATTEMPTS = 100;

    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private LoopbackPort() {}

    /** A port that nobody listens on right now, which does not keep another process from taking it first. */
    static int free() {
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port)) {
                return port;
            }
        }
        throw new EmbeddedDatabaseException("No free port on the loopback address: expected one between " + FIRST
                + " and " + END + ", found none in " + ATTEMPTS + " attempts; name one with port(n)");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByAddress(LOOPBACK))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
