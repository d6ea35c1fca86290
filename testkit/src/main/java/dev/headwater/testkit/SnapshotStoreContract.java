package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headwater.store.Snapshot;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link SnapshotStore} has to do, as a JUnit suite: extend it and say how to make a store. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
public abstract class SnapshotStoreContract {

    private static final StreamId STREAM = new StreamId("order-1");
    private static final StreamId OTHER = new StreamId("order-2");
    private static final UUID LAST_EVENT = new UUID(1, 2);
    private static final UUID OTHER_EVENT = new UUID(3, 4);
    private static final Instant TIME = Instant.parse("2026-02-28T12:34:56.123456789Z");

    private SnapshotStore store;

    /** For subclasses. */
    protected SnapshotStoreContract() {}

    /** Makes a store without snapshots that no other test uses; called once before each test. */
    protected abstract SnapshotStore open() throws Exception;

    @BeforeEach
    final void openStore() throws Exception {
        store = open();
    }

    @Test
    void aSnapshotComesBack() {
        requireNone(STREAM, "order");

        store.save(snapshot(STREAM, "order", 1, 5));

        requireLatest(snapshot(STREAM, "order", 1, 5));
    }

    @Test
    void aNewerSnapshotReplacesAnOlderOne() {
        store.save(snapshot(STREAM, "order", 1, 5));
        store.save(snapshot(STREAM, "order", 1, 6));

        requireLatest(snapshot(STREAM, "order", 1, 6));
    }

    @Test
    void anOlderSnapshotNeverReplacesANewerOne() {
        store.save(snapshot(STREAM, "order", 1, 6));
        store.save(snapshot(STREAM, "order", 1, 5));

        requireLatest(snapshot(STREAM, "order", 1, 6));
    }

    @Test
    void theSameSnapshotCanBeSavedAgain() {
        store.save(snapshot(STREAM, "order", 1, 5));
        store.save(snapshot(STREAM, "order", 1, 5));

        requireLatest(snapshot(STREAM, "order", 1, 5));
    }

    @Test
    void aSnapshotNamesItsLastEvent() {
        store.save(snapshot(STREAM, "order", 1, 5));
        store.save(snapshot(STREAM, "invoice", 1, 5, OTHER_EVENT));

        requireLatest(snapshot(STREAM, "order", 1, 5));
        requireLatest(snapshot(STREAM, "invoice", 1, 5, OTHER_EVENT));
    }

    @Test
    void aSnapshotAfterAnotherEventAtTheSameVersionReplacesTheFormerOne() {
        store.save(snapshot(STREAM, "order", 1, 5));
        store.save(snapshot(STREAM, "order", 1, 5, OTHER_EVENT));

        requireLatest(snapshot(STREAM, "order", 1, 5, OTHER_EVENT));
    }

    @Test
    void aHigherStateVersionReplacesALaterEventVersion() {
        store.save(snapshot(STREAM, "order", 1, 100));
        store.save(snapshot(STREAM, "order", 2, 50));

        requireLatest(snapshot(STREAM, "order", 2, 50));
    }

    @Test
    void aLowerStateVersionNeverReplacesAHigherOne() {
        store.save(snapshot(STREAM, "order", 2, 50));
        store.save(snapshot(STREAM, "order", 1, 100));

        requireLatest(snapshot(STREAM, "order", 2, 50));
    }

    @Test
    void kindsOfStateStandBesideEachOther() {
        store.save(snapshot(STREAM, "order", 1, 5));
        store.save(snapshot(STREAM, "Order", 1, 3));
        store.save(snapshot(STREAM, "invoice", 7, 2));

        requireLatest(snapshot(STREAM, "order", 1, 5));
        requireLatest(snapshot(STREAM, "Order", 1, 3));
        requireLatest(snapshot(STREAM, "invoice", 7, 2));
        requireNone(STREAM, "ord");
    }

