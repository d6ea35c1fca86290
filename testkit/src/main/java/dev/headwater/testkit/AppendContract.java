package dev.headwater.testkit;

import static dev.headwater.store.ExpectedVersion.exactly;
import static dev.headwater.store.ExpectedVersion.noStream;
import static dev.headwater.store.ExpectedVersion.streamExists;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageTypes;
import dev.headwater.store.Append;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Noted;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Expected versions, atomicity, and the places that events take. */
abstract class AppendContract extends StorageContract {

    AppendContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void anyVersionAcceptsEveryState() {
        assertEquals(1, store.append(STREAM, ANY, new Counted(1)).version(STREAM));
        assertEquals(2, store.append(STREAM, ANY, new Counted(2)).version(STREAM));
        assertEquals(List.of(new Counted(1), new Counted(2)), stream(STREAM));
    }

    @Test
    void noStreamAcceptsOnlyAStreamWithoutEvents() {
        assertEquals(1, store.append(STREAM, noStream(), new Counted(1)).version(STREAM));

        requireConflict(STREAM, noStream(), 1);
        assertEquals(1, store.append(OTHER, noStream(), new Counted(1)).version(OTHER));
    }

    @Test
    void exactlyZeroMeansNoStream() {
        assertEquals(1, store.append(STREAM, exactly(0), new Counted(1)).version(STREAM));

        requireConflict(STREAM, exactly(0), 1);
    }

    @Test
    void exactlyAcceptsOnlyThatVersion() {
        store.append(STREAM, ANY, counted(2));

        requireConflict(STREAM, exactly(1), 2);
        requireConflict(STREAM, exactly(3), 2);
        requireConflict(STREAM, exactly(Long.MAX_VALUE), 2);
        requireConflict(OTHER, exactly(1), 0);
        assertEquals(3, store.append(STREAM, exactly(2), new Counted(3)).version(STREAM));
    }

    @Test
    void streamExistsAcceptsOnlyAStreamWithEvents() {
        requireConflict(STREAM, streamExists(), 0);

        store.append(STREAM, ANY, counted(2));

        assertEquals(3, store.append(STREAM, streamExists(), new Counted(3)).version(STREAM));
    }

    @Test
    void aRefusedAppendLeavesNoTrace() {
        store.append(STREAM, noStream(), new Counted(1));

        refused(ConcurrencyException.class, () -> store.append(STREAM, noStream(), counted(10)));

        var result = store.append(OTHER, noStream(), new Counted(2));
        assertEquals(2, result.firstPosition());
        assertEquals(1, store.streamVersion(STREAM));
        assertEquals(2, store.headPosition());
    }

    @Test
    void theResultNamesPositionsAndVersions() {
        store.append(OTHER, ANY, counted(3));

        var result = store.append(
                Append.to(STREAM, noStream(), new Counted(1), new Counted(2)).and(OTHER, exactly(3), new Counted(3)));

        assertEquals(4, result.firstPosition());
        assertEquals(6, result.lastPosition());
        assertEquals(Map.of(STREAM, 2L, OTHER, 4L), result.versions());
        assertEquals(2, store.streamVersion(STREAM));
        assertEquals(4, store.streamVersion(OTHER));
        assertEquals(6, store.headPosition());
    }

    @Test
    void theEventsOfAnAppendKeepTheirOrder() {
        var result = store.append(STREAM, noStream(), counted(100));

        assertEquals(100, result.version(STREAM));
        assertEquals(counted(100), stream(STREAM));
        assertEquals(counted(100), events(log()));
    }

