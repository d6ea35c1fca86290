package dev.headwater.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.RecordHeader;
import dev.headwater.broker.spi.RecordsGoneException;
import dev.headwater.broker.spi.Retained;
import dev.headwater.broker.spi.Topic;
import dev.headwater.broker.spi.TopicReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link LogBroker} has to do, as a JUnit suite: extend it and say how to open one. */
@Timeout(120)
public abstract class LogBrokerContract {

    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final int MEGABYTE = 1 << 20;

    private Subject subject;
    private LogBroker broker;
    private String topic;

    /** For subclasses. */
    protected LogBrokerContract() {}

    /** Opens a broker; called once before each test. */
    protected abstract Subject open() throws Exception;

    /** A broker, and what a test needs around it. */
    public interface Subject extends AutoCloseable {

        /** The broker. */
        LogBroker broker();

        /** The name of a topic that was never used. */
        String freshName();

        /** How many partitions a topic can have, up to 3. */
        int partitions();

        /** The size of a value that is larger than the broker accepts. */
        int tooLarge();

        /** Removes the records up to a position, as happens to those that are too old. */
        void removeUpTo(String topic, int partition, long position) throws Exception;

        /** Leaves a position without a record behind the last one, if this broker ever does so. */
        void leaveHole(String topic, int partition) throws Exception;

        @Override
        void close();
    }

    @BeforeEach
    void openSubject() throws Exception {
        subject = open();
        broker = subject.broker();
        topic = subject.freshName();
        broker.prepare(List.of(Topic.of(topic, subject.partitions())));
    }

    @AfterEach
    void closeSubject() {
        subject.close();
    }

    @Test
    void aRecordComesBackAsItWasPublished() throws Exception {
        var headers = List.of(
                RecordHeader.of("ce_type", "order.placed"),
                RecordHeader.of("twice", "1"),
                new RecordHeader("bytes", new byte[] {0, -1, 10, 13}),
                RecordHeader.of("twice", "2"),
                RecordHeader.of("ümläut", "größer"));
        publish(new OutgoingRecord(topic, 0, utf8("key"), new byte[] {1, 0, -1}, headers, TIME));

        var read = all(0).getFirst();

        assertArrayEquals(utf8("key"), read.key());
        assertArrayEquals(new byte[] {1, 0, -1}, read.value());
        assertTrue(read.unreadable().isEmpty());
        assertEquals(
                List.of("ce_type", "twice", "bytes", "twice", "ümläut"),
                read.headers().stream().map(RecordHeader::name).toList());
        for (int i = 0; i < headers.size(); i++) {
            assertArrayEquals(headers.get(i).value(), read.headers().get(i).value());
        }
    }

    @Test
    void aKeyMayBeAnyBytes() throws Exception {
        publish(new OutgoingRecord(topic, 0, new byte[] {0, -128, 36, 10}, utf8("{}"), List.of(), TIME));

        assertArrayEquals(new byte[] {0, -128, 36, 10}, all(0).getFirst().key());
    }

    @Test
    void aRecordWithoutAValueComesBackWithoutOne() throws Exception {
        publish(record(0, "1"), new OutgoingRecord(topic, 0, utf8("key"), null, List.of(), TIME), record(0, "3"));

        var read = all(0);

        assertEquals(3, read.size());
        assertNull(read.get(1).value());
        assertArrayEquals(utf8("key"), read.get(1).key());
        assertTrue(read.get(1).unreadable().isEmpty());
    }

    @Test
    void theRecordsOfAPartitionKeepTheOrderInWhichTheyWerePublished() throws Exception {
        publish(record(0, "1"), record(0, "2"), record(0, "3"));
        publish(record(0, "4"));
        publish(record(0, "5"), record(0, "6"));

        assertEquals(List.of("1", "2", "3", "4", "5", "6"), values(all(0)));
    }

    @Test
    void publishingTellsThePositionsAtWhichRecordsAreRead() throws Exception {
        var accepted = publish(record(0, "1"), record(0, "2"));

        assertEquals(
                all(0).stream().map(read -> new Accepted.At(read.position())).toList(), accepted);
        assertEquals(new Accepted.At(1), accepted.getFirst());
    }

    @Test
    void partitionsHoldTheirOwnRecords() throws Exception {
        int partitions = subject.partitions();
        for (int i = 0; i < partitions; i++) {
            publish(record(i, "a" + i), record(i, "b" + i));
        }

        for (int i = 0; i < partitions; i++) {
            assertEquals(List.of("a" + i, "b" + i), values(all(i)));
        }
        assertEquals(partitions, broker.partitions(topic));
    }

