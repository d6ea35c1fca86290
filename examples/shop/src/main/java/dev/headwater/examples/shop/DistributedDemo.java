package dev.headwater.examples.shop;

import dev.headwater.examples.shop.analytics.ReadModels;
import dev.headwater.examples.shop.analytics.Summary;
import dev.headwater.examples.shop.analytics.SummaryReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * One run of the demo in which every service is a process, with a schema of its own in one database: starts them, waits
 * until everything is processed, and tells what came of it.
 */
final class DistributedDemo {

    private final Options options;
    private final PrintWriter out;
    private final PrintStream err;

    DistributedDemo(Options options, PrintWriter out, PrintStream err) {
        this.options = options;
        this.out = out;
        this.err = err;
    }

    void run() throws InterruptedException, SQLException, IOException {
        long start = System.nanoTime();
        Demo.source(options); // finds out whether it can be used
        try (var database = Database.open(options, Service.ANALYTICS.toString())) {
            var readModels = database.postgres().dataSource();
            ReadModels.create(readModels);
            ProcessChoice.makeDistributed(choice(), readModels);
            try (var carrier = Carrier.start(options, err)) {
                carrier.prepare(database);
                work(database, carrier.address());
            }
        }
        out.printf(
                Locale.ROOT,
                "Took      %.1f seconds%n",
                Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0);
        out.flush();
    }

    private String choice() {
        var broker = Objects.requireNonNullElse(options.broker, BrokerKind.POSTGRES);
        return "--distributed" + (options.orchestrated ? " --orchestrated" : "")
                + (options.kafka == null ? " --broker " + broker : " --kafka " + options.kafka);
    }

    private void work(Database database, BrokerAddress address) throws InterruptedException, SQLException, IOException {
        var settings = ShopSettings.of(options);
        var readModels = database.postgres().dataSource();
        try (var services = ServiceProcesses.start(arguments(), List.of(database.jdbcUrl(), address.toString()), err)) {
            new DistributedQuietness(services, readModels, Quietness.longestStandstill(settings), err).await();
            var account = services.account();
            var all = account.all();
            var delivery = new Summary.Delivery(all.parked(), all.sequences(), all.lag());
            var summary = new SummaryReader(readModels).read(delivery, all.workflows(), all.events());
            Demo.write(summary, all.letters(), readModels, options, out);
            if (services.retried() > 0) {
                out.printf(Locale.ROOT, "Retried   %,d events that earlier runs had set aside%n", services.retried());
            }
            out.printf(Locale.ROOT, "Sent      %,d confirmations in this run%n", account.sent());
        }
    }

    /** What every service is told. */
    private List<String> arguments() {
        var arguments = new ArrayList<>(Instance.arguments(options));
        if (options.importFile != null) {
            arguments.add("--import=" + options.importFile);
        }
        if (options.orders != null) {
            arguments.add("--orders=" + options.orders);
        }
        if (options.seed != null) {
            arguments.add("--seed=" + options.seed);
        }
        if (options.firstVersion) {
            arguments.add("--first-version");
        }
        return arguments;
    }
}
