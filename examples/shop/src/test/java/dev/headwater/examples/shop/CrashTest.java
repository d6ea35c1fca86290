package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.examples.shop.Recalculation.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The demo in a process of its own, which is killed again and again while it imports a file. */
class CrashTest {

    private static final long SEED = 20_101_201;
    private static final int KILLS = "full".equals(System.getProperty("headwater.faults")) ? 50 : 2;

    /** A run tells of its progress in so many lines at most. */
    private static final int PROGRESS_LINES = 8;

    private static final int LATE = 5;
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST_DELAY_MILLIS = 300;
    private static final int PATIENCE_MINUTES = 5;

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private ProcessStyle style = ProcessStyle.TABLE;

    @Test
    void aRunThatWasKilledAgainAndAgainEndsAsTheRulesSay() throws Exception {
        killAgainAndAgain(ProcessStyle.CODE);
    }

    @Test
    void aRunWithATableThatWasKilledAgainAndAgainEndsAsTheRulesSay() throws Exception {
        killAgainAndAgain(ProcessStyle.TABLE);
    }

    @Test
    void aChoreographyThatWasKilledAgainAndAgainEndsAsTheRulesSay() throws Exception {
        killAgainAndAgain(ProcessStyle.CHOREOGRAPHY);
    }

    /** A lease that outlives every pause between kills stands for kills that come sooner than leases end. */
    @Test
    void aRunThatIsKilledSoonerThanItsLeaseEndsComesToItsEndAllTheSame() throws Exception {
        style = ProcessStyle.CODE;
        var csv = Files.writeString(folder.resolve("orders.csv"), DirtyCsv.make(SEED, 400));
        for (int kill = 0; kill < 2; kill++) {
            killOnceItHasSegments(csv);
            lengthenLeases();
        }

        var disturbed = folder.resolve("disturbed.json");
        finish(csv, "data", disturbed);

        assertThat(JSON.readTree(disturbed.toFile()))
                .isEqualTo(JSON.readTree(Recalculation.of(csv, new Rules(1_000, 45, LATE))));
    }

    private void killOnceItHasSegments(Path csv) throws IOException, InterruptedException {
        var process = start(csv, "data", folder.resolve("never.json"));
        try (var errors = process.errorReader()) {
            String line;
            do {
                line = errors.readLine();
            } while (line != null && !line.startsWith("Invoices recorded"));
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private void lengthenLeases() throws SQLException {
        try (var database = EmbeddedDatabase.start(folder.resolve("data"));
                var connection = DriverManager.getConnection(database.jdbcUrl());
                var statement = connection.createStatement()) {
            int living = statement.executeUpdate(
                    "UPDATE headwater.subscription_members SET alive_until = now() + interval '1 day'");
            assertThat(living).isPositive();
        }
    }

    private void killAgainAndAgain(ProcessStyle newStyle) throws Exception {
        style = newStyle;
        var csv = Files.writeString(folder.resolve("orders.csv"), DirtyCsv.make(SEED, 4_000));
        var expected = JSON.readTree(Recalculation.of(csv, new Rules(1_000, 45, LATE)));

        int killed = 0;
        for (int round = 0; killed < KILLS; round++) {
            assertThat(round).as("runs that ended before they were killed").isLessThan(3 * KILLS);
            // A finished import leaves nothing to disturb, so now and then a new one begins.
            killed += killedOnTheWay(csv, "data" + killed / 5) ? 1 : 0;
        }

        for (int data = 0; data <= (killed - 1) / 5; data++) {
            var disturbed = folder.resolve("disturbed.json");
            finish(csv, "data" + data, disturbed);
            assertThat(comparable(JSON.readTree(disturbed.toFile())))
                    .as("data%d, seed %d", data, SEED)
                    .isEqualTo(comparable(expected));
        }
    }

    /** A choreography has no instances of an order process. */
    private JsonNode comparable(JsonNode figures) {
        return style == ProcessStyle.CHOREOGRAPHY ? ((ObjectNode) figures.deepCopy()).without("workflows") : figures;
    }

    /** Kills a run a moment after one of its lines; false when it was faster. */
    private boolean killedOnTheWay(Path csv, String data) throws IOException, InterruptedException {
        var process = start(csv, data, folder.resolve("never.json"));
        try (var errors = process.errorReader()) {
            int lines = random.nextInt(PROGRESS_LINES);
            for (int i = 0; i < lines && errors.readLine() != null; i++) {
                // only waiting for the line
            }
            process.waitFor(random.nextInt(LONGEST_DELAY_MILLIS), TimeUnit.MILLISECONDS);
            boolean alive = process.isAlive();
            process.destroyForcibly().waitFor();
            return alive;
        }
    }

    private void finish(Path csv, String data, Path json) throws IOException, InterruptedException {
        var process = start(csv, data, json);
        try (var errors = process.errorReader()) {
            var told = errors.lines().toList();
            assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as("%s", told).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(Path csv, String data, Path json) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--import",
                        csv.toString(),
                        "--data",
                        folder.resolve(data).toString(),
                        "--process",
                        style.toString(),
                        "--max-line-quantity",
                        "45",
                        "--late",
                        Integer.toString(LATE),
                        "--time-limit",
                        "1",
                        "--json",
                        json.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
