package dev.headwater.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.embedded.EmbeddedDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks work; what they find is for people to judge. */
class BenchmarksTest {

    @Test
    void everyRowIsMeasuredOnBothSides(@TempDir Path folder) throws Exception {
        var csv = folder.resolve("figures.csv");
        var markdown = folder.resolve("table.md");

        int status = Main.execute("all", "--quick", "--csv", csv.toString(), "--markdown", markdown.toString());

        assertThat(status).isZero();
        var lines = Files.readAllLines(csv);
        assertThat(lines).hasSize(1 + 2 * 23 + 14 + 1);
        assertThat(lines.subList(1, lines.size()))
                .allSatisfy(line -> assertThat(units(line)).as(line).isPositive());
        assertThat(Files.readString(markdown))
                .contains(
                        "append 1 event, 1 writer",
                        "load an aggregate of 100 events",
                        "replay into counters",
                        "rolling restart of 3 instances",
                        "50 idle subscriptions",
                        "a reactor with an effect of 5 ms",
                        "a Java process of its own");
    }

    @Test
    void aServerThatDoesNotFlushIsRefused() {
        assertRefusedWithout("fsync");
    }

    @Test
    void aServerThatDoesNotWaitForTheFlushIsRefused() {
        assertRefusedWithout("synchronous_commit");
    }

    @Test
    void theCommandShownHoldsNoPassword() {
        var url = ServerUrl.parse("jdbc:postgresql://db:5432/orders?user=bench&password=secret");

        assertThat(url.masked()).isEqualTo("jdbc:postgresql://db:5432/orders");
        assertThat(url.withDatabase("other")).hasToString("jdbc:postgresql://db:5432/other?user=bench&password=secret");
    }

    @Test
    void whatCannotBeMeasuredIsRefusedBeforeAnythingStarts() {
        assertThat(Main.execute("append", "--rounds", "0")).isEqualTo(2);
        assertThat(Main.execute("append", "--csv", "no/such/folder/figures.csv"))
                .isEqualTo(2);
        assertThat(Main.execute("speed")).isEqualTo(2);
        assertThat(Main.execute("read", "--database", "localhost")).isEqualTo(1);
    }

    private static void assertRefusedWithout(String setting) {
        try (var database =
                EmbeddedDatabase.builder().settings(Map.of(setting, "off")).start()) {
            var url = ServerUrl.parse(database.jdbcUrl());

            assertThatThrownBy(() -> Server.open(url))
                    .isInstanceOf(BenchmarkException.class)
                    .hasMessageContaining("The server has " + setting + " off");
        }
    }

    private static long units(String line) {
        var afterQuotes = line.substring(line.lastIndexOf('"') + 1).split(",", -1);
        return Long.parseLong(afterQuotes[afterQuotes.length - 4]);
    }
}
