package dev.headwater.examples.shop;

import dev.headwater.examples.shop.analytics.DeadLettersText;
import dev.headwater.examples.shop.analytics.RejectsFile;
import dev.headwater.examples.shop.analytics.Summary;
import dev.headwater.examples.shop.analytics.SummaryJson;
import dev.headwater.examples.shop.analytics.SummaryReader;
import dev.headwater.examples.shop.analytics.SummaryText;
import dev.headwater.examples.shop.importing.ConcurrentImport;
import dev.headwater.examples.shop.importing.CsvInvoices;
import dev.headwater.examples.shop.importing.InvoiceSource;
import dev.headwater.examples.shop.importing.SeededInvoices;
import dev.headwater.examples.shop.notification.SimulatedMail;
import dev.headwater.examples.shop.ordering.FirstVersion;
import dev.headwater.subscription.StartFrom;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** One run of the demo: brings orders into the shop, waits until everything is processed, and tells what came of it. */
final class Demo {

    private final Options options;
    private final PrintWriter out;
    private final PrintStream err;

    Demo(Options options, PrintWriter out, PrintStream err) {
        this.options = options;
        this.out = out;
        this.err = err;
    }

    void run() throws InterruptedException, SQLException, IOException {
        long start = System.nanoTime();
        var archive = options.restoreFile == null ? null : Archive.open(options.restoreFile);
        var source = source(options);
        var mail = new SimulatedMail(options.mailFailures.doubleValue());
        int retried;
        try (var database = Database.open(options)) {
            if (archive == null) {
                retried = work(database, mail, StartFrom.beginning(), shop -> bringIn(source, shop));
            } else {
                var restored = archive.restoreTo(database, err);
                out.printf(Locale.ROOT, "Restored  %,d events%n", restored.imported());
                retried = work(database, mail, StartFrom.end(), shop -> {});
            }
        }
        if (retried > 0) {
            out.printf(Locale.ROOT, "Retried   %,d events that earlier runs had set aside%n", retried);
        }
        out.printf(
                Locale.ROOT,
                "Sent      %,d confirmations %s%nTook      %.1f seconds%n",
                mail.sent(),
                options.instances == 1
                        ? "in this run"
                        : "by process " + ProcessHandle.current().pid(),
                Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0);
        out.flush();
    }

    private interface Work {
        void on(Shop shop) throws InterruptedException;
    }

    /**
     * Runs a shop until all is done.
     *
     * @param confirmFrom which orders are confirmed in a shop that has confirmed none
     * @return how many events were tried again that had been set aside
     */
    private int work(Database database, SimulatedMail mail, StartFrom confirmFrom, Work work)
            throws InterruptedException, SQLException, IOException {
        var log = database.postgres().eventStorage();
        try (var shop = Shop.open(
                        database.postgres(),
                        options.firstVersion ? new FirstVersion(log) : log,
                        mail,
                        confirmFrom,
                        ShopSettings.of(options).named(database.ownName("demo")));
                var instances = Instances.start(options.instances - 1, database, options, err)) {
            tellOf(instances);
            int retried = shop.retryParked();
            work.on(shop);
            var quiet = awaitQuiet(shop);
            var summary = new SummaryReader(database.postgres().dataSource()).read(quiet.delivery(), quiet.workflows());
            var letters = DeadLettersText.write(database.postgres().deadLetters());
            write(summary, letters, database.postgres().dataSource(), options, out);
            return retried;
        }
    }

    /** Where the orders come from that the options name. */
    static InvoiceSource source(Options options) {
        if (options.importFile != null) {
            return CsvInvoices.open(options.importFile);
        }
        return new SeededInvoices(
                Objects.requireNonNullElse(options.seed, Options.DEFAULT_SEED),
                Objects.requireNonNullElse(options.orders, Options.DEFAULT_ORDERS));
    }

    private void bringIn(InvoiceSource source, Shop shop) throws InterruptedException {
        var done = new AtomicLong();
        try (var progress = Progress.of("Invoices recorded", source.invoices(), err)) {
            new ConcurrentImport(shop.importer(), () -> progress.at(done.incrementAndGet())).run(source);
        }
    }

    private void tellOf(Instances instances) {
        var others = instances.processIds();
        if (!others.isEmpty()) {
            err.printf(
                    "Processes: %d (this one), %s%n",
                    ProcessHandle.current().pid(),
                    others.stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
    }

    private Quietness.Found awaitQuiet(Shop shop) throws InterruptedException, SQLException {
        try (var progress = Progress.of("Events processed", shop.store().headPosition(), err)) {
            return shop.awaitQuiet(progress::at);
        }
    }

    /**
     * Tells what came of it.
     *
     * @param letters what could not be handled, for people
     * @param readModels where the rejected rows are
     */
    static void write(Summary summary, String letters, DataSource readModels, Options options, PrintWriter out)
            throws SQLException, IOException {
        out.print(SummaryText.write(summary));
        out.print(letters);
        if (options.json != null) {
            writeFile(options.json, file -> Files.writeString(file, SummaryJson.write(summary)));
        }
        if (options.rejects != null) {
            writeFile(options.rejects, file -> RejectsFile.write(file, readModels));
        }
        if (!summary.rows().balanced()) {
            throw new IllegalStateException("Rows are missing: expected as many rows read as ordered, returned and"
                    + " rejected together, found " + summary.rows());
        }
    }

    private interface Writing {
        void to(Path file) throws IOException, SQLException;
    }

    private static void writeFile(Path file, Writing writing) throws IOException, SQLException {
        try {
            writing.to(file);
        } catch (IOException e) {
            throw new IOException(file + " cannot be written: " + e, e);
        }
    }
}
