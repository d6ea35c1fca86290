package dev.headwater.examples.shop;

import dev.headwater.examples.shop.notification.SimulatedMail;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/**
 * The program of one more process on the same database: it brings nothing in, and takes its share of what follows.
 *
 * <p>The first line of its standard input is the URL of the database, the second one its name, or empty. It says when
 * it is at work, and ends when its standard input does.
 */
final class Instance {

    private static final long PATIENCE_SECONDS = 5;

    private Instance() {}

    /** The command line for a process that does what the options say. */
    static List<String> arguments(Options options) {
        var arguments = new ArrayList<String>();
        arguments.add("--mail-failures=" + options.mailFailures);
        arguments.add("--process=" + options.process);
        arguments.add("--credit-limit=" + options.creditLimit);
        arguments.add("--max-line-quantity=" + options.maxLineQuantity);
        arguments.add("--late=" + options.late);
        arguments.add("--time-limit=" + options.timeLimit);
        arguments.add("--latency=" + options.latency);
        if (options.debug) {
            arguments.add("--debug");
        }
        return arguments;
    }

    /** Runs until standard input ends. */
    public static void main(String[] args) {
        var options = new Options();
        new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
        Main.setUpLogging(options.debug);
        try {
            run(options);
            System.exit(0);
        } catch (Exception e) {
            System.err.println("demo: instance " + ProcessHandle.current().pid() + ": " + Main.message(e));
            if (options.debug) {
                e.printStackTrace();
            }
            System.exit(1);
        }
    }

    private static void run(Options options) throws IOException, SQLException {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var jdbcUrl = input.readLine();
        var name = input.readLine();
        if (jdbcUrl == null || name == null) {
            return;
        }
        try (var database = Database.connect(jdbcUrl);
                var shop = Shop.open(
                        database,
                        new SimulatedMail(options.mailFailures.doubleValue()),
                        ShopSettings.of(options).named(Optional.of(name).filter(given -> !given.isEmpty())))) {
            System.out.println(shop.name());
            input.transferTo(Writer.nullWriter());
            // Whoever started this may have been killed together with the database.
            CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .execute(() -> Runtime.getRuntime().halt(1));
        }
    }
}
