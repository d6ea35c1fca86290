package dev.headwater.postgres.append;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets for the driver that now and then throw an error in the middle of an answer, as a full stack or a full heap
 * does. Only calls of flights and look-ups are hit, since a pool that is hit does not come back.
 */
public final class FaultySockets extends SocketFactory {

    /** How many reads go well before one fails; 0 for all. */
    static volatile int every;

    static volatile Supplier<Error> error = () -> new StackOverflowError("planted");
    static final AtomicInteger THROWN = new AtomicInteger();

    private static final AtomicInteger READS = new AtomicInteger();

    /** Called by the driver. */
    public FaultySockets() {}

    @Override
    public Socket createSocket() {
        return new FaultySocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw new IOException("not used");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw new IOException("not used");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw new IOException("not used");
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        throw new IOException("not used");
    }

    private static final class FaultySocket extends Socket {

        private @Nullable InputStream in;

        @Override
        public InputStream getInputStream() throws IOException {
            var stream = in;
            if (stream == null) {
                stream = new FaultyStream(super.getInputStream());
                in = stream;
            }
            return stream;
        }
    }

    private static final class FaultyStream extends FilterInputStream {

        FaultyStream(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int rate = every;
            if (rate > 0 && READS.incrementAndGet() % rate == 0 && isCallOfOurs()) {
                THROWN.incrementAndGet();
                throw error.get();
            }
            return super.read(bytes, offset, length);
        }

        private static boolean isCallOfOurs() {
            return StackWalker.getInstance()
                    .walk(frames ->
                            frames.anyMatch(frame -> (frame.getMethodName().equals("append")
                                            && frame.getClassName().endsWith("AppendWays"))
                                    || frame.getClassName().endsWith("StoredAppends")));
        }
    }
}