    @Test
    void oneCallMayPublishToManyPartitions() throws Exception {
        var records = new ArrayList<OutgoingRecord>();
        for (int i = 0; i < 30; i++) {
            records.add(record(i % subject.partitions(), Integer.toString(i)));
        }

        var accepted = broker.publisher().publish(records);

        for (int i = 0; i < records.size(); i++) {
            long position = ((Accepted.At) accepted.get(i)).position();
            var read = all(records.get(i).partition()).stream()
                    .filter(record -> record.position() == position)
                    .toList();
            assertEquals(List.of(Integer.toString(i)), values(read));
        }
    }

    @Test
    void readingGoesOnWhereThePageBeforeHasEnded() throws Exception {
        publish(record(0, "1"), record(0, "2"), record(0, "3"), record(0, "4"), record(0, "5"));

        try (var reader = broker.read(topic)) {
            var first = reader.read(0, 0, 2, MEGABYTE);
            int size = first.records().size();
            assertTrue(size == 1 || size == 2, "at most 2 records, and not none: " + size);
            assertFalse(first.end());
            var all = values(first.records());
            all.addAll(values(readFrom(reader, 0, first.through(), 2)));
            assertEquals(List.of("1", "2", "3", "4", "5"), all);
        }
    }

    @Test
    void aPageEndsWhereTheRecordsEnd() throws Exception {
        publish(record(0, "1"), record(0, "2"));

        try (var reader = broker.read(topic)) {
            long end = atEnd(reader, 0, 0);
            assertEquals(reader.retained(0).last(), end);
            publish(record(0, "3"));
            assertEquals(List.of("3"), values(readFrom(reader, 0, end, 10)));
        }
    }

    @Test
    void whatTheBrokerKeepsForItselfIsPassedOver() throws Exception {
        publish(record(0, "1"));
        subject.leaveHole(topic, 0);

        try (var reader = broker.read(topic)) {
            long end = atEnd(reader, 0, 0);
            assertEquals(reader.retained(0).last(), end);
            publish(record(0, "2"));
            assertEquals(List.of("2"), values(readFrom(reader, 0, end, 10)));
            assertEquals(List.of("1", "2"), values(readFrom(reader, 0, 0, 10)));
        }
    }

    @Test
    void recordsCanBeReadAgainFromAnyPosition() throws Exception {
        publish(record(0, "1"), record(0, "2"), record(0, "3"));
        var positions = all(0).stream().map(IncomingRecord::position).toList();

        try (var reader = broker.read(topic)) {
            assertEquals(List.of("3"), values(readFrom(reader, 0, positions.get(1), 10)));
            assertEquals(List.of("1", "2", "3"), values(readFrom(reader, 0, 0, 10)));
            assertEquals(List.of("2", "3"), values(readFrom(reader, 0, positions.get(0), 10)));
        }
    }

    @Test
    void aTopicBeginsEmpty() {
        try (var reader = broker.read(topic)) {
            var page = reader.read(0, 0, 10, MEGABYTE);
            assertEquals(List.of(), page.records());
            assertTrue(page.end());
            assertEquals(0, page.through());
            assertEquals(new Retained(1, 0), reader.retained(0));
            assertEquals(subject.partitions(), reader.partitions());
        }
    }

    @Test
    void aPageStopsAtItsBytesAndHoldsOneRecordInAnyCase() throws Exception {
        var large = "x".repeat(20_000);
        publish(record(0, large + 1), record(0, large + 2), record(0, large + 3));

        try (var reader = broker.read(topic)) {
            var page = reader.read(0, 0, 10, 1000);
            assertEquals(large + 1, values(page.records()).getFirst());
            assertTrue(page.records().size() < 3, "not all are within the bytes");
            assertFalse(page.end());
            assertEquals(
                    large + 3, values(readFrom(reader, 0, page.through(), 10)).getLast());
        }
    }

    @Test
    void whatIsTooLargeIsRefusedAndHoldsUpWhatIsBehindItInItsPartition() throws Exception {
        int other = subject.partitions() - 1;
        var tooLarge = new OutgoingRecord(topic, 0, utf8("key"), new byte[subject.tooLarge()], List.of(), TIME);

        var accepted = publish(record(0, "1"), tooLarge, record(0, "3"), record(other, "4"));

        assertInstanceOf(Accepted.At.class, accepted.get(0));
        assertInstanceOf(Accepted.Refused.class, accepted.get(1));
        assertInstanceOf(Accepted.Held.class, accepted.get(2));
        assertEquals(
                other == 0,
                accepted.get(3) instanceof Accepted.Held,
                "another partition is not held up: " + accepted.get(3));
        assertEquals(List.of("1"), values(all(0)));
        publish(record(0, "5"));
        assertEquals(List.of("1", "5"), values(all(0)));
    }

    @Test
    void whoComesTooLateIsToldAndNotTakenFurther() throws Exception {
        publish(record(0, "1"), record(0, "2"), record(0, "3"));
        long second = all(0).get(1).position();
        subject.removeUpTo(topic, 0, second);

        try (var reader = broker.read(topic)) {
            assertEquals(second + 1, reader.retained(0).first());
            var gone = assertThrows(RecordsGoneException.class, () -> reader.read(0, 0, 10, MEGABYTE));
            assertEquals(0, gone.after());
            assertEquals(second + 1, gone.first());
            requireInMessage(topic, gone);
            assertEquals(List.of("3"), values(readFrom(reader, 0, second, 10)));
        }
    }

