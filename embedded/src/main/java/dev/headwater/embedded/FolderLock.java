package dev.headwater.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The claim of one application on a data folder, for as long as it lives.
 *
 * <p>It is a lock of the operating system on a file, so it ends with the process, however that ends. POSIX ends it also
 * when the process closes any other channel to the same file; therefore a folder that this process holds is known here,
 * and its file is not opened a second time.
 */
final class FolderLock {

    private static final ReentrantLock GUARD = new ReentrantLock();
    private static final Map<Path, FolderLock> HELD = new HashMap<>();

    private final Path file;
    private final FileChannel channel;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** What came of asking for a lock. */
    sealed interface Claim {

        /** The folder is ours until {@link FolderLock#release()}. */
        record Granted(FolderLock lock) implements Claim {}

        /** A living process has it; who that is may not be written down yet. */
        record Refused(OptionalLong owner) implements Claim {}
    }

    /** Asks for the lock that a file stands for, which is created where it is missing. */
    static Claim claim(Path file) throws IOException {
        GUARD.lock();
        try {
            if (HELD.containsKey(file)) {
                return new Claim.Refused(OptionalLong.of(ProcessHandle.current().pid()));
            }
            FolderLock lock = new FolderLock(
                    file,
                    FileChannel.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
            Claim claim = lock.tryLock();
            if (claim instanceof Claim.Granted) {
                HELD.put(file, lock);
            } else {
                lock.channel.close();
            }
            return claim;
        } finally {
            GUARD.unlock();
        }
    }

    private Claim tryLock() throws IOException {
        try {
            if (channel.tryLock() == null) {
                return new Claim.Refused(readOwner());
            }
        } catch (OverlappingFileLockException e) {
            return new Claim.Refused(readOwner());
        }
        channel.truncate(0);
        channel.write(ascii(ProcessHandle.current().pid()), 0);
        return new Claim.Granted(this);
    }

    void release() throws IOException {
        GUARD.lock();
        try {
            if (HELD.remove(file, this)) {
                channel.close();
            }
        } finally {
            GUARD.unlock();
        }
    }

    private OptionalLong readOwner() throws IOException {
        ByteBuffer text = ByteBuffer.allocate(20);
        channel.read(text, 0);
        text.flip();
        String pid = StandardCharsets.US_ASCII.decode(text).toString();
        return pid.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(pid)) : OptionalLong.empty();
    }

    private static ByteBuffer ascii(long number) {
        return StandardCharsets.US_ASCII.encode(Long.toString(number));
    }
}
