package dev.headwater.testkit;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program in a Java virtual machine of its own, on the class path of the test, for tests that end it the hard way.
 *
 * <p>The program runs with a small heap and starts fast rather than running fast. Its standard input and output are
 * pipes to the test ({@link #tell}, {@link #nextLine}); what it writes to its standard error is appended to a file. A
 * program that ends when its standard input ends does not outlive a test that is killed. Closing kills it. Not
 * thread-safe, except that {@link #kill} may be called while another thread waits in {@link #nextLine}.
 */
public final class JvmProcess implements AutoCloseable {

    private static final List<String> OPTIONS =
            List.of("-Xmx256m", "-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

    private final Process process;
    private final Path errors;
    private final BufferedReader output;
    private final BufferedWriter input;

    private JvmProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.output = process.inputReader();
        this.input = process.outputWriter();
    }

    /**
     * Starts a program and returns at once.
     *
     * @param main the class with the {@code main} method
     * @param errors the file that its standard error is appended to
     * @param arguments the arguments of the program
     */
    public static JvmProcess start(Class<?> main, Path errors, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                    .start();
            return new JvmProcess(process, errors);
        } catch (IOException e) {
            throw new UncheckedIOException("The program " + main.getName() + " cannot be started", e);
        }
    }

    /** Writes a line to its standard input; has no effect when the program has ended. */
    public void tell(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException("The program does not read its standard input", e);
            }
        }
    }

    /** Waits for the next line of its standard output; empty when there will be no more. */
    public Optional<String> nextLine() {
        try {
            return Optional.ofNullable(output.readLine());
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException("The standard output of the program cannot be read", e);
            }
            return Optional.empty();
        }
    }

    /** Whether it is still running. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits until it has ended.
     *
     * @return whether that happened in time
     */
    public boolean awaitExit(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Its exit status.
     *
     * @throws IllegalThreadStateException while it is running
     */
    public int exitStatus() {
        return process.exitValue();
    }

    /** What was written to the file of its standard error, by it and by others that share the file. */
    public String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + errors + " cannot be read", e);
        }
    }

    /** Ends it without warning, as {@code kill -9} does, and returns when it is gone. Does nothing the second time. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Stops it in the middle of whatever it does, as {@code kill -STOP} does, until {@link #resume}. */
    public void suspend() throws InterruptedException {
        signal("STOP");
    }

    /** Lets it go on after {@link #suspend}; it does not notice that time has passed. */
    public void resume() throws InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws InterruptedException {
        try {
            var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0 && process.isAlive()) {
                throw new IllegalStateException(
                        "The signal " + name + " could not be sent to process " + process.pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The command kill cannot be started", e);
        }
    }

    /** The same as {@link #kill}. */
    @Override
    public void close() {
        kill();
    }
}
