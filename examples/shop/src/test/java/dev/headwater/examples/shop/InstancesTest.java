package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.examples.shop.analytics.SummaryJson;
import dev.headwater.examples.shop.analytics.SummaryReader;
import dev.headwater.examples.shop.importing.ConcurrentImport;
import dev.headwater.examples.shop.importing.CsvInvoices;
import dev.headwater.examples.shop.notification.SimulatedMail;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class InstancesTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void mailsThatFailChangeNoOtherFigureAndAreDeliveredWhenTheCauseIsGone() throws Exception {
        var undisturbed = run("one", "--instances", "1");
        assertThat(undisturbed.json.at("/orders/shipped").asInt()).isEqualTo(200);

        var failing = run("two", "--instances", "2", "--mail-failures", "20");
        long parked = failing.json.at("/deadLetters/parked").asLong();
        assertThat(parked).isPositive();
        assertThat(failing.json.at("/deadLetters/sequences").asLong()).isEqualTo(parked);
        assertThat(withoutDeadLetters(failing.json)).isEqualTo(withoutDeadLetters(undisturbed.json));
        assertThat(failing.out)
                .contains("Parked    " + parked + " events in " + parked + " sequences")
                .contains("confirmations, UnknownAddressException: " + parked + " events, such as")
                .containsPattern("order[.]placed of order-[^ ]+: The address of .+ is not known");

        var again = run("two", "--instances", "1", "--mail-failures", "20");
        assertThat(again.json).isEqualTo(failing.json);

        var repaired = run("two", "--instances", "1", "--mail-failures", "0");
        assertThat(repaired.json).isEqualTo(undisturbed.json);
        assertThat(repaired.out)
                .contains("Parked    0 events in 0 sequences")
                .contains("Retried   " + parked + " events that earlier runs had set aside")
                .doesNotContain("UnknownAddressException");
    }

    @Test
    void anInstanceThatIsKilledLeavesItsWorkToTheOthers() throws Exception {
        var csv = Files.writeString(folder.resolve("orders.csv"), DirtyCsv.make(5, 3_000));
        var told = new ByteArrayOutputStream();
        var options = new Options();
        try (var server = EmbeddedDatabase.start()) {
            options.database = server.jdbcUrl();
            try (var database = Database.open(options);
                    var shop = Shop.open(database.postgres(), new SimulatedMail(0), ShopSettings.of(options));
                    var instances = Instances.start(
                            1, database, options, new PrintStream(told, true, StandardCharsets.UTF_8))) {
                long victim = instances.processIds().getFirst();
                await("both instances have work", () -> owners(database) == 2);

                var imported = new AtomicInteger();
                new ConcurrentImport(shop.importer(), () -> {
                            if (imported.incrementAndGet() == 300) {
                                ProcessHandle.of(victim).orElseThrow().destroyForcibly();
                            }
                        })
                        .run(CsvInvoices.open(csv));
                var quiet = shop.awaitQuiet(handled -> {});

                assertThat(imported).hasValueGreaterThan(300);
                var summary =
                        new SummaryReader(database.postgres().dataSource()).read(quiet.delivery(), quiet.workflows());
                assertThat(JSON.readTree(SummaryJson.write(summary)))
                        .isEqualTo(JSON.readTree(Recalculation.of(csv, Recalculation.Rules.DEFAULT)));
                assertThat(told.toString(StandardCharsets.UTF_8).strip())
                        .isEqualTo("demo: the instance with process id " + victim
                                + " has ended early (exit status 137); the others take over its work");
            }
        }
    }

    @Test
    void instancesEndWhenTheProcessThatStartedThemIsKilled() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var demo = new ProcessBuilder(
                        java,
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--instances",
                        "2")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var errors = demo.errorReader()) {
            var line = errors.readLine();
            assertThat(line).matches("Processes: [0-9]+ \\(this one\\), [0-9]+");
            long other = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
            assertThat(isRunning(other)).isTrue();

            demo.destroyForcibly();

            await("process " + other + " has ended", () -> !isRunning(other));
        } finally {
            demo.destroyForcibly();
        }
    }

    private static long owners(Database database) {
        return database.postgres().subscriptionStorage().segments("shipping").stream()
                .flatMap(segment -> segment.owner().stream())
                .distinct()
                .count();
    }

    /** What has ended can stay listed for a while, without a program, until its parent takes note. */
    private static boolean isRunning(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .isPresent();
    }

    private static void await(String condition, BooleanSupplier holds) {
        long start = System.nanoTime();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as(condition).isLessThan(PATIENCE.toNanos());
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static JsonNode withoutDeadLetters(JsonNode summary) {
        return ((ObjectNode) summary.deepCopy()).without("deadLetters");
    }

    private record Run(String out, JsonNode json) {}

    private Run run(String data, String... args) throws Exception {
        var json = folder.resolve("summary.json");
        var all = new ArrayList<>(List.of("--orders", "200", "--credit-limit", "100000", "--json", json.toString()));
        all.addAll(List.of("--data", folder.resolve(data).toString()));
        all.addAll(List.of(args));
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        assertThat(status).as(err.toString()).isZero();
        return new Run(out.toString(), JSON.readTree(json.toFile()));
    }
}