    @Test
    void streamsStandBesideEachOther() {
        store.save(snapshot(STREAM, "order", 1, 5));
        store.save(snapshot(OTHER, "order", 1, 3));

        requireLatest(snapshot(STREAM, "order", 1, 5));
        requireLatest(snapshot(OTHER, "order", 1, 3));
        requireNone(new StreamId("order-3"), "order");
    }

    @Test
    void theSnapshotsOfAStreamAreCounted() {
        store.save(snapshot(STREAM, "order", 1, 5));
        store.save(snapshot(STREAM, "order", 1, 6));
        store.save(snapshot(STREAM, "invoice", 1, 5));
        store.save(snapshot(OTHER, "order", 1, 3));

        assertEquals(2, store.count(STREAM));
        assertEquals(1, store.count(OTHER));
        assertEquals(0, store.count(new StreamId("unknown-1")));

        store.delete(STREAM);

        assertEquals(0, store.count(STREAM));
        assertEquals(1, store.count(OTHER));
    }

    @Test
    void deletingForgetsEveryKindOfStateOfOneStream() {
        store.save(snapshot(STREAM, "order", 1, 5));
        store.save(snapshot(STREAM, "invoice", 1, 5));
        store.save(snapshot(OTHER, "order", 1, 3));

        store.delete(STREAM);
        store.delete(new StreamId("unknown-1"));

        requireNone(STREAM, "order");
        requireNone(STREAM, "invoice");
        requireLatest(snapshot(OTHER, "order", 1, 3));
    }

    @Test
    void afterDeletingAnOlderSnapshotIsWelcome() {
        store.save(snapshot(STREAM, "order", 2, 9));
        store.delete(STREAM);
        store.save(snapshot(STREAM, "order", 1, 5));

        requireLatest(snapshot(STREAM, "order", 1, 5));
    }

    @Test
    void aLargeStateComesBack() {
        var state = ("{\"text\":\"" + "é\\u0000".repeat(500_000) + "\"}").getBytes(StandardCharsets.UTF_8);

        store.save(new Snapshot(STREAM, "order", 1, Long.MAX_VALUE, LAST_EVENT, TIME, state));

        requireLatest(new Snapshot(STREAM, "order", 1, Long.MAX_VALUE, LAST_EVENT, TIME, state));
    }

    @Test
    void ofConcurrentSavesTheNewestStays() {
        Contenders.run(32, i -> () -> {
                    store.save(snapshot(STREAM, "order", 1 + i % 2, 1 + i));
                    return i;
                })
                .forEach(Contenders.Outcome::value);

        requireLatest(snapshot(STREAM, "order", 2, 32));
    }

    private void requireNone(StreamId stream, String stateType) {
        assertEquals(Optional.empty(), store.load(stream, stateType).map(Snapshot::version));
    }

    private void requireLatest(Snapshot expected) {
        var found = store.load(expected.stream(), expected.stateType()).orElseThrow();
        assertEquals(expected.stream(), found.stream());
        assertEquals(expected.stateType(), found.stateType());
        assertEquals(expected.stateVersion(), found.stateVersion());
        assertEquals(expected.version(), found.version());
        assertEquals(expected.lastEvent(), found.lastEvent());
        assertEquals(expected.time(), found.time());
        assertArrayEquals(expected.state(), found.state());
    }

    private static Snapshot snapshot(StreamId stream, String stateType, int stateVersion, long version) {
        return snapshot(stream, stateType, stateVersion, version, LAST_EVENT);
    }

    private static Snapshot snapshot(
            StreamId stream, String stateType, int stateVersion, long version, UUID lastEvent) {
        var state = "{\"stateVersion\":%d,\"version\":%d,\"last\":\"%s\",\"total\":1.10}"
                .formatted(stateVersion, version, lastEvent);
        return new Snapshot(
                stream, stateType, stateVersion, version, lastEvent, TIME, state.getBytes(StandardCharsets.UTF_8));
    }
}
