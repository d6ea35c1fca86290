package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.examples.shop.Recalculation.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The services as processes come to the figures of the rules, whoever directs them and whoever dies. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DistributedTest {

    private static final long SEED = 20_101_201;
    private static final int ROWS = 150;
    private static final int LATE = 5;
    private static final int PATIENCE_MINUTES = 5;
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern PAYMENT = Pattern.compile("payment ([0-9]+)");

    @TempDir
    Path folder;

    @Test
    void servicesThatReactToEachOtherComeToTheFiguresAlsoWhenOneIsKilledOnTheWay() throws Exception {
        try (var demo = start("--broker", "postgres")) {
            long victim = demo.awaitProcessOf(PAYMENT);
            ProcessHandle.of(victim).orElseThrow().destroyForcibly();

            demo.awaitLine(
                    "demo: payment (process " + victim + ") has ended early (exit status 137); it is started again");
            assertThat(demo.figures()).isEqualTo(expected(ProcessStyle.CHOREOGRAPHY));
        }
    }

    @Test
    void aServiceThatDirectsTheOthersByCommandsComesToTheFigures() throws Exception {
        try (var demo = start("--orchestrated")) {
            assertThat(demo.figures()).isEqualTo(expected(ProcessStyle.CODE));
        }
    }

    @Test
    void topicsInKafkaLeadToTheSameFigures() throws Exception {
        try (var demo = start("--broker", "kafka")) {
            assertThat(demo.figures()).isEqualTo(expected(ProcessStyle.CHOREOGRAPHY));
        }
    }

    @Test
    void servicesEndWhenTheProcessThatStartedThemIsKilled() throws Exception {
        try (var demo = start("--broker", "postgres")) {
            demo.awaitProcessOf(PAYMENT);
            var services = demo.process.descendants().toList();
            assertThat(services).hasSizeGreaterThanOrEqualTo(Service.values().length);

            demo.process.destroyForcibly();

            await("all have ended", () -> services.stream().noneMatch(DistributedTest::isRunning));
        }
    }

    /** A choreography has no instances of an order process. */
    private JsonNode expected(ProcessStyle style) throws IOException {
        var figures =
                (ObjectNode) JSON.readTree(Recalculation.of(folder.resolve("orders.csv"), new Rules(1_000, 45, LATE)));
        if (style == ProcessStyle.CHOREOGRAPHY) {
            ((ObjectNode) figures.get("workflows")).put("completed", 0).put("compensated", 0);
        }
        return figures;
    }

    private Running start(String... arguments) throws IOException {
        var csv = Files.writeString(folder.resolve("orders.csv"), DirtyCsv.make(SEED, ROWS));
        var json = folder.resolve("figures.json");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--import=" + csv,
                "--distributed",
                "--max-line-quantity=45",
                "--late=" + LATE,
                "--time-limit=0.5",
                "--json=" + json));
        command.addAll(List.of(arguments));
        return new Running(
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start(),
                json);
    }

    /** A demo at work, and what it says of it. */
    private static final class Running implements AutoCloseable {

        private final Process process;
        private final Path json;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final List<String> told = new ArrayList<>();

        private Running(Process process, Path json) {
            this.process = process;
            this.json = json;
            Thread.ofVirtual().start(() -> process.errorReader().lines().forEach(lines::add));
        }

        String awaitLine(String beginning) throws InterruptedException {
            while (true) {
                var line = lines.poll(PATIENCE_MINUTES, TimeUnit.MINUTES);
                assertThat(line).as("a line '%s' after %s", beginning, told).isNotNull();
                told.add(line);
                if (line.startsWith(beginning)) {
                    return line;
                }
            }
        }

        long awaitProcessOf(Pattern service) throws InterruptedException {
            var found = service.matcher(awaitLine("Services: "));
            assertThat(found.find()).isTrue();
            return Long.parseLong(found.group(1));
        }

        JsonNode figures() throws InterruptedException {
            assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES))
                    .as("%s", lines)
                    .isTrue();
            assertThat(process.exitValue()).as("%s", lines).isZero();
            return JSON.readTree(json.toFile());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** What has ended can stay listed for a while, without a program, until its parent takes note. */
    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private static void await(String condition, BooleanSupplier holds) throws InterruptedException {
        long start = System.nanoTime();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as(condition).isLessThan(TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES));
            LockSupport.parkNanos(1_000_000);
        }
    }
}
