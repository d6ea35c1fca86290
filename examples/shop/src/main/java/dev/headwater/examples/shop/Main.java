package dev.headwater.examples.shop;

import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.embedded.EmbeddedDatabaseException;
import dev.headwater.examples.shop.importing.UnusableFileException;
import dev.headwater.export.ImportConflictException;
import dev.headwater.export.InvalidExportException;
import dev.headwater.store.EventStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.logging.LogManager;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The order system's command line.
 *
 * <p>Exit status: 0 when everything is processed, 1 when something went wrong on the way, 2 when the command line, a
 * file or a folder cannot be used.
 */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "Runs an order system on PostgreSQL and prints what became of the orders.")
public final class Main implements Callable<Integer> {

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final int FEWEST_BETWEEN_LATE = 3;
    private static final BigDecimal SHORTEST_LIMIT = new BigDecimal("0.1");
    private static final BigDecimal LONGEST_LIMIT = BigDecimal.valueOf(3_600);
    private static final int MOST_LATENCY = 60_000;
    private static final Pattern SERVERS = Pattern.compile("[^,:\\s]+:[0-9]{1,5}(,[^,:\\s]+:[0-9]{1,5})*");

    @Mixin
    private final Options options = new Options();

    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    /** Runs the command line and ends the process with its exit status. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        var main = new Main();
        return new CommandLine(main)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, args) -> {
                    main.report(e.getCommandLine().getErr(), e.getMessage() + " (see --help)", e);
                    return ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((e, commandLine, parsed) -> {
                    main.report(commandLine.getErr(), message(e), e);
                    return exitCode(e);
                });
    }

    @Override
    public Integer call() throws Exception {
        setUpLogging(options.debug);
        check();
        var out = thisCommandLine().getOut();
        if (options.contracts != null) {
            return Contracts.write(options.contracts, out) ? ExitCode.OK : ExitCode.SOFTWARE;
        } else if (options.exportFile != null) {
            Archive.write(options.exportFile, options, out, System.err);
        } else if (options.checkHistory) {
            return checkHistory(out);
        } else if (options.history != null) {
            tellHistory(options.history, out);
        } else if (options.distributed) {
            new DistributedDemo(options, out, System.err).run();
        } else {
            new Demo(options, out, System.err).run();
        }
        return ExitCode.OK;
    }

    private int checkHistory(PrintWriter out) throws SQLException {
        try (var database = Database.open(options)) {
            var report = HistoryReview.of(database.postgres());
            out.println(report);
            out.flush();
            return report.isClean() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private void tellHistory(String order, PrintWriter out) {
        try (var database = Database.open(options);
                var store = new EventStore(database.postgres().eventStorage(), Shop.SERIALIZER)) {
            var story = OrderStory.of(store, order);
            if (story.isEmpty()) {
                throw unusable("--history: there is no order " + order);
            }
            story.forEach(out::println);
            Processes.history(database.postgres(), store, order).forEach(out::println);
            out.flush();
        }
    }

    private void check() {
        checkArchive();
        if (options.contracts != null && Files.exists(options.contracts) && !Files.isDirectory(options.contracts)) {
            throw unusable("--contracts: " + options.contracts + " is a file, expected a folder");
        }
        if (options.history != null) {
            if (bringsOrders() || options.exportFile != null || options.restoreFile != null || options.checkHistory) {
                throw unusable("--history changes nothing: use it with --data or --database alone");
            }
            requireExistingDatabase("--history");
        }
        if (options.checkHistory) {
            if (bringsOrders() || options.exportFile != null || options.restoreFile != null) {
                throw unusable("--check-history changes nothing: use it with --data or --database alone");
            }
            requireExistingDatabase("--check-history");
        }
        if (options.importFile != null && (options.orders != null || options.seed != null)) {
            throw unusable("--orders and --seed make up orders, --import reads them: use one or the other");
        }
        if (options.orders != null && (options.orders < 0 || options.orders > 1_000_000)) {
            throw unusable("--orders is " + options.orders + ": expected 0 to 1000000");
        }
        if (options.seed != null && options.seed < 0) {
            throw unusable("--seed is " + options.seed + ": expected 0 or more");
        }
        if (options.data != null && options.database != null) {
            throw unusable("--data keeps a database of the demo's own, --database uses another: use one or the other");
        }
        if (options.database != null && !options.database.startsWith("jdbc:postgresql:")) {
            throw unusable("--database is no JDBC URL of PostgreSQL: expected jdbc:postgresql://HOST/DATABASE");
        }
        if (options.instances < 1 || options.instances > Options.MOST_INSTANCES) {
            throw unusable("--instances is " + options.instances + ": expected 1 to " + Options.MOST_INSTANCES);
        }
        if (options.mailFailures.signum() < 0 || options.mailFailures.compareTo(HUNDRED) > 0) {
            throw unusable("--mail-failures is " + options.mailFailures + ": expected 0 to 100, a percentage");
        }
        checkProcess();
        checkDistributed();
        requireNamed("--import", options.importFile);
        requireNamed("--data", options.data);
        requireNamed("--contracts", options.contracts);
        requireWritable("--json", options.json);
        requireWritable("--rejects", options.rejects);
    }

    private void checkProcess() {
        if (options.creditLimit.signum() < 0) {
            throw unusable("--credit-limit is " + options.creditLimit + ": expected 0 or more");
        }
        if (options.maxLineQuantity < 0) {
            throw unusable("--max-line-quantity is " + options.maxLineQuantity + ": expected 0 or more");
        }
        if (options.late != 0 && options.late < FEWEST_BETWEEN_LATE) {
            throw unusable("--late is " + options.late + ": expected 0 for never, or " + FEWEST_BETWEEN_LATE
                    + " or more, for one in so many");
        }
        if (options.timeLimit.compareTo(SHORTEST_LIMIT) < 0 || options.timeLimit.compareTo(LONGEST_LIMIT) > 0) {
            throw unusable("--time-limit is " + options.timeLimit + ": expected " + SHORTEST_LIMIT + " to "
                    + LONGEST_LIMIT + " seconds");
        }
        if (options.latency < 0 || options.latency > MOST_LATENCY) {
            throw unusable("--latency is " + options.latency + ": expected 0 to " + MOST_LATENCY + " milliseconds");
        }
    }

    private void checkDistributed() {
        if (!options.distributed) {
            if (options.orchestrated || options.broker != null || options.kafka != null) {
                throw unusable("--orchestrated, --broker and --kafka are for services that are processes: use them with"
                        + " --distributed");
            }
            return;
        }
        if (options.instances > 1) {
            throw unusable("--instances has several processes run all services, --distributed has one run each: use one"
                    + " or the other");
        }
        if (options.restoreFile != null
                || options.exportFile != null
                || options.history != null
                || options.checkHistory) {
            throw unusable("--distributed has a log for each service: use it without --restore, --export, --history and"
                    + " --check-history");
        }
        if (thisCommandLine().getParseResult().hasMatchedOption("--process")) {
            throw unusable("--distributed has the services react to each other, or one direct the others with"
                    + " --orchestrated: use it without --process");
        }
        if (options.kafka != null && options.broker == BrokerKind.POSTGRES) {
            throw unusable("--kafka has a cluster carry the topics, --broker postgres the database: use one or the"
                    + " other");
        }
        if (options.kafka != null && !SERVERS.matcher(options.kafka).matches()) {
            throw unusable("--kafka is no address of a cluster: expected HOST:PORT, several separated by commas");
        }
        if (options.broker == BrokerKind.KAFKA && options.kafka == null && options.database != null) {
            throw unusable("--database stays when this run ends, and the servers that --broker kafka starts do not: use"
                    + " --kafka with a cluster that stays, or --broker postgres");
        }
        options.process = options.orchestrated ? ProcessStyle.CODE : ProcessStyle.CHOREOGRAPHY;
    }

    private void checkArchive() {
        if (options.restoreFile != null) {
            if (bringsOrders()) {
                throw unusable("--restore brings its own orders: use it without --import, --orders and --seed");
            }
            if (!Files.isRegularFile(options.restoreFile)) {
                throw unusable("--restore: " + options.restoreFile + " is not a file");
            }
        }
        if (options.exportFile == null) {
            return;
        }
        if (bringsOrders() || options.restoreFile != null || options.json != null || options.rejects != null) {
            throw unusable("--export only writes the events that are there: use it with --data or --database alone");
        }
        requireExistingDatabase("--export");
        requireWritable("--export", options.exportFile);
        if (Files.exists(options.exportFile)) {
            throw unusable("--export: " + options.exportFile + " exists already: delete it, or choose another name");
        }
    }

    private boolean bringsOrders() {
        return options.importFile != null || options.orders != null || options.seed != null;
    }

    private void requireExistingDatabase(String option) {
        if (options.data == null && options.database == null) {
            throw unusable(option + " needs --data or --database, to say which events");
        }
        if (options.data != null && !Files.isDirectory(options.data)) {
            throw unusable(
                    "--data: the folder " + options.data + " does not exist, so there are no events for " + option);
        }
    }

    private void requireNamed(String option, @Nullable Path path) {
        if (path != null && path.toString().isEmpty()) {
            throw unusable(option + " is empty: expected a path");
        }
    }

    private void requireWritable(String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        var folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null) {
            throw unusable(option + ": " + file + " is a folder, expected a file");
        }
        if (!Files.isDirectory(folder)) {
            throw unusable(option + ": the folder " + folder + " does not exist");
        }
        if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            throw unusable(option + ": " + file + " cannot be written");
        }
    }

    private ParameterException unusable(String message) {
        return new ParameterException(thisCommandLine(), message);
    }

    private CommandLine thisCommandLine() {
        return Objects.requireNonNull(spec, "picocli sets it").commandLine();
    }

    static void setUpLogging(boolean debug) {
        if (debug) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
            System.setProperty("org.slf4j.simpleLogger.log.dev.headwater", "debug");
        } else {
            LogManager.getLogManager().reset(); // the JDBC driver's
        }
    }

    private void report(PrintWriter err, String message, Exception e) {
        err.println("demo: " + message);
        if (options.debug) {
            e.printStackTrace(err);
        }
        err.flush();
    }

    /** What went wrong, in one line. */
    static String message(Exception e) {
        var message = e.getMessage();
        return message == null ? e.toString() : message.lines().findFirst().orElse(e.toString());
    }

    private static int exitCode(Exception e) {
        return switch (e) {
            case UnusableFileException unusable -> ExitCode.USAGE;
            case EmbeddedDatabaseException unusable -> ExitCode.USAGE;
            case UnusableDatabaseException unusable -> ExitCode.USAGE;
            case BrokerUnavailableException unusable -> ExitCode.USAGE;
            case InvalidExportException unusable -> ExitCode.USAGE;
            case ImportConflictException unusable -> ExitCode.USAGE;
            default -> ExitCode.SOFTWARE;
        };
    }

    /** Finds the version that the build wrote into a file. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() throws IOException {
            try (InputStream in = Main.class.getResourceAsStream("version.txt")) {
                if (in == null) {
                    throw new IOException("The build has left out version.txt");
                }
                return new String[] {"Headwater demo " + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip()};
            }
        }
    }
}
