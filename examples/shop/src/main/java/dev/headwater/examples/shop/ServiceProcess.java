package dev.headwater.examples.shop;

import dev.headwater.examples.shop.importing.ConcurrentImport;
import dev.headwater.examples.shop.importing.Importer;
import dev.headwater.examples.shop.importing.InvoiceSource;
import dev.headwater.examples.shop.notification.SimulatedMail;
import dev.headwater.examples.shop.ordering.FirstVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import tools.jackson.databind.node.ObjectNode;

/**
 * The program of one service.
 *
 * <p>The first line of its standard input is the URL of the database, the second says where the topics are. It says
 * when it is at work, answers the questions on the lines that follow, and ends when its standard input does, whatever
 * it is doing then: whoever started it is gone.
 */
final class ServiceProcess {

    /** Asks for a {@link ServiceReport}; the number of the question stands before it. */
    static final String REPORT = "report";

    /** Asks for a {@link ServiceAccount}. */
    static final String ACCOUNT = "account";

    private static final String END = "";
    private static final long PATIENCE_SECONDS = 5;

    private final Service service;
    private final Options options;
    private final SimulatedMail mail;
    private final BlockingQueue<String> input = new LinkedBlockingQueue<>();
    private CompletableFuture<Void> bringingIn = CompletableFuture.completedFuture(null);

    private ServiceProcess(Service service, Options options) {
        this.service = service;
        this.options = options;
        this.mail = new SimulatedMail(options.mailFailures.doubleValue());
    }

    /** Runs until standard input ends. */
    public static void main(String[] args) {
        var options = new Options();
        new CommandLine(options)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(Arrays.copyOfRange(args, 1, args.length));
        Main.setUpLogging(options.debug);
        var process = new ServiceProcess(Service.valueOf(args[0].toUpperCase(Locale.ROOT)), options);
        Thread.ofPlatform().daemon().start(process::listen);
        try {
            process.run();
            System.exit(0);
        } catch (Exception e) {
            System.err.println(Main.message(e));
            if (options.debug) {
                e.printStackTrace();
            }
            System.exit(1);
        }
    }

    private void listen() {
        try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            lines.lines().forEach(input::add);
        } catch (IOException | UncheckedIOException e) {
            // Nobody is there any more, as at the end.
        }
        input.add(END);
        // Whoever started this may have been killed together with the database and the broker.
        CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .execute(() -> Runtime.getRuntime().halt(1));
    }

    private void run() throws Exception {
        var jdbcUrl = input.take();
        if (jdbcUrl.equals(END)) {
            return;
        }
        var address = BrokerAddress.of(input.take());
        try (var database = Database.connect(jdbcUrl, service.toString());
                var broker = address.open(database, jdbcUrl)) {
            var log = database.eventStorage();
            try (var runtime = ServiceRuntime.open(
                    service,
                    database,
                    options.firstVersion ? new FirstVersion(log) : log,
                    broker,
                    mail,
                    ShopSettings.of(options))) {
                say(ServiceReport.JSON.createObjectNode().put("retried", runtime.retryParked()));
                bringIn(runtime);
                for (var question = input.take(); !question.equals(END); question = input.take()) {
                    answer(question, runtime);
                }
            }
        }
    }

    /** Orders come to ordering, from which everybody else hears of them. */
    private void bringIn(ServiceRuntime runtime) {
        if (service != Service.ORDERING) {
            return;
        }
        bringingIn = new CompletableFuture<>();
        Thread.ofVirtual().name("bring in").start(() -> {
            try {
                bringIn(Demo.source(options), runtime, System.err);
                bringingIn.complete(null);
            } catch (Throwable e) {
                bringingIn.completeExceptionally(e);
            }
        });
    }

    private static void bringIn(InvoiceSource source, ServiceRuntime runtime, PrintStream err)
            throws InterruptedException {
        var done = new AtomicLong();
        try (var progress = Progress.of("Invoices recorded", source.invoices(), err)) {
            new ConcurrentImport(new Importer(runtime.store()), () -> progress.at(done.incrementAndGet())).run(source);
        }
    }

    private void answer(String question, ServiceRuntime runtime) {
        var words = question.split(" ", 2);
        var answer = ServiceReport.JSON.createObjectNode().put("number", Long.parseLong(words[0]));
        try {
            switch (words[1]) {
                case REPORT -> answer.set(REPORT, report(runtime).toJson());
                case ACCOUNT ->
                    answer.put("sent", mail.sent())
                            .set(ACCOUNT, runtime.account().toJson());
                default -> throw new IllegalArgumentException("Nobody asks this");
            }
        } catch (Exception e) {
            answer.put("problem", Main.message(e));
        }
        say(answer);
    }

    private ServiceReport report(ServiceRuntime runtime) {
        if (bringingIn.isCompletedExceptionally()) {
            return runtime.report(false).failed("the orders could not be brought in: " + bringingIn.exceptionNow());
        }
        // Asked first: what is brought in at the end has to be in the rest of the report.
        boolean isBroughtIn = bringingIn.isDone();
        return runtime.report(isBroughtIn);
    }

    private static void say(ObjectNode json) {
        System.out.println(json);
        System.out.flush();
    }
}