    @Test
    void theTimeAtWhichRecordsWereAcceptedLeadsToThem() throws Exception {
        var before = Instant.now().minusSeconds(3600);
        publish(record(0, "1"), record(0, "2"));

        try (var reader = broker.read(topic)) {
            assertEquals(0, reader.positionBefore(0, before));
            assertEquals(
                    reader.retained(0).last(),
                    reader.positionBefore(0, Instant.now().plusSeconds(3600)));
        }
        all(0).forEach(read -> assertTrue(read.acceptedAt().isAfter(before), "the time is the broker's"));
    }

    @Test
    void readersHearOfNewRecords() throws Exception {
        var hints = new AtomicInteger();
        try (var reader = broker.read(topic);
                var open = reader.onRecords(0, hints::incrementAndGet)) {
            assertNotNull(open);
            publish(record(0, "1"));
            Await.until("a hint has come", LONG, () -> hints.get() > 0);
        }
    }

    @Test
    void everyReaderGetsEverything() throws Exception {
        publish(record(0, "1"), record(0, "2"));

        try (var one = broker.read(topic);
                var other = broker.read(topic)) {
            assertEquals(List.of("1", "2"), values(readFrom(one, 0, 0, 10)));
            assertEquals(List.of("1", "2"), values(readFrom(other, 0, 0, 10)));
        }
    }

    @Test
    void publishersAtWorkAtOnceKeepTheirOrders() throws Exception {
        Contenders.run(4, number -> () -> {
                    try (var publisher = broker.publisher()) {
                        for (int i = 0; i < 25; i++) {
                            publisher.publish(List.of(record(0, number + "-" + i)));
                        }
                    }
                    return number;
                })
                .forEach(Contenders.Outcome::value);

        var next = new HashMap<String, Integer>();
        for (var value : values(all(0))) {
            var parts = value.split("-", 2);
            assertEquals(next.getOrDefault(parts[0], 0), Integer.parseInt(parts[1]), "the order of " + parts[0]);
            next.merge(parts[0], 1, Integer::sum);
        }
        assertEquals(Map.of("0", 25, "1", 25, "2", 25, "3", 25), next);
    }

    @Test
    void preparingATopicTwiceChangesNothing() throws Exception {
        publish(record(0, "1"));

        broker.prepare(List.of(Topic.of(topic, subject.partitions())));

        assertEquals(List.of("1"), values(all(0)));
    }

    @Test
    void aTopicWithAnotherNumberOfPartitionsIsRefused() {
        var another = List.of(Topic.of(topic, subject.partitions() + 1));

        var refused = assertThrows(IllegalStateException.class, () -> broker.prepare(another));

        requireInMessage(topic, refused);
        requireInMessage(Integer.toString(subject.partitions() + 1), refused);
    }

    @Test
    void aTopicThatNobodyHasMadeIsRefused() {
        var unknown = subject.freshName();

        requireInMessage(unknown, assertThrows(IllegalArgumentException.class, () -> broker.read(unknown)));
        requireInMessage(unknown, assertThrows(IllegalArgumentException.class, () -> broker.partitions(unknown)));
    }

    private static void requireInMessage(String text, Exception exception) {
        assertTrue(String.valueOf(exception.getMessage()).contains(text), exception::toString);
    }

    private List<Accepted> publish(OutgoingRecord... records) throws InterruptedException {
        try (var publisher = broker.publisher()) {
            return publisher.publish(List.of(records));
        }
    }

    private OutgoingRecord record(int partition, String value) {
        return new OutgoingRecord(topic, partition, utf8("key"), utf8(value), List.of(), TIME);
    }

    private List<IncomingRecord> all(int partition) {
        try (var reader = broker.read(topic)) {
            return readFrom(reader, partition, 0, 100);
        }
    }

    private static List<IncomingRecord> readFrom(TopicReader reader, int partition, long after, int limit) {
        var records = new ArrayList<IncomingRecord>();
        long from = after;
        while (true) {
            var page = reader.read(partition, from, limit, MEGABYTE);
            records.addAll(page.records());
            if (page.end()) {
                return records;
            }
            assertTrue(page.through() > from, "a page before the end moves");
            from = page.through();
        }
    }

    private static long atEnd(TopicReader reader, int partition, long after) {
        var page = reader.read(partition, after, 10, MEGABYTE);
        while (!page.end()) {
            page = reader.read(partition, page.through(), 10, MEGABYTE);
        }
        return page.through();
    }

    private static List<String> values(List<IncomingRecord> records) {
        return records.stream()
                .map(record -> new String(Objects.requireNonNull(record.value()), UTF_8))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
