package dev.headwater.examples.shop.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.examples.shop.importing.ImportEvent.InvoiceContradicted;
import dev.headwater.examples.shop.importing.ImportEvent.InvoiceImported;
import dev.headwater.examples.shop.importing.ImportEvent.Outcome;
import dev.headwater.examples.shop.ordering.OrderEvent;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderVersions;
import dev.headwater.examples.shop.returns.ReturnEvent;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.ForwardingEventStorage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ImporterTest {

    private static final MessageSerializer SERIALIZER = MessageSerializer.builder(
                    MessageTypes.of(OrderEvent.class, ReturnEvent.class, ImportEvent.class))
            .upcasters(OrderVersions.UPCASTERS)
            .build();

    private final InMemoryEventStorage storage = new InMemoryEventStorage();
    private final EventStore store = new EventStore(storage, SERIALIZER);
    private final Importer importer = new Importer(store);

    @Test
    void anInvoiceBecomesAPlacedOrderInOnePieceWithWhatBecameOfItsRows() {
        importer.importInvoice(invoice("1", row(2, "1", "6"), row(3, "1", "0")));

        assertThat(log())
                .extracting(StoredEvent::type)
                .containsExactly("invoice.imported", "order.created", "order.placed");
        assertThat(log()).extracting(event -> event.stream().name()).containsExactly("invoice-1", "order-1", "order-1");
        assertThat(log().getFirst().event())
                .isEqualTo(new InvoiceImported(
                        "1",
                        Outcome.ORDER,
                        2,
                        List.of(new RejectedRow(
                                3,
                                "Quantity: expected more than zero in a sale",
                                row(3, "1", "0").fields()))));
    }

    @Test
    void anOrderKnowsThePlaceOfItsInvoice() {
        importer.importInvoice(invoice("1", row(2, "1", "6")));

        assertThat(log().get(1).event())
                .isInstanceOfSatisfying(
                        OrderCreated.class,
                        created -> assertThat(created.ordinal()).hasValue(7));
    }

    @Test
    void anOrderHappenedWhenTheInvoiceSaysBecauseItWasImported() {
        importer.importInvoice(invoice("1", row(2, "1", "6")));

        var imported = log().getFirst();
        assertThat(log().subList(1, 3)).allSatisfy(event -> {
            assertThat(event.time()).isEqualTo(Instant.parse("2010-12-01T08:26:00Z"));
            assertThat(event.envelope().metadata().causationId()).isEqualTo(imported.id());
            assertThat(event.envelope().correlationId()).isEqualTo(imported.id());
        });
        assertThat(imported.time()).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
    }

    @Test
    void aCreditNoteBecomesAReturnInAStreamOfItsOwn() {
        importer.importInvoice(invoice("C7", row(2, "C7", "-6")));

        assertThat(log()).extracting(event -> event.stream().name()).containsExactly("invoice-C7", "return-C7");
        assertThat(log().getLast().time()).isEqualTo(Instant.parse("2010-12-01T08:26:00Z"));
    }

    @Test
    void anInvoiceWithNothingLeftLeavesNoOrder() {
        importer.importInvoice(invoice("1", row(2, "1", "0")));
        importer.importInvoice(invoice("A2", row(3, "A2", "6")));

        assertThat(log()).extracting(StoredEvent::type).containsExactly("invoice.imported", "invoice.imported");
        assertThat(store.streamVersion(StreamId.of("order", "1"))).isZero();
    }

    @Test
    void importingAgainChangesNothing() {
        var everything = List.<Runnable>of(
                () -> importer.importInvoice(invoice("1", row(2, "1", "6"), row(3, "1", "0"))),
                () -> importer.importInvoice(invoice("C7", row(4, "C7", "-6"))),
                () -> importer.importInvoice(invoice("A2", row(5, "A2", "6"))),
                () -> importer.importUnassigned(new UnassignedRows("file", List.of(row(6, "", "6")))));
        everything.forEach(Runnable::run);
        var once = log().stream().map(StoredEvent::toString).toList();

        everything.forEach(Runnable::run);
        everything.reversed().forEach(Runnable::run);
        // The same rows in another place and order are the same invoice.
        importer.importInvoice(invoice("1", row(12, "1", "0"), row(13, "1", "6")));

        assertThat(log()).extracting(StoredEvent::toString).isEqualTo(once);
    }

    @Test
    void aKnownInvoiceWithOtherRowsStaysAsItWasAndTheRowsAreRejectedOnce() {
        importer.importInvoice(invoice("1", row(2, "1", "6")));
        var other = invoice("1", row(2, "1", "6"), row(3, "1", "7"));
        importer.importInvoice(other);
        importer.importInvoice(other);
        importer.importInvoice(invoice("1", row(2, "1", "6")));

        assertThat(log()).hasSize(4);
        assertThat(log().getLast().event()).isInstanceOfSatisfying(InvoiceContradicted.class, event -> {
            assertThat(event.rejected()).extracting(RejectedRow::line).containsExactly(2L, 3L);
            assertThat(event.rejected())
                    .extracting(RejectedRow::reason)
                    .containsOnly("InvoiceNo: 1 was imported before, with other rows");
        });
    }

    @Test
    void unassignedRowsOfTwoFilesAreTwoThings() {
        importer.importUnassigned(new UnassignedRows("one", List.of(row(2, "", "6"))));
        importer.importUnassigned(new UnassignedRows("two", List.of(row(2, "", "6"))));

        assertThat(log()).extracting(event -> event.stream().name()).containsExactly("import-one", "import-two");
    }

    @Test
    void aConcurrentImportTakesEveryInvoiceOfASource() throws InterruptedException {
        var source = new SeededInvoices(7, 400);
        var handled = new AtomicInteger();
        new ConcurrentImport(importer, handled::incrementAndGet).run(source);

        assertThat(handled).hasValue(410).hasValue(source.invoices());
        assertThat(log()).hasSize(400 * 3 + 10 * 2);
    }

    @Test
    void aFailureEndsAConcurrentImportAndTheNextOneDoesTheRest() throws InterruptedException {
        var failing = new Importer(new EventStore(new FailingAfter(storage, 100), SERIALIZER));
        var source = new SeededInvoices(7, 400);

        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> new ConcurrentImport(failing, () -> {}).run(source));
        assertThat(log().size()).isBetween(200, 300);

        new ConcurrentImport(importer, () -> {}).run(source);
        assertThat(log()).hasSize(400 * 3 + 10 * 2);
        assertThat(log()).extracting(StoredEvent::id).doesNotHaveDuplicates();
    }

    @Test
    void theSameSeedMakesTheSameInvoices() {
        assertThat(invoices(new SeededInvoices(3, 200))).isEqualTo(invoices(new SeededInvoices(3, 200)));
        assertThat(invoices(new SeededInvoices(3, 200)))
                .extracting(InvoiceRows::number)
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(invoices(new SeededInvoices(4, 200)).stream()
                        .map(InvoiceRows::number)
                        .toList());
        assertThat(invoices(new SeededInvoices(3, 200)))
                .allSatisfy(invoice ->
                        assertThat(InvoiceReader.read(invoice).rejected()).isEmpty());
    }

    private static List<InvoiceRows> invoices(InvoiceSource source) {
        var invoices = new ArrayList<InvoiceRows>();
        source.read(invoices::add, rows -> {});
        return invoices;
    }

    private List<StoredEvent> log() {
        return store.readLog(0).toList();
    }

    private static InvoiceRows invoice(String number, CsvRow... rows) {
        return new InvoiceRows(number, OptionalInt.of(7), List.of(rows));
    }

    private static CsvRow row(long line, String number, String quantity) {
        return new CsvRow(
                line, List.of(number, "85123A", "HEART", quantity, "2010-12-01 08:26:00", "2.55", "0.0", "France"));
    }

    /** A storage that goes out of reach after some appends. */
    private static final class FailingAfter extends ForwardingEventStorage {

        private final AtomicInteger appendsLeft;

        FailingAfter(EventStorage storage, int appends) {
            super(storage);
            this.appendsLeft = new AtomicInteger(appends);
        }

        @Override
        public AppendResult append(EncodedAppend append) {
            if (appendsLeft.getAndDecrement() <= 0) {
                throw new StoreUnavailableException("out of reach", null);
            }
            return super.append(append);
        }
    }
}
