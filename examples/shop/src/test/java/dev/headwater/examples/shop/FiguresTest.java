package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.examples.shop.Recalculation.Rules;
import dev.headwater.examples.shop.importing.SeededInvoices;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of orders is what the rules say of the rows alone, however the process is written. */
class FiguresTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long SEED = 20_101_201;

    @TempDir
    Path folder;

    @Test
    void everyStyleComesToTheFiguresOfTheRules() throws Exception {
        var csv = Files.writeString(folder.resolve("orders.csv"), DirtyCsv.make(SEED, 2_000));
        var expected = JSON.readTree(Recalculation.of(csv, new Rules(1_500, 25, 4)));
        requireOneOfEach(expected);

        for (var style : ProcessStyle.values()) {
            var found = run(
                    style,
                    "--import=" + csv,
                    "--credit-limit=1500",
                    "--max-line-quantity=25",
                    "--late=4",
                    "--time-limit=0.5");

            assertThat(comparable(found, style)).as("%s", style).isEqualTo(comparable(expected, style));
        }
    }

    @Test
    void aServiceThatTakesLongerThanTheLimitButSaysNothingMakesNoOrderLate() throws Exception {
        var expected = JSON.readTree(Recalculation.of(new SeededInvoices(7, 40), Rules.DEFAULT));

        for (var style : ProcessStyle.values()) {
            var found = run(style, "--orders=40", "--seed=7", "--latency=500", "--time-limit=0.2");

            assertThat(comparable(found, style)).as("%s", style).isEqualTo(comparable(expected, style));
        }
    }

    private static void requireOneOfEach(JsonNode figures) {
        for (var pointer : List.of(
                "/orders/shipped",
                "/orders/cancelled/payment",
                "/orders/cancelled/inventory",
                "/orders/cancelled/late",
                "/payments/refunded")) {
            assertThat(figures.at(pointer).asLong()).as(pointer).isPositive();
        }
    }

    /** A choreography has no instances of an order process. */
    private static JsonNode comparable(JsonNode figures, ProcessStyle style) {
        return style == ProcessStyle.CHOREOGRAPHY ? ((ObjectNode) figures.deepCopy()).without("workflows") : figures;
    }

    private JsonNode run(ProcessStyle style, String... args) {
        var json = folder.resolve(style + ".json");
        var all = new ArrayList<>(List.of(args));
        all.add("--process=" + style);
        all.add("--json=" + json);
        var err = new StringWriter();
        int status = Main.commandLine()
                .setOut(new PrintWriter(new StringWriter(), true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        assertThat(status).as("%s: %s", style, err).isZero();
        return JSON.readTree(json.toFile());
    }
}
