package dev.headwater.examples.shop;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A service in a process of its own, which is started again when that ends before it should. Its process ends when this
 * is closed, and also when this process is killed, because its standard input ends then. Questions are asked by one
 * thread at a time.
 */
final class RunningService implements AutoCloseable {

    /** Small and the same everywhere: a service waits for the database most of the time. */
    private static final List<String> JAVA_OPTIONS = List.of(
            "-Xms32m",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Djdk.virtualThreadScheduler.parallelism=2",
            "--enable-native-access=ALL-UNNAMED");

    private static final int MOST_FAILED_STARTS = 3;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);
    private static final long POLL_MILLIS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private final Service service;
    private final List<String> arguments;
    private final List<String> secrets;
    private final PrintStream err;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Run current;
    private volatile CompletableFuture<Void> watch = CompletableFuture.completedFuture(null);
    private volatile boolean closing;
    private volatile boolean givenUp;
    private int failedStarts;
    private long questions;
    private volatile long retried = -1;

    /** One process, from its start to its end. */
    private record Run(Process process, BlockingQueue<JsonNode> answers, AtomicBoolean atWork) {}

    /**
     * Starts a service.
     *
     * @param arguments as on the command line
     * @param secrets the lines that it reads first: everybody on the machine can read a command line
     */
    static RunningService start(Service service, List<String> arguments, List<String> secrets, PrintStream err)
            throws IOException {
        var started = new RunningService(service, arguments, secrets, err);
        started.start();
        return started;
    }

    private RunningService(Service service, List<String> arguments, List<String> secrets, PrintStream err) {
        this.service = service;
        this.arguments = List.copyOf(arguments);
        this.secrets = List.copyOf(secrets);
        this.err = err;
    }

    private void start() throws IOException {
        lock.lock();
        try {
            if (closing) {
                return;
            }
            var command = new ArrayList<String>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(JAVA_OPTIONS);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), ServiceProcess.class.getName()));
            command.add(service.toString());
            command.addAll(arguments);
            var process = new ProcessBuilder(command).start();
            var run = new Run(process, new LinkedBlockingQueue<>(), new AtomicBoolean());
            current = run;
            Thread.ofVirtual().start(() -> listen(run));
            Thread.ofVirtual().start(() -> forwardProblems(process));
            watch = process.onExit().thenAccept(ended -> startAgain(run));
            tell(process, String.join("\n", secrets));
        } finally {
            lock.unlock();
        }
    }

    private static void tell(Process process, String lines) {
        try {
            var to = process.outputWriter(StandardCharsets.UTF_8);
            to.write(lines);
            to.write('\n');
            to.flush();
        } catch (IOException e) {
            // It has ended, which is noticed elsewhere.
        }
    }

    private void listen(Run run) {
        try (var lines = run.process().inputReader(StandardCharsets.UTF_8)) {
            lines.lines().map(ServiceReport.JSON::readTree).forEach(said -> {
                if (said.has("number")) {
                    run.answers().add(said);
                } else {
                    retried = Math.max(retried, said.get("retried").asLong());
                    run.atWork().set(true);
                }
            });
        } catch (IOException | UncheckedIOException e) {
            // It has ended.
        }
    }

    private void forwardProblems(Process process) {
        try (var lines = process.errorReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(line -> err.println(service + ": " + line));
        } catch (IOException | UncheckedIOException e) {
            // It has ended.
        }
    }

    private void startAgain(Run ended) {
        if (closing) {
            return;
        }
        failedStarts = ended.atWork().get() ? 0 : failedStarts + 1;
        givenUp = failedStarts == MOST_FAILED_STARTS;
        err.printf(
                "demo: %s (process %d) has ended early (exit status %d); %s%n",
                service,
                ended.process().pid(),
                ended.process().exitValue(),
                givenUp ? "it does not start" : "it is started again");
        try {
            if (!givenUp) {
                start();
            }
        } catch (IOException e) {
            givenUp = true;
            err.printf("demo: %s cannot be started again: %s%n", service, e.getMessage());
        }
    }

    Service service() {
        return service;
    }

    /** The process that runs it now. */
    long processId() {
        var run = current;
        return run == null ? -1 : run.process().pid();
    }

    /** Whether it is at work. */
    boolean isAtWork() {
        var run = current;
        return run != null && run.atWork().get() && run.process().isAlive();
    }

    /** Whether it has ended again and again before it was at work. */
    boolean isGivenUp() {
        return givenUp;
    }

    /** How many events it had tried again at its first start; less than 0 when it was never at work. */
    long retried() {
        return retried;
    }

    /** The answer to a question, unless none comes in time. */
    Optional<JsonNode> ask(String question) {
        var run = current;
        if (run == null || !isAtWork()) {
            return Optional.empty();
        }
        questions++;
        tell(run.process(), questions + " " + question);
        long end = System.nanoTime() + ANSWER_LIMIT.toNanos();
        try {
            while (run.process().isAlive() && System.nanoTime() - end < 0) {
                var answer = run.answers().poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (answer != null && answer.get("number").asLong() == questions) {
                    return Optional.of(answer);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /** Tells it to end, and does not wait for that. */
    void closeSoon() {
        lock.lock();
        try {
            closing = true;
            var run = current;
            if (run != null) {
                run.process().outputWriter(StandardCharsets.UTF_8).close();
            }
        } catch (IOException e) {
            // It has ended.
        } finally {
            lock.unlock();
        }
    }

    /** Lets it finish what it has at hand, and kills it when that takes too long. */
    @Override
    public void close() {
        closeSoon();
        var run = current;
        if (run != null) {
            run.process()
                    .onExit()
                    .completeOnTimeout(run.process(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            run.process().destroyForcibly();
            watch.join();
        }
    }
}
