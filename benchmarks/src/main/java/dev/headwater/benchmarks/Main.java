package dev.headwater.benchmarks;

import dev.headwater.HeadwaterException;
import dev.headwater.embedded.EmbeddedDatabaseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The benchmarks' command line. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures Headwater against the raw limits of the same PostgreSQL, round by round in one run.",
            "The table goes to standard output, progress to standard error."
        })
public final class Main implements Callable<Integer> {

    private static final double LONGEST_SECONDS = 3600;

    @Parameters(
            paramLabel = "SUITE",
            description = "What to measure: append, read, aggregate, evolution, subscriptions, stress or all.")
    private Suite suite = Suite.ALL;

    @Option(
            names = "--database",
            paramLabel = "URL",
            description =
                    "A running PostgreSQL, as jdbc:postgresql://HOST:PORT/DATABASE?user=NAME&password=…; databases"
                            + " of its own are made there and dropped. Default: an embedded server.")
    private @Nullable String database;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each side is measured (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = "How long one measurement takes (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--large",
            description = "In the suite stress also a log of ten million events, which the server makes up.")
    private boolean large;

    @Option(
            names = "--quick",
            description = "Does everything once and briefly, to see that it works; the figures mean nothing.")
    private boolean quick;

    @Option(names = "--csv", paramLabel = "FILE", description = "Writes the figures of every round to a file.")
    private @Nullable Path csv;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Writes the table to a file, too.")
    private @Nullable Path markdown;

    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    /** Runs the command line and ends the process with its exit status. */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs the command line and returns its exit status. */
    static int execute(String... args) {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, commandLine, parsed) -> {
                    if (isUnderstandable(failure)) {
                        Progress.say("bench: " + failure.getMessage());
                        return CommandLine.ExitCode.SOFTWARE;
                    }
                    throw failure;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws Exception {
        if (rounds < 1 || !(seconds > 0 && seconds <= LONGEST_SECONDS)) {
            throw refused("expected --rounds of 1 or more and --seconds above 0 and at most 3600");
        }
        requireWritable(csv);
        requireWritable(markdown);
        var scale = quick ? Scale.quick() : Scale.full(rounds, Duration.ofNanos((long) (seconds * 1e9)), large);
        Report report;
        try (var server = Server.open(database == null ? null : ServerUrl.parse(database))) {
            report = new Run(suite, scale, server).report(commandLine());
        }
        var table = Markdown.of(report);
        System.out.print(table);
        write(markdown, table);
        write(csv, Csv.of(report));
        return CommandLine.ExitCode.OK;
    }

    private static boolean isUnderstandable(Exception failure) {
        return failure instanceof BenchmarkException
                || failure instanceof EmbeddedDatabaseException
                || failure instanceof HeadwaterException
                || failure instanceof SQLException;
    }

    private ParameterException refused(String why) {
        if (spec == null) {
            throw new IllegalStateException("Not called by a command line");
        }
        return new ParameterException(spec.commandLine(), why);
    }

    /** Found out before the measurements, not after them. */
    private void requireWritable(@Nullable Path file) {
        if (file == null) {
            return;
        }
        var folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
            throw refused("the file " + file + " cannot be written: expected a name in a folder that exists");
        }
    }

    private static void write(@Nullable Path file, String text) throws IOException {
        if (file != null) {
            Files.writeString(file, text);
        }
    }

    /** The command that does the same again, without the password that --database may hold. */
    private String commandLine() {
        var given = database == null
                ? List.<String>of()
                : List.of("--database", ServerUrl.parse(database).masked());
        var scale = quick
                ? List.of("--quick")
                : List.of("--rounds", String.valueOf(rounds), "--seconds", String.valueOf(seconds));
        return "./bench " + suite + " " + String.join(" ", scale)
                + (large ? " --large" : "")
                + (given.isEmpty() ? "" : " " + String.join(" ", given));
    }
}