    @Test
    void eventsTakeConsecutivePositionsInTheOrderGiven() {
        store.append(Append.to(OTHER, ANY, new Counted(1), new Counted(2))
                .and(STREAM, ANY, new Counted(3))
                .and(new StreamId("account-9"), ANY, new Counted(4), new Counted(5)));

        assertEquals(counted(5), events(log()));
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), positions(log()));
        assertEquals(
                List.of("order-2@1", "order-2@2", "order-1@1", "account-9@1", "account-9@2"),
                log().stream().map(AppendContract::place).toList());
    }

    @Test
    void streamsAreNumberedIndependently() {
        for (int i = 1; i <= 3; i++) {
            assertEquals(i, store.append(STREAM, exactly(i - 1), new Counted(i)).version(STREAM));
            assertEquals(i, store.append(OTHER, exactly(i - 1), new Counted(i)).version(OTHER));
        }

        assertEquals(counted(3), stream(STREAM));
        assertEquals(counted(3), stream(OTHER));
        assertEquals(List.of(1L, 3L, 5L), positions(store.readStream(STREAM).toList()));
    }

    @Test
    void severalStreamsAreAppendedWhenAllAreAsExpected() {
        store.append(STREAM, noStream(), new Counted(1));

        store.append(Append.to(STREAM, exactly(1), new Counted(2)).and(OTHER, noStream(), new Counted(1)));

        assertEquals(counted(2), stream(STREAM));
        assertEquals(counted(1), stream(OTHER));
    }

    @Test
    void noStreamIsAppendedWhenTheLastIsNotAsExpected() {
        store.append(STREAM, noStream(), new Counted(1));

        var conflict = refused(
                ConcurrencyException.class,
                () -> store.append(Append.to(OTHER, noStream(), new Counted(1))
                        .and(new StreamId("order-3"), ANY, new Counted(1))
                        .and(STREAM, noStream(), new Counted(2))));

        assertEquals(STREAM, conflict.stream());
        assertEquals(0, store.streamVersion(OTHER));
        assertEquals(1, store.headPosition());
    }

    @Test
    void noStreamIsAppendedWhenTheFirstIsNotAsExpected() {
        store.append(STREAM, noStream(), new Counted(1));

        var conflict = refused(
                ConcurrencyException.class,
                () -> store.append(
                        Append.to(STREAM, exactly(7), new Counted(2)).and(OTHER, noStream(), new Counted(1))));

        assertEquals(STREAM, conflict.stream());
        assertEquals(0, store.streamVersion(OTHER));
        assertEquals(1, store.headPosition());
    }

    @Test
    void anAppendWithoutEventsIsRefused() {
        refused(IllegalArgumentException.class, () -> store.append(STREAM, ANY));
        refused(IllegalArgumentException.class, () -> store.append(STREAM, ANY, List.of()));
        refused(
                IllegalArgumentException.class,
                () -> store.append(Append.to(OTHER, ANY, new Counted(1)).and(STREAM, ANY)));

        requireWorking("an empty append");
    }

    @Test
    void oneStreamTwiceInAnAppendIsRefused() {
        refused(
                IllegalArgumentException.class,
                () -> store.append(Append.to(STREAM, ANY, new Counted(1)).and(STREAM, ANY, new Counted(2))));

        requireWorking("a stream given twice");
    }

    @Test
    void aStreamMayStandInSeveralPartsOfAnEncodedAppend() {
        store.append(STREAM, ANY, new Counted(0));
        var append = new EncodedAppend(
                List.of(
                        part(STREAM, exactly(1), 1),
                        part(OTHER, noStream(), 2),
                        part(STREAM, exactly(1), 3, 4),
                        part(OTHER, noStream(), 5)),
                Optional.empty());

        var result = storage.append(append);

        assertEquals(new AppendResult(2, 6, Map.of(STREAM, 4L, OTHER, 2L)), result);
        assertEquals(
                List.of("order-1@1", "order-1@2", "order-2@1", "order-1@3", "order-1@4", "order-2@2"),
                log().stream().map(AppendContract::place).toList());
        assertEquals(result, storage.append(append), "the second try");
        refused(
                ConcurrencyException.class,
                () -> storage.append(new EncodedAppend(
                        List.of(part(STREAM, ANY, 6), part(OTHER, exactly(7), 7), part(STREAM, ANY, 8)),
                        Optional.empty())));
    }

    private EncodedAppend.Part part(StreamId stream, ExpectedVersion expected, int... numbers) {
        var events = Arrays.stream(numbers)
                .mapToObj(number -> new EncodedAppend.Event(
                        store.serializer().encode(Envelope.of(new Counted(number), CLOCK)), Set.of()))
                .toList();
        return new EncodedAppend.Part(stream, expected, events);
    }

    @Test
    void anUnregisteredEventTakesTheWholeAppendWithIt() {
        var narrow = new EventStore(storage, MessageTypes.of(Noted.class));

        refused(IllegalArgumentException.class, () -> narrow.append(STREAM, ANY, new Noted("known"), new Counted(1)));

        requireWorking("an unregistered event");
    }

    @Test
    void theLongestAppendIsStoredInOrder() {
        var events = counted(Append.MAX_EVENTS);

        var result = store.append(STREAM, noStream(), events);

        assertEquals(1, result.firstPosition());
        assertEquals(Append.MAX_EVENTS, result.lastPosition());
        assertEquals(events, stream(STREAM));
        refused(IllegalArgumentException.class, () -> store.append(OTHER, ANY, counted(Append.MAX_EVENTS + 1)));
    }

    @Test
    void anAppendToManyStreamsIsStoredInOrder() {
        var append = Append.to(new StreamId("many-1"), noStream(), new Counted(1));
        for (int i = 2; i <= 200; i++) {
            append = append.and(new StreamId("many-" + i), noStream(), new Counted(i));
        }

        var result = store.append(append);

        assertEquals(200, result.versions().size());
        assertEquals(counted(200), events(log()));
    }

    @Test
    void anAcknowledgedAppendIsVisibleElsewhereAtOnce() {
        for (int i = 1; i <= 20; i++) {
            store.append(STREAM, exactly(2L * i - 2), new Counted(2L * i - 1));
            assertEquals(2L * i - 1, elsewhere.headPosition());
            elsewhere.append(STREAM, exactly(2L * i - 1), new Counted(2L * i));
            assertEquals(2L * i, store.streamVersion(STREAM));
        }

        assertEquals(counted(40), stream(STREAM));
        assertEquals(counted(40), events(elsewhere.readLog(0).toList()));
    }

    @Test
    void anUnknownStreamHasNoVersion() {
        store.append(STREAM, ANY, new Counted(1));

        assertEquals(0, store.streamVersion(OTHER));
        assertEquals(1, store.streamVersion(STREAM));
        assertThrows(
                IllegalArgumentException.class,
                () -> store.append(STREAM, ANY, new Counted(2)).version(OTHER));
    }

    private void requireConflict(StreamId stream, ExpectedVersion expected, long actualVersion) {
        DomainEvent unwanted = new Noted("must not be stored");
        var conflict = refused(ConcurrencyException.class, () -> store.append(stream, expected, unwanted));
        assertEquals(stream, conflict.stream());
        assertEquals(expected, conflict.expected());
        assertEquals(actualVersion, conflict.actualVersion());
    }

    private static String place(StoredEvent event) {
        return event.stream() + "@" + event.version();
    }
}
