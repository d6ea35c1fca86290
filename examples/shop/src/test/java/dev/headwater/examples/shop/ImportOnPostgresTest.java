package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.examples.shop.analytics.Summary;
import dev.headwater.examples.shop.analytics.SummaryJson;
import dev.headwater.examples.shop.analytics.SummaryReader;
import dev.headwater.examples.shop.importing.ConcurrentImport;
import dev.headwater.examples.shop.importing.CsvInvoices;
import dev.headwater.postgres.PostgresDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ImportOnPostgresTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static EmbeddedDatabase server;
    private static int databases;

    @TempDir
    Path folder;

    private final AtomicInteger confirmations = new AtomicInteger();

    @BeforeAll
    static void startServer() {
        server = EmbeddedDatabase.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void theSummaryIsWhatAnIndependentCalculationSays() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            var csv = Files.writeString(folder.resolve("dirty-" + seed + ".csv"), DirtyCsv.make(seed, 3_000));
            var url = newDatabase();

            var summary = importAll(url, csv);

            assertThat(JSON.readTree(SummaryJson.write(summary)))
                    .as("seed %d", seed)
                    .isEqualTo(JSON.readTree(Recalculation.of(csv, Recalculation.Rules.DEFAULT)));
            assertThat(confirmations.getAndSet(0))
                    .as("seed %d", seed)
                    .isEqualTo(summary.orders().placed());
            assertThat(summary.rows().rejected()).as("seed %d", seed).isPositive();
            assertThat(summary.rows().returned()).as("seed %d", seed).isPositive();

            assertThat(importAll(url, csv)).as("again, seed %d", seed).isEqualTo(summary);
            assertThat(confirmations.getAndSet(0)).as("again, seed %d", seed).isZero();
        }
    }

    @Test
    void theOrderOfTheRowsInAFileDoesNotMatter() throws Exception {
        var lines = new ArrayList<>(List.of(
                "1,A,MUG,6,2010-12-01 08:26:00,2.5,17850.0,France",
                "2,A,MUG,1,2010-12-01 08:26:00,2.5,17850.0,Spain",
                "1,B,CUP,2,2010-12-01 08:26:00,0.001,17850.0,France",
                "C1,B,CUP,-1,2010-12-01 08:26:00,0.001,17850.0,France",
                "2,C,TIN,0,2010-12-01 08:26:00,7,17850.0,Spain",
                "3,C,TIN,9,2010-12-01 08:26:00,7,17850.0,Italy"));
        var header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
        var url = newDatabase();
        var summary = importAll(url, Files.writeString(folder.resolve("a.csv"), header + String.join("\n", lines)));

        Collections.shuffle(lines, new Random(9));
        var shuffled = Files.writeString(folder.resolve("b.csv"), header + String.join("\n", lines));

        assertThat(importAll(url, shuffled)).isEqualTo(summary);
        assertThat(importAll(newDatabase(), shuffled)).isEqualTo(summary);
    }

    @Test
    void otherRowsForAKnownInvoiceAreRejectedAndCounted() throws Exception {
        var header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
        var url = newDatabase();
        importAll(
                url,
                Files.writeString(
                        folder.resolve("a.csv"), header + "1,A,MUG,6,2010-12-01 08:26:00,2.5,17850.0,France\n"));
        var other = Files.writeString(
                folder.resolve("b.csv"), header + "1,A,MUG,7,2010-12-01 08:26:00,2.5,17850.0,France\n");

        for (int i = 0; i < 2; i++) {
            var summary = importAll(url, other);
            assertThat(summary.rows()).isEqualTo(new Summary.Rows(2, 1, 0, 1));
            assertThat(summary.invoices()).isEqualTo(new Summary.Invoices(1, 0, 0));
            assertThat(summary.revenue().shipped()).isEqualByComparingTo("15");
        }
    }

    @Test
    void anOrderThatNothingHappensToIsToldOfInsteadOfWaitedForWithoutEnd() throws Exception {
        var header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
        var csv = Files.writeString(
                folder.resolve("a.csv"), header + "1,A,MUG,6,2010-12-01 08:26:00,2.5,17850.0,France\n");
        var settings = ShopSettings.of(new Options());
        try (var database = PostgresDatabase.builder().url(newDatabase()).open()) {
            Shop.open(database, (id, confirmation) -> {}, settings).close();
            database.subscriptionStorage().pause("payment", "somebody");

            try (var shop = Shop.open(database, (id, confirmation) -> {}, settings)) {
                new ConcurrentImport(shop.importer(), () -> {}).run(CsvInvoices.open(csv));

                assertThatExceptionOfType(StalledException.class)
                        .isThrownBy(() -> shop.awaitQuiet(handled -> {}, Duration.ofSeconds(2)))
                        .withMessageContaining("1 orders have not ended")
                        .withMessageContaining("the oldest instance, 1 of 'shop.order'")
                        .withMessageContaining("payment.completed or payment.failed or payment.pending")
                        .withMessageContaining("these are behind: payment PAUSED");
            }
        }
    }

    private Summary importAll(String url, Path csv) throws Exception {
        try (var database = PostgresDatabase.builder().url(url).open();
                var shop = Shop.open(
                        database,
                        (id, confirmation) -> confirmations.incrementAndGet(),
                        ShopSettings.of(new Options()))) {
            new ConcurrentImport(shop.importer(), () -> {}).run(CsvInvoices.open(csv));
            var quiet = shop.awaitQuiet(handled -> {});
            return new SummaryReader(database.dataSource()).read(quiet.delivery(), quiet.workflows());
        }
    }

    private static String newDatabase() throws Exception {
        databases++;
        var name = "shop" + databases;
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return server.jdbcUrl().replaceFirst("/[^/?]+\\?", "/" + name + "?");
    }
}
