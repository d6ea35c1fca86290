package dev.headwater.postgres.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The journal of a worker, a file of lines that is in the hands of the operating system before the next step is taken,
 * so it survives the worker. Thread-safe.
 */
final class Journal implements AutoCloseable {

    private final FileChannel file;
    private final ReentrantLock lock = new ReentrantLock();

    private Journal(FileChannel file) {
        this.file = file;
    }

    static Journal open(Path path) throws IOException {
        return new Journal(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    void write(Entry entry) {
        write(entry.line());
    }

    void write(String line) {
        var bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        lock.lock();
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Follows a journal that a worker is writing. Not thread-safe. */
    static final class Reader {

        private final Path path;
        private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
        private long offset;

        Reader(Path path) {
            this.path = path;
        }

        /** The lines that were finished since the last call. */
        List<String> news() {
            if (!Files.exists(path)) {
                return List.of();
            }
            var lines = new ArrayList<String>();
            try (var file = FileChannel.open(path, StandardOpenOption.READ)) {
                var bytes = ByteBuffer.allocate(Math.toIntExact(file.size() - offset));
                while (bytes.hasRemaining()) {
                    offset += file.read(bytes, offset);
                }
                for (byte b : bytes.array()) {
                    if (b == '\n') {
                        lines.add(unfinished.toString(StandardCharsets.UTF_8));
                        unfinished.reset();
                    } else {
                        unfinished.write(b);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return lines;
        }
    }
}
