package dev.headwater.testkit;

import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.memory.InMemorySubjectKeys;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.privacy.CachedSubjectKeys;
import dev.headwater.privacy.SubjectKey;
import dev.headwater.privacy.SubjectKeys;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Snapshot;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

class InMemoryErasureTest extends ErasureContract<List<String>> {

    @Override
    protected Subject<List<String>> open() {
        return new InMemory();
    }

    private static final class InMemory implements Subject<List<String>> {
        private final InMemoryEventStorage log = new InMemoryEventStorage();
        private final InMemorySubjectKeys kept = new InMemorySubjectKeys();
        private final CachedSubjectKeys keys = new CachedSubjectKeys(kept);
        private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
        private final InMemorySubscriptionStorage<List<String>> subscriptions =
                new InMemorySubscriptionStorage<>(new ArrayList<>());

        @Override
        public EventStorage log() {
            return log;
        }

        @Override
        public SubjectKeys keys() {
            return keys;
        }

        @Override
        public SnapshotStore snapshots() {
            return snapshots;
        }

        @Override
        public SubscriptionStorage<List<String>> subscriptions() {
            return subscriptions;
        }

        @Override
        public DeadLetters letters() {
            return subscriptions.deadLetters();
        }

        @Override
        public List<String> everything() {
            var texts = new ArrayList<String>();
            for (var event :
                    log.readLog(EventQuery.all(), Direction.FORWARDS, 0, 1000).events()) {
                texts.add(event + text(event.message().payload()));
            }
            for (var stream : List.of("account-1", "account-2", "account-3")) {
                Stream.of("person", "careless")
                        .flatMap(type -> snapshots.load(new StreamId(stream), type).stream())
                        .map(Snapshot::state)
                        .map(InMemory::text)
                        .forEach(texts::add);
            }
            letters().list(DeadLetterFilter.all(), 1000).forEach(letter -> texts.add(letter.toString()));
            for (var subject : List.of("person-1", "person-2")) {
                kept.find(subject).ifPresent(key -> texts.add(text(key)));
            }
            return texts;
        }

        private static String text(SubjectKey key) {
            return key instanceof SubjectKey.Active(var secret)
                    ? HexFormat.of().formatHex(secret.getEncoded())
                    : key.toString();
        }

        private static String text(byte[] json) {
            return new String(json, StandardCharsets.UTF_8);
        }

        @Override
        public void close() {}
    }
}
