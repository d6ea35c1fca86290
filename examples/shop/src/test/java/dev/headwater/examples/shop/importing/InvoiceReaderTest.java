package dev.headwater.examples.shop.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.examples.shop.ordering.CustomerId;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class InvoiceReaderTest {

    private static final List<String> GOOD =
            List.of("536365", "85123A", "HEART, WHITE ", "6", "2010-12-01 08:26:00", "2.55", "17850.0", "France");

    @Test
    void aGoodRowBecomesALine() {
        var invoice = read("536365", GOOD);

        assertThat(invoice.rejected()).isEmpty();
        assertThat(invoice.content())
                .isEqualTo(new Invoice.Sale(
                        new Invoice.Head(
                                Instant.parse("2010-12-01T08:26:00Z"), Optional.of(new CustomerId("17850")), "France"),
                        List.of(new OrderItem("85123A", "HEART, WHITE ", 6, Money.of("2.55")))));
    }

    @Test
    void fieldsThatAreMissingOrDoNotParseRejectTheRow() {
        rejected("StockCode: expected an article", 1, "", "  ");
        rejected("StockCode: expected at most 50 characters", 1, "x".repeat(51));
        rejected("Description: expected at most 1000 characters", 2, "x".repeat(1001));
        rejected("Quantity: expected an integer", 3, "", "six", "6.0", "6.5", "1e3", "٦", "--6", "9".repeat(13));
        rejected("UnitPrice: expected a decimal number", 5, "", "free", "1e9", "NaN", "2,55", ".", "+", "0x10", "٢.٥");
        rejected(
                "InvoiceDate: expected a date and time such as 2010-12-01 08:26:00",
                4,
                "",
                "12/1/2010 8:26",
                "2010-12-01",
                "2010-12-01T08:26:00",
                "2010-02-30 08:26:00",
                "2010-12-01 24:00:00",
                "2010-12-01 08:26:60",
                "0000-12-01 08:26:00",
                "+12010-12-01 08:26:00");
    }

    @Test
    void aRowOfAnotherLengthIsRejected() {
        for (int length : new int[] {1, 7, 9, 1000}) {
            var fields = new ArrayList<>(GOOD);
            while (fields.size() < length) {
                fields.add("x");
            }
            var invoice = read("536365", fields.subList(0, length));
            assertThat(invoice.rejected())
                    .extracting(RejectedRow::reason)
                    .containsExactly("expected 8 fields, found " + length);
            assertThat(invoice.rejected().getFirst().fields()).hasSizeLessThanOrEqualTo(20);
        }
    }

    @Test
    void numbersMayHaveSignsBlanksAndNoDigitBeforeOrAfterThePoint() {
        var invoice = read("1", with(3, " +6 "), with(5, ".5"), with(5, "3."), with(5, " 0.001 "));

        assertThat(invoice.rejected()).isEmpty();
        assertThat(((Invoice.Sale) invoice.content()).items())
                .extracting(OrderItem::total)
                .extracting(Money::amount)
                .usingElementComparator(java.math.BigDecimal::compareTo)
                .containsExactly(
                        new java.math.BigDecimal("15.3"),
                        new java.math.BigDecimal("3"),
                        new java.math.BigDecimal("18"),
                        new java.math.BigDecimal("0.006"));
    }

    @Test
    void aGuestHasNoCustomerIdAndNobodyNeedsACountry() {
        for (var guest : List.of("", " ", "0.0")) {
            assertThat(head(with(6, guest)).customerId()).isEmpty();
        }
        assertThat(head(with(6, "12346")).customerId()).contains(new CustomerId("12346"));
        assertThat(head(with(7, " ")).country()).isEqualTo("Unspecified");
    }

    @Test
    void inASaleQuantityAndPriceAreAboveZero() {
        rejected("Quantity: expected more than zero in a sale", 3, "0", "-6");
        rejected("UnitPrice: expected more than zero", 5, "0", "0.00", "-2.55");
    }

    @Test
    void aReturnHasNegativeQuantitiesAndPositivePrices() {
        var invoice = read("C536379", with(3, "-6"), with(3, "6"), with(3, "0"), with(5, "0"), with(5, "-1"));

        assertThat(invoice.content())
                .isInstanceOfSatisfying(
                        Invoice.CreditNote.class,
                        note -> assertThat(note.items())
                                .containsExactly(new OrderItem("85123A", "HEART, WHITE ", 6, Money.of("2.55"))));
        assertThat(invoice.rejected())
                .extracting(RejectedRow::reason)
                .containsExactly(
                        "Quantity: expected less than zero in a return",
                        "Quantity: expected less than zero in a return",
                        "UnitPrice: expected more than zero",
                        "UnitPrice: expected more than zero");
    }

    @Test
    void anInvoiceWithoutAGoodRowIsNothing() {
        assertThat(read("536365", with(3, "-6"), with(5, "0")).content()).isEqualTo(new Invoice.Nothing());
        assertThat(read("C536365", with(3, "6")).content()).isEqualTo(new Invoice.Nothing());
    }

    @Test
    void anyOtherPrefixRejectsEveryRow() {
        for (var number : List.of("A563185", "c536379", "-1", "536365A", "12.5", "٦٦٦")) {
            var invoice = read(number, GOOD, with(3, "-6"));
            assertThat(invoice.content()).isEqualTo(new Invoice.Nothing());
            assertThat(invoice.rejected()).hasSize(2);
        }
    }

    @Test
    void theFirstGoodRowSpeaksForTheInvoice() {
        var bad = with(3, "0");
        var other = with(4, "2011-01-01 00:00:00");
        assertThat(((Invoice.Sale) read("1", bad, other, GOOD).content()).head().time())
                .isEqualTo(Instant.parse("2011-01-01T00:00:00Z"));
    }

    @Test
    void aFingerprintTellsContentsApartButNotPlaces() {
        var one = new InvoiceRows("1", OptionalInt.empty(), List.of(new CsvRow(2, GOOD), new CsvRow(3, with(3, "7"))));
        var moved =
                new InvoiceRows("1", OptionalInt.empty(), List.of(new CsvRow(8, with(3, "7")), new CsvRow(9, GOOD)));
        var doubled = new InvoiceRows("1", OptionalInt.empty(), List.of(new CsvRow(2, GOOD), new CsvRow(3, GOOD)));
        var shifted = new InvoiceRows(
                "1", OptionalInt.empty(), List.of(new CsvRow(2, List.of("ab", "c")), new CsvRow(3, GOOD)));
        var unshifted = new InvoiceRows(
                "1", OptionalInt.empty(), List.of(new CsvRow(2, List.of("a", "bc")), new CsvRow(3, GOOD)));

        assertThat(moved.fingerprint()).isEqualTo(one.fingerprint());
        assertThat(List.of(one.fingerprint(), doubled.fingerprint(), shifted.fingerprint(), unshifted.fingerprint()))
                .doesNotHaveDuplicates();
    }

    private static Invoice.Head head(List<String> fields) {
        return ((Invoice.Sale) read("1", fields).content()).head();
    }

    private static void rejected(String reason, int column, String... values) {
        for (var value : values) {
            var invoice = read("536365", GOOD, with(column, value));
            assertThat(invoice.rejected())
                    .as(value)
                    .extracting(RejectedRow::reason)
                    .containsExactly(reason);
            assertThat(invoice.rejected()).extracting(RejectedRow::line).containsExactly(3L);
        }
    }

    private static List<String> with(int column, String value) {
        var fields = new ArrayList<>(GOOD);
        fields.set(column, value);
        return fields;
    }

    @SafeVarargs
    private static Invoice read(String number, List<String>... rows) {
        var csv = new ArrayList<CsvRow>();
        for (var row : rows) {
            csv.add(new CsvRow(csv.size() + 2L, row));
        }
        return InvoiceReader.read(new InvoiceRows(number, OptionalInt.empty(), csv));
    }
}
