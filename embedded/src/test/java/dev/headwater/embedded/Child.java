package dev.headwater.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running {@link ChildApplication}; killed on close, should it still run. */
final class Child implements AutoCloseable {

    private static final String COMMITTED = "committed ";

    private final Process process;
    private final BufferedReader output;
    private int lastCommit;

    private Child(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    private static final Duration EXIT_LIMIT = Duration.ofMinutes(1);

    /** What an application says about itself when its server runs. */
    record Started(long serverPid, Path folder) {}

    static Child start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                // A test run in the background passes on that it ignores signals of the terminal.
                "env",
                "--default-signal=HUP,INT,TERM",
                // A process group of its own, so that a signal can be sent to all of it, as a terminal does.
                "setsid",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                ChildApplication.class.getName()));
        command.addAll(List.of(arguments));
        return new Child(
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    /** The next line that the application writes, or {@code ended}. */
    String nextLine() {
        try {
            String line = output.readLine();
            return line == null ? "ended" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Started awaitStarted() {
        String line = nextLine();
        String[] words = line.split(" ", 3);
        if (!words[0].equals("started")) {
            throw new AssertionError("Expected that the application starts, found: " + line);
        }
        return new Started(Long.parseLong(words[1]), Path.of(words[2]));
    }

    /** Lets the application commit this number of rows. */
    void awaitCommits(int count) {
        for (int i = 0; i < count; i++) {
            String line = nextLine();
            if (!line.startsWith(COMMITTED)) {
                throw new AssertionError("Expected that the application commits, found: " + line);
            }
            lastCommit = Integer.parseInt(line.substring(COMMITTED.length()));
        }
    }

    /** The last row that the application, which is dead by now, knew to be committed. */
    int lastCommit() {
        for (String line = nextLine(); line.startsWith(COMMITTED); line = nextLine()) {
            lastCommit = Integer.parseInt(line.substring(COMMITTED.length()));
        }
        return lastCommit;
    }

    long pid() {
        return process.pid();
    }

    /** All processes that the application started, directly or not. */
    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    void kill() {
        // Unlike Process, its handle leaves what the application wrote to be read.
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    /** Sends a signal to the application and those of its processes that are in its process group. */
    void signalGroup(String signal) throws IOException {
        new ProcessBuilder("sh", "-c", "kill -" + signal + " -" + pid())
                .start()
                .onExit()
                .join();
    }

    int awaitExit() {
        return process.onExit()
                .orTimeout(EXIT_LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join()
                .exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
