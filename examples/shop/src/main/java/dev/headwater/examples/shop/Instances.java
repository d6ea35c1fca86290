package dev.headwater.examples.shop;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The other processes that share the work of the subscriptions: each runs an {@link Instance}.
 *
 * <p>They end when this is closed, and also when this process is killed, because their standard input ends then. One of
 * them that ends before leaves its work to the others.
 */
final class Instances implements AutoCloseable {

    private static final List<String> JAVA_OPTIONS =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

    private static final long PATIENCE_SECONDS = 10;

    private final List<Process> processes = new ArrayList<>();
    private final List<CompletableFuture<Void>> reports = new ArrayList<>();
    private final PrintStream err;
    private volatile boolean closing;

    private Instances(PrintStream err) {
        this.err = err;
    }

    /** Starts so many processes on a database and returns when they are at work. */
    static Instances start(int number, Database database, Options options, PrintStream err) throws IOException {
        var instances = new Instances(err);
        try {
            for (int i = 0; i < number; i++) {
                instances.start(database, "demo-" + (i + 2), options);
            }
            for (var process : instances.processes) {
                process.inputReader(StandardCharsets.UTF_8).readLine();
            }
            return instances;
        } catch (IOException e) {
            instances.close();
            throw e;
        }
    }

    private void start(Database database, String name, Options options) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JAVA_OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Instance.class.getName()));
        command.addAll(Instance.arguments(options));
        var process =
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        processes.add(process);
        reports.add(process.onExit().thenAccept(this::report));
        tell(process, database.jdbcUrl(), database.ownName(name).orElse(""));
    }

    /** The URL holds the password, and everybody on the machine can read a command line. */
    private static void tell(Process process, String... lines) {
        try {
            var input = process.outputWriter(StandardCharsets.UTF_8);
            for (var line : lines) {
                input.write(line);
                input.newLine();
            }
            input.flush();
        } catch (IOException e) {
            // It has ended, which is reported.
            process.destroyForcibly();
        }
    }

    private void report(Process process) {
        if (!closing) {
            err.printf(
                    "demo: the instance with process id %d has ended early (exit status %d);"
                            + " the others take over its work%n",
                    process.pid(), process.exitValue());
        }
    }

    /** The processes that were started, whether or not they are still running. */
    List<Long> processIds() {
        return processes.stream().map(Process::pid).toList();
    }

    /** Lets every process finish what it has at hand, and kills the one that does not. */
    @Override
    public void close() {
        closing = true;
        for (var process : processes) {
            try {
                process.outputWriter(StandardCharsets.UTF_8).close();
            } catch (IOException e) {
                process.destroyForcibly();
            }
        }
        for (var process : processes) {
            process.onExit()
                    .completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
            process.destroyForcibly();
        }
        reports.forEach(CompletableFuture::join);
    }
}
