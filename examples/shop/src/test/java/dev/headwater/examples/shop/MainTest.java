package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.embedded.EmbeddedDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

    private static final String HEADER =
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    @TempDir
    Path folder;

    @Test
    void helpAndVersionAreAnswered() {
        var help = run("--help");
        assertThat(help.status).isZero();
        assertThat(help.out)
                .contains(
                        "--import",
                        "--restore",
                        "--export",
                        "--json",
                        "--rejects",
                        "--data",
                        "--database",
                        "--orders",
                        "--seed",
                        "--instances",
                        "--mail-failures",
                        "--process",
                        "--credit-limit",
                        "--max-line-quantity",
                        "--late",
                        "--time-limit",
                        "--latency",
                        "--history",
                        "--distributed",
                        "--orchestrated",
                        "--broker",
                        "--kafka",
                        "--debug");
        var version = run("--version");
        assertThat(version.status).isZero();
        assertThat(version.out.strip()).matches("Headwater demo [0-9]+[.][0-9]+[.].+");
    }

    @Test
    void aCommandLineThatMakesNoSenseIsRefusedInOneLine() {
        unusable("Unknown option: '--frobnicate'", "--frobnicate");
        unusable("use one or the other", "--import", "x.csv", "--orders", "5");
        unusable("use one or the other", "--import", "x.csv", "--seed", "5");
        unusable("use one or the other", "--data", "d", "--database", "jdbc:postgresql:x");
        unusable("--restore brings its own orders", "--restore", "x", "--orders", "5");
        unusable("--export only writes the events that are there", "--export", "x", "--data", "d", "--seed", "5");
        unusable("--export needs --data or --database", "--export", "x");
        unusable("the folder no-such does not exist", "--export", "x", "--data", "no-such");
        unusable("--orders is -1: expected 0 to 1000000", "--orders", "-1");
        unusable("Invalid value for option '--orders'", "--orders", "many");
        unusable("--data is empty: expected a path", "--data", "");
        unusable("--import is empty: expected a path", "--import", "");
        unusable("--seed is -7: expected 0 or more", "--seed", "-7");
        unusable("expected jdbc:postgresql://HOST/DATABASE", "--database", "mysql://x");
        unusable("--instances is 0: expected 1 to 8", "--instances", "0");
        unusable("--instances is 9: expected 1 to 8", "--instances", "9");
        unusable("Invalid value for option '--instances'", "--instances", "two");
        unusable("--mail-failures is -0.1: expected 0 to 100", "--mail-failures", "-0.1");
        unusable("--mail-failures is 100.5: expected 0 to 100", "--mail-failures", "100.5");
        unusable("Invalid value for option '--mail-failures'", "--mail-failures", "NaN");
        unusable("Invalid value for option '--process'", "--process", "hope");
        unusable("--credit-limit is -1: expected 0 or more", "--credit-limit", "-1");
        unusable("--max-line-quantity is -1: expected 0 or more", "--max-line-quantity", "-1");
        unusable("--late is 2: expected 0 for never, or 3 or more", "--late", "2");
        unusable("--late is -3: expected 0 for never, or 3 or more", "--late", "-3");
        unusable("--time-limit is 0: expected 0.1 to 3600 seconds", "--time-limit", "0");
        unusable("--latency is -1: expected 0 to 60000 milliseconds", "--latency", "-1");
        unusable("--history needs --data or --database", "--history", "1");
        unusable("--history changes nothing", "--history", "1", "--orders", "5");
    }

    @Test
    void servicesAsProcessesGoWithWhatMakesSenseForThem() {
        unusable("use them with --distributed", "--orchestrated");
        unusable("use them with --distributed", "--broker", "postgres");
        unusable("use them with --distributed", "--kafka", "localhost:9092");
        unusable("Invalid value for option '--broker'", "--distributed", "--broker", "hope");
        unusable("--instances has several processes run all services", "--distributed", "--instances", "2");
        unusable("has a log for each service", "--distributed", "--history", "1", "--data", ".");
        unusable("has a log for each service", "--distributed", "--export", "x", "--data", ".");
        unusable("use it without --process", "--distributed", "--process", "table");
        unusable("use one or the other", "--distributed", "--broker", "postgres", "--kafka", "localhost:9092");
        unusable("expected HOST:PORT", "--distributed", "--kafka", "localhost");
        unusable(
                "use --kafka with a cluster that stays",
                "--distributed",
                "--broker",
                "kafka",
                "--database",
                "jdbc:postgresql://localhost/x");
    }

    @Test
    void filesThatCannotBeUsedAreRefusedInOneLine() throws IOException {
        var missing = folder.resolve("missing.csv").toString();
        var wrong = Files.writeString(folder.resolve("wrong.csv"), "a,b\n1,2\n").toString();
        unusable("does not exist", "--import", missing);
        unusable("is not a file", "--import", folder.toString());
        unusable("expected the header InvoiceNo,", "--import", wrong);
        unusable("is not a file", "--restore", missing);
        unusable("is no export of an event log", "--restore", wrong);
        unusable("exists already", "--export", wrong, "--data", folder.toString());
        unusable("is a folder, expected a file", "--json", folder.toString());
        unusable("does not exist", "--json", folder.resolve("no/such/file.json").toString());
        unusable(
                "does not exist",
                "--rejects",
                folder.resolve("no/such/file.csv").toString());
    }

    @Test
    void aDatabaseThatCannotBeUsedIsRefusedInOneLineThatKeepsThePassword() throws IOException {
        var file = Files.writeString(folder.resolve("data"), "not a folder").toString();
        unusable(file, "--orders", "1", "--data", file);

        var malformed = "jdbc:postgresql:///%zz?password=geheim";
        assertThat(unusable("The URL of the database is malformed", "--orders", "1", "--database", malformed).err)
                .doesNotContain("geheim");
        var url = "jdbc:postgresql://127.0.0.1:1/shop?user=me&password=geheim&connectTimeout=1";
        var run = unusable("The database cannot be used", "--orders", "1", "--database", url);
        assertThat(run.err).doesNotContain("geheim");
    }

    @Test
    void aSummaryThatCannotBeWrittenAfterAllIsAnErrorThatNamesTheFile() {
        var tooLong = folder.resolve("x".repeat(300)).toString();
        var run = run("--orders", "0", "--json", tooLong);
        assertThat(run.status).isEqualTo(1);
        assertThat(run.err)
                .startsWith("demo: " + tooLong + " cannot be written")
                .doesNotContain("\tat ");
    }

    @Test
    void aFolderThatAnotherApplicationUsesIsRefusedInOneLine() {
        var data = folder.resolve("data");
        try (var other = EmbeddedDatabase.start(data)) {
            assertThat(other.dataDirectory()).exists();
            unusable(data.toString(), "--orders", "1", "--data", data.toString());
        }
    }

    @Test
    void aRunningDatabaseIsUsedAndKeepsWhatEveryRunBrings() {
        try (var server = EmbeddedDatabase.start()) {
            for (int seed = 1; seed <= 2; seed++) {
                var run = run("--orders", "50", "--seed", "" + seed, "--database", server.jdbcUrl());
                assertThat(run.status).as(run.err).isZero();
                assertThat(run.out).contains("Orders    %1$d created, %1$d placed, ".formatted(50 * seed));
            }
        }
    }

    @Test
    void aStackTraceIsForThoseWhoDebug() throws IOException {
        var wrong = Files.writeString(folder.resolve("wrong.csv"), "a,b\n1,2\n").toString();

        assertThat(run("--import", wrong).err).doesNotContain("\tat ");
        try {
            assertThat(run("--import", wrong, "--debug").err).contains("\tat ");
        } finally {
            System.getProperties().keySet().removeIf(key -> key.toString().startsWith("org.slf4j.simpleLogger."));
        }
    }

    @Test
    void anImportTellsWhatBecameOfItAndImportingAgainTellsTheSame() throws IOException {
        var csv = Files.writeString(
                folder.resolve("orders.csv"),
                HEADER
                        + "1,A,MUG,6,2010-12-01 08:26:00,2.5,17850.0,France\n"
                        + "1,B,CUP,0,2010-12-01 08:26:00,1,17850.0,France\n"
                        + "C2,A,MUG,-1,2010-12-02 08:26:00,2.5,,France\n"
                        + "A3,A,DEBT,1,2010-12-02 08:26:00,11062.06,,France\n"
                        + ",A,MUG,1,2010-12-02 08:26:00,2.5,,France\n");
        var json = folder.resolve("summary.json");
        var rejects = folder.resolve("rejects.csv");
        for (int i = 0; i < 2; i++) {
            var run = run(
                    "--import", csv.toString(),
                    "--data", folder.resolve("data").toString(),
                    "--json", json.toString(),
                    "--rejects", rejects.toString());

            assertThat(run.err).doesNotContain("demo:");
            assertThat(run.status).isZero();
            assertThat(run.out).contains("Rows      5 read = 1 ordered + 1 returned + 3 rejected");
            assertThat(Files.readString(json).replaceAll("\\s", "")).isEqualTo("""
                    {"rows":{"read":5,"ordered":1,"returned":1,"rejected":3},\
                    "invoices":{"orders":1,"returns":1,"rejected":1},\
                    "orders":{"created":1,"placed":1,"shipped":1,\
                    "cancelled":{"payment":0,"inventory":0,"late":0}},\
                    "payments":{"completed":1,"declined":0,"refunded":0},\
                    "paid":{"completed":"15.00","refunded":"0.00","kept":"15.00"},\
                    "workflows":{"completed":1,"compensated":0,"running":0,"stuck":0},\
                    "revenue":{"shipped":"15.00","returned":"2.50"},\
                    "revenueByCountry":{"France":"15.00"},"events":11,\
                    "deadLetters":{"parked":0,"sequences":0},\
                    "subscriptions":{"confirmations":{"lag":0},"imports":{"lag":0},\
                    "inventory":{"lag":0},"ordering":{"lag":0},"orders":{"lag":0},"payment":{"lag":0},\
                    "payments":{"lag":0},"process":{"lag":0},"returns":{"lag":0},"sales":{"lag":0},\
                    "shipping":{"lag":0}}}""");
            assertThat(rejects).hasContent("""
                    line,reason,InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
                    3,Quantity: expected more than zero in a sale,1,B,CUP,0,2010-12-01 08:26:00,1,17850.0,France
                    5,"InvoiceNo: expected a plain number, or C and a number for a return",\
                    A3,A,DEBT,1,2010-12-02 08:26:00,11062.06,,France
                    6,InvoiceNo is missing,,A,MUG,1,2010-12-02 08:26:00,2.5,,France
                    """);
        }
    }

    @Test
    void aDatabaseStaysWithTheStyleOfProcessThatItWasBegunWith() {
        try (var server = EmbeddedDatabase.start()) {
            succeed("--orders", "1", "--process", "table", "--database", server.jdbcUrl());
            unusable(
                    "begun with --process table",
                    "--orders",
                    "1",
                    "--process",
                    "choreography",
                    "--database",
                    server.jdbcUrl());
            unusable("begun with --process table", "--orders", "1", "--distributed", "--database", server.jdbcUrl());
        }
    }

    @Test
    void theHistoryOfACancelledOrderReadsAsAStory() throws IOException {
        var csv = Files.writeString(
                folder.resolve("orders.csv"), HEADER + "1,A,MUG,600,2010-12-01 08:26:00,1.5,17850.0,France\n");
        var data = folder.resolve("data").toString();
        succeed("--import", csv.toString(), "--data", data);

        var told = succeed("--history", "1", "--data", data);

        assertThat(told.out.lines().map(line -> line.replaceFirst("^[^ ]+  ", "")))
                .containsSubsequence(
                        "ordering   created for France: 1 lines, 900.0",
                        "ordering   placed",
                        "payment    completed: 900.0",
                        "inventory  failed: a line of 600 pieces is over the most of 500");
        assertThat(told.out).contains("payment    refunded: 900.0", "ordering   cancelled: inventory");
        unusable("there is no order 2", "--history", "2", "--data", data);
    }

    @Test
    void aShopThatItsFirstVersionWroteTellsTheSame() throws IOException {
        var present = folder.resolve("present.json");
        var old = folder.resolve("old.json");
        var data = folder.resolve("old").toString();

        succeed("--orders", "40", "--seed", "7", "--json", present.toString());
        succeed("--orders", "40", "--seed", "7", "--data", data, "--first-version", "--json", old.toString());
        var checked = succeed("--check-history", "--data", data);

        assertThat(old).hasSameBinaryContentAs(present);
        assertThat(checked.out).contains("this code can handle them all");
    }

    @Test
    void aShopThatIsExportedAndRestoredTellsTheSame() throws IOException {
        var file = folder.resolve("events.ndjson.gz");
        var before = folder.resolve("before.json");
        var after = folder.resolve("after.json");
        var original = folder.resolve("original").toString();
        var restored = folder.resolve("restored").toString();
        succeed("--orders", "60", "--data", original, "--json", before.toString());

        var export = succeed("--data", original, "--export", file.toString());
        var restore = succeed("--data", restored, "--restore", file.toString(), "--json", after.toString());
        var again = succeed("--data", restored, "--restore", file.toString());

        assertThat(export.out).contains("Exported ", " events to " + file, "SHA-256 ");
        assertThat(after).hasSameBinaryContentAs(before);
        assertThat(restore.out).containsPattern("Restored  [1-9]").contains("Sent      0 confirmations");
        var other = run("--data", restored, "--restore", file.toString(), "--process", "table");
        assertThat(other.status).isEqualTo(2);
        assertThat(other.err).contains("begun with --process code");
        assertThat(again.out).contains("Restored  0 events", "Orders    60 created, 60 placed, ");
    }

    @Test
    void anArchiveThatWasCutOffOrAlteredIsRefusedBeforeADatabaseIsMade() throws IOException {
        var data = folder.resolve("data");
        var file = folder.resolve("events.ndjson");
        succeed("--orders", "10", "--data", data.toString());
        succeed("--data", data.toString(), "--export", file.toString());
        var lines = Files.readAllLines(file);
        var other = folder.resolve("other");

        var cut = Files.write(folder.resolve("cut.ndjson"), lines.subList(0, lines.size() - 1));
        unusable("was cut off after line", "--restore", cut.toString(), "--data", other.toString());
        lines.set(5, lines.get(5).replace("order", "odder"));
        var altered = Files.write(folder.resolve("altered.ndjson"), lines);
        unusable("was altered", "--restore", altered.toString(), "--data", other.toString());
        assertThat(other).doesNotExist();
    }

    private Run succeed(String... args) {
        var run = run(args);
        assertThat(run.status).as(run.err).isZero();
        return run;
    }

    private Run unusable(String reason, String... args) {
        var run = run(args);
        assertThat(run.status).as(run.err).isEqualTo(2);
        assertThat(run.err).startsWith("demo: ").contains(reason);
        assertThat(run.err.strip().lines()).hasSize(1);
        assertThat(run.out).isEmpty();
        return run;
    }

    private static Run run(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
        return new Run(status, out.toString(), err.toString());
    }

    private record Run(int status, String out, String err) {}
}
