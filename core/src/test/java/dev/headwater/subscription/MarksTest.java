package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.EncodedMessage;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.store.Origin;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.Arrival;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.Holding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Repetitions are recognised, and nothing else is, in whatever order events are handled and whenever a reader dies. */
class MarksTest {

    private static final int SEGMENTS = 2;
    private static final int EVENTS = 30;
    private static final MessageSerializer SERIALIZER = new MessageSerializer(MessageTypes.of());

    private final SequenceKeys keys = new SequenceKeys("marked", SequenceKey.stream(), SEGMENTS);

    @Test
    void whatIsStoredAsHandledIsNeverHandledAgainAndEverythingIsHandled() {
        for (int seed = 0; seed < 2_000; seed++) {
            new Reader(seed).run();
        }
    }

    /** A log in which runs of two sources stand, each of which repeats some of what it told before. */
    private static List<StoredEvent> log(Random random) {
        var log = new ArrayList<StoredEvent>();
        int[] told = new int[2];
        while (told[0] < EVENTS || told[1] < EVENTS) {
            int source = random.nextInt(2);
            int from = random.nextInt(told[source] + 1);
            int to = Math.min(EVENTS, from + 1 + random.nextInt(8));
            for (int position = from + 1; position <= to; position++) {
                log.add(event(log.size() + 1L, new Origin("/source-" + source, "1", position, 0)));
            }
            told[source] = Math.max(told[source], to);
        }
        return log;
    }

    private static StoredEvent event(long position, Origin origin) {
        var stream = new StreamId("key-" + origin.position() % 5);
        var message = new EncodedMessage(new UUID(0, position), "t", 1, Instant.EPOCH, Metadata.NONE, new byte[0]);
        return new StoredEvent(
                new EncodedEvent(position, stream, 1, Set.of(), message, new Arrived(origin)), SERIALIZER);
    }

    private record Arrived(Origin origin) implements Arrival {
        @Override
        public Optional<String> problem() {
            return Optional.empty();
        }

        @Override
        public byte[] record() {
            return new byte[0];
        }
    }

    private final class Reader {
        private final String what;
        private final Random random;
        private final List<StoredEvent> log;
        private final Map<Integer, Checkpoint> stored = new TreeMap<>();
        private final Set<Origin> handled = new HashSet<>();
        private final Set<Origin> storedAsHandled = new HashSet<>();
        private final List<Keyed> atWork = new ArrayList<>();
        private OwnedSegments owned;

        private Reader(int seed) {
            this.what = "seed " + seed;
            this.random = new Random(seed);
            this.log = log(random);
            for (int i = 0; i < SEGMENTS; i++) {
                stored.put(i, Checkpoint.at(0));
            }
            this.owned = begin();
        }

        private OwnedSegments begin() {
            var begun = new OwnedSegments(keys, "instance");
            var claims = stored.entrySet().stream()
                    .map(each -> new Claim(each.getKey(), 1, each.getValue()))
                    .toList();
            begun.adopt(new Holding("instance", 0, claims), segments -> List.of());
            atWork.clear();
            return begun;
        }

        private void run() {
            for (int i = 0; i < 300; i++) {
                switch (random.nextInt(8)) {
                    case 0, 1 -> readPage();
                    case 2, 3, 4 -> handleOne();
                    case 5, 6 -> store();
                    default -> die();
                }
            }
            while (owned.readFrom() < log.size() || !atWork.isEmpty()) {
                readPage();
                handleOne();
            }
            store();
            assertThat(handled).as(what).hasSize(2 * EVENTS);
        }

        private void readPage() {
            int from = (int) owned.readFrom();
            int to = Math.min(log.size(), from + 1 + random.nextInt(6));
            var page = owned.toHandle(log.subList(from, to));
            if (random.nextInt(5) == 0) {
                page = owned.toHandle(log.subList(from, to));
            }
            for (var event : page) {
                assertThat(storedAsHandled).as(what).doesNotContain(origin(event));
            }
            owned.read(page, to);
            atWork.addAll(page);
        }

        private void handleOne() {
            if (!atWork.isEmpty()) {
                var event = atWork.remove(random.nextInt(atWork.size()));
                owned.handled(event.segment(), event.position());
                handled.add(origin(event));
            }
        }

        private void store() {
            var moves = owned.moves();
            stored.putAll(moves);
            owned.moved(moves);
            storedAsHandled.addAll(handled);
            atWork.forEach(event -> storedAsHandled.remove(origin(event)));
        }

        private void die() {
            owned = begin();
            handled.retainAll(storedAsHandled);
        }

        private static Origin origin(Keyed event) {
            return event.event().origin().orElseThrow();
        }
    }
}
