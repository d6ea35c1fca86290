package dev.headwater.examples.shop.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvInvoicesTest {

    private static final String HEADER =
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

    @TempDir
    Path folder;

    private final List<InvoiceRows> invoices = new ArrayList<>();
    private final List<UnassignedRows> unassigned = new ArrayList<>();

    @Test
    void quotedFieldsMayHoldCommasQuotesAndLineBreaks() throws IOException {
        read(HEADER + "\n1,A,\"big, \"\"red\"\"\nmug\r\nwith handle\",6,d,2.5,,UK\n1,B,plain \"inch\",1,d,1,,UK\n");

        assertThat(rows("1"))
                .containsExactly(
                        new CsvRow(2, List.of("1", "A", "big, \"red\"\nmug\r\nwith handle", "6", "d", "2.5", "", "UK")),
                        new CsvRow(5, List.of("1", "B", "plain \"inch\"", "1", "d", "1", "", "UK")));
    }

    @Test
    void linesCountAsAnEditorCountsThem() throws IOException {
        for (var lineBreak : List.of("\n", "\r\n", "\r")) {
            invoices.clear();
            read(String.join(lineBreak, HEADER, "", "1,A", "", "", "1,\"x" + lineBreak + lineBreak + "y\"", "", "1,C"));
            assertThat(rows("1")).extracting(CsvRow::line).containsExactly(3L, 6L, 10L);
        }
    }

    @Test
    void aByteOrderMarkAndAMissingLastLineBreakDoNotMatter() throws IOException {
        read("\uFEFF" + HEADER + "\r\n1,A,x,6,d,2.5,,UK");

        assertThat(rows("1")).containsExactly(new CsvRow(2, List.of("1", "A", "x", "6", "d", "2.5", "", "UK")));
    }

    @Test
    void theRowsOfAnInvoiceComeTogetherHoweverTheyAreScattered() throws IOException {
        var source = read(HEADER + "\n1,A\n2,B\n1,C\n 2 ,D\n3,E\n1,F\n");

        assertThat(source.invoices()).isEqualTo(3);
        assertThat(invoices).extracting(InvoiceRows::number).containsExactly("2", "3", "1");
        assertThat(rows("1")).extracting(CsvRow::line).containsExactly(2L, 4L, 7L);
        assertThat(rows("2")).extracting(CsvRow::line).containsExactly(3L, 5L);
    }

    @Test
    void invoicesThatBecomeOrdersAreCountedByWhereEachBegins() throws IOException {
        var good = ",A,MUG,6,2010-12-01 08:26:00,2.5,,UK\n";
        read(HEADER + "\n4,A\n" + "5" + good + "1,A\nC2,A\n3,A\n" + "C2" + good.replace("6", "-6") + "A6" + good + "1"
                + good + "4" + good);

        assertThat(invoices)
                .extracting(invoice -> invoice.number() + " " + invoice.ordinal())
                .containsExactlyInAnyOrder(
                        "4 OptionalInt[1]",
                        "5 OptionalInt[2]",
                        "1 OptionalInt[3]",
                        "C2 OptionalInt.empty",
                        "3 OptionalInt.empty",
                        "A6 OptionalInt.empty");
    }

    @Test
    void rowsWithoutAUsableInvoiceNumberAreUnassigned() throws IOException {
        var source = read(HEADER + "\n,A\n1,B\n   \n" + "9".repeat(51) + ",C\n\"4\t2\",D\n");

        assertThat(source.invoices()).isEqualTo(1);
        assertThat(unassigned).hasSize(1);
        assertThat(unassigned.getFirst().rows()).extracting(CsvRow::line).containsExactly(2L, 4L, 5L, 6L);
        assertThat(unassigned.getFirst().rows())
                .extracting(row -> row.numberProblem().orElseThrow())
                .containsExactly(
                        "InvoiceNo is missing",
                        "InvoiceNo is missing",
                        "InvoiceNo has 51 characters: at most 50 are allowed",
                        "InvoiceNo holds a control character");
    }

    @Test
    void manyUnassignedRowsComeInPortions() throws IOException {
        read(HEADER + "\n" + ",x\n".repeat(450));

        assertThat(unassigned).extracting(part -> part.rows().size()).containsExactly(200, 200, 50);
        assertThat(unassigned)
                .extracting(UnassignedRows::file)
                .containsOnly(unassigned.getFirst().file());
    }

    @Test
    void aFileWithNoRowsHasNoInvoices() throws IOException {
        assertThat(read(HEADER).invoices()).isZero();
        assertThat(read(HEADER + "\n\n").invoices()).isZero();
    }

    @Test
    void whatIsNoSuchFileIsRefusedInOneLineThatSaysWhy() throws IOException {
        unusable(folder.resolve("missing.csv"), "does not exist");
        unusable(folder, "is not a file");
        refused("", "is empty: expected the header InvoiceNo,StockCode");
        refused("\n\n", "is empty");
        refused("a,b\u001b[31m,c\n1,2,3\n", "expected the header InvoiceNo,", "found a,b?[31m,c");
        refused(HEADER + ",More\n", "expected the header");
        refused(HEADER.toLowerCase(java.util.Locale.ROOT) + "\n", "expected the header");
        refused(HEADER + "\n1,A\n1,\"never closed\n1,C\n", "from line 3 on");
        refused(HEADER + "\n1,A\n1,\"closed\" too early\n", "from line 3 on");
        refused(HEADER + "\n1,A\n1,\0\n", "line 3 holds a NUL character");
        refused(HEADER + "\n" + "7,A\n".repeat(20_001), "invoice 7 has 20001 rows, at most 20000");
    }

    @Test
    void aFileThatIsNotUtf8IsRefused() throws IOException {
        var latin1 = folder.resolve("latin1.csv");
        Files.write(latin1, (HEADER + "\n1,CAFÉ\n").getBytes(StandardCharsets.ISO_8859_1));
        unusable(latin1, "is not in UTF-8");
        var binary = folder.resolve("binary");
        Files.write(binary, new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, 1, 2, 3, (byte) 0xFF});
        unusable(binary, "is not in UTF-8");
    }

    @Test
    void aFileThatChangesWhileItIsReadIsNoticed() throws IOException {
        var file = write(HEADER + "\n1,A\n1,B\n");
        var source = CsvInvoices.open(file);
        Files.writeString(file, HEADER + "\n1,A\n2,B\n");

        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(() -> source.read(invoices::add, unassigned::add))
                .withMessageContaining("was changed while it was imported");
    }

    private CsvInvoices read(String text) throws IOException {
        var source = CsvInvoices.open(write(text));
        source.read(invoices::add, unassigned::add);
        return source;
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("orders.csv"), text);
    }

    private List<CsvRow> rows(String number) {
        return invoices.stream()
                .filter(invoice -> invoice.number().equals(number))
                .findFirst()
                .orElseThrow()
                .rows();
    }

    private void refused(String text, String... parts) throws IOException {
        unusable(write(text), parts);
    }

    private static void unusable(Path file, String... parts) {
        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(() -> CsvInvoices.open(file))
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith(file.toString())
                        .contains(parts)
                        .doesNotContain("\n", "\u001b"));
    }
}
