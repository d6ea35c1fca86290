package dev.headwater.examples.shop;

import dev.headwater.examples.shop.notification.SimulatedMail;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The program of one more process on the same database: it brings nothing in, and takes its share of what follows.
 *
 * <p>The first line of its standard input is the URL of the database. It says when it is at work, and ends when its
 * standard input does.
 */
final class Instance {

    private static final String DEBUG = "debug";
    private static final long PATIENCE_SECONDS = 5;

    private Instance() {}

    /** The command line for a process that does what the options say. */
    static List<String> arguments(Options options) {
        var percent = options.mailFailures.toString();
        return options.debug ? List.of(percent, DEBUG) : List.of(percent);
    }

    /** Runs until standard input ends. */
    public static void main(String[] args) {
        boolean debug = List.of(args).contains(DEBUG);
        Main.setUpLogging(debug);
        try {
            run(new SimulatedMail(new BigDecimal(args[0]).doubleValue()));
            System.exit(0);
        } catch (Exception e) {
            System.err.println("demo: instance " + ProcessHandle.current().pid() + ": " + Main.message(e));
            if (debug) {
                e.printStackTrace();
            }
            System.exit(1);
        }
    }

    private static void run(SimulatedMail mail) throws IOException, SQLException {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var jdbcUrl = input.readLine();
        if (jdbcUrl == null) {
            return;
        }
        try (var database = Database.connect(jdbcUrl);
                var shop = Shop.open(database, mail)) {
            System.out.println(shop.name());
            input.transferTo(Writer.nullWriter());
            // Whoever started this may have been killed together with the database.
            CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .execute(() -> Runtime.getRuntime().halt(1));
        }
    }
}
