package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.Holding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is stored never says of an event that it is handled before it is. */
class OwnedSegmentsTest {

    private static final int SEGMENTS = 3;

    private final SequenceKeys keys = new SequenceKeys("owned", SequenceKey.stream(), SEGMENTS);

    @Test
    void noCheckpointHasAHoleInWhateverOrderEventsAreHandled() {
        for (int seed = 0; seed < 200; seed++) {
            requireNoHole(new Random(seed), "seed " + seed);
        }
    }

    private void requireNoHole(Random random, String what) {
        var owned = owning(List.of(at(0, 0), at(1, 0), at(2, 0)));
        var all = new ArrayList<Keyed>();
        var open = new ArrayList<Keyed>();
        var handled = new HashSet<Long>();
        for (int step = 0; step < 60; step++) {
            if (random.nextBoolean() || open.isEmpty()) {
                var page = page(random, all.size(), owned);
                owned.read(page, all.size() + page.size());
                all.addAll(page);
                open.addAll(page);
            } else {
                var done = open.remove(random.nextInt(open.size()));
                owned.handled(done.segment(), done.position());
                handled.add(done.position());
            }
            var moves = owned.moves();
            requireTrue(moves, all, handled, what);
            if (random.nextInt(5) == 0) {
                owned.moved(moves);
            }
        }
        open.forEach(each -> owned.handled(each.segment(), each.position()));
        owned.moved(owned.moves());
        assertThat(owned.reached()).as(what).isEqualTo(all.size());
    }

    private static List<Keyed> page(Random random, int after, OwnedSegments owned) {
        var page = new ArrayList<Keyed>();
        int size = 1 + random.nextInt(6);
        for (int i = 1; i <= size; i++) {
            var keyed = owned.toHandle(Stored.event("key-" + random.nextInt(8), after + i, 1));
            assertThat(keyed).isNotNull();
            page.add(keyed);
        }
        return page;
    }

    /** Whoever took over would be handed every event that is not handled. */
    private static void requireTrue(Map<Integer, Checkpoint> moves, List<Keyed> all, Set<Long> handled, String what) {
        for (var event : all) {
            var checkpoint = moves.get(event.segment());
            if (checkpoint != null
                    && event.position() <= checkpoint.position()
                    && !checkpoint.open().contains(event.position())) {
                assertThat(handled).as(what + ": " + checkpoint).contains(event.position());
            }
        }
    }

    @Test
    void whoeverTakesOverIsHandedWhatIsOpenAndWhatComesAfterIt() {
        var owned = owning(List.of(new Claim(0, 1, new Checkpoint(9, List.of(3L, 7L))), at(1, 9), at(2, 9)));
        var key = keyIn(0);

        assertThat(owned.readFrom()).isEqualTo(2);
        for (long position = 1; position <= 11; position++) {
            boolean wanted = position == 3 || position == 7 || position > 9;
            assertThat(owned.toHandle(Stored.event(key, position, 1)) != null)
                    .as("position " + position)
                    .isEqualTo(wanted);
        }
    }

    private String keyIn(int segment) {
        for (int i = 0; ; i++) {
            if (SequenceKeys.segmentOf("key-" + i, SEGMENTS) == segment) {
                return "key-" + i;
            }
        }
    }

    private OwnedSegments owning(List<Claim> claims) {
        var owned = new OwnedSegments(keys, "a");
        owned.adopt(new Holding("a", 0, claims), segments -> List.of());
        return owned;
    }

    private static Claim at(int segment, long position) {
        return new Claim(segment, 1, Checkpoint.at(position));
    }
}
