package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.store.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Relays that race for a partition, as a model that steps at random: they pause and wake up when they have lost their
 * segment, crash, lose acknowledgements, and publish pages again. What a reader makes of the partition is the log.
 */
@Timeout(300)
class RacingRelaysTest {

    private static final int SEEDS = 100_000;
    private static final int SEEDS_OF_BUGS = 2_000;
    private static final int RELAYS = 3;
    private static final int EVENTS = 25;
    private static final int STEPS = 400;

    private enum Bug {
        NONE,
        MOVES_THE_CHECKPOINT_BEFORE_THE_ACKNOWLEDGEMENTS,
        GOES_ON_BEHIND_A_SEND_OF_UNKNOWN_FATE,
        LETS_TWO_SEGMENTS_SHARE_A_PARTITION
    }

    @Test
    void aReaderMakesTheLogOfWhatTheyPublish() {
        for (int seed = 0; seed < SEEDS; seed++) {
            assertThat(new Race(seed, Bug.NONE).isReadAsTheLog())
                    .as("seed " + seed)
                    .isTrue();
        }
    }

    @Test
    void aCheckpointBeforeTheAcknowledgementsIsFound() {
        requireFound(Bug.MOVES_THE_CHECKPOINT_BEFORE_THE_ACKNOWLEDGEMENTS);
    }

    @Test
    void goingOnBehindASendOfUnknownFateIsFound() {
        requireFound(Bug.GOES_ON_BEHIND_A_SEND_OF_UNKNOWN_FATE);
    }

    @Test
    void twoSegmentsThatShareAPartitionAreFound() {
        requireFound(Bug.LETS_TWO_SEGMENTS_SHARE_A_PARTITION);
    }

    private static void requireFound(Bug bug) {
        int found = 0;
        for (int seed = 0; seed < SEEDS_OF_BUGS; seed++) {
            found += new Race(seed, bug).isReadAsTheLog() ? 0 : 1;
        }
        assertThat(found).isGreaterThan(SEEDS_OF_BUGS / 3);
    }

    /** A part of the keys of the log: how far it has come, and who has it. */
    private static final class Segment {
        private final int number;
        private final int segments;
        private long checkpoint;
        private long epoch;

        private Segment(int number, int segments) {
            this.number = number;
            this.segments = segments;
        }

        private boolean has(long position) {
            return position % segments == number;
        }
    }

    private static final class Race {
        private final Random random;
        private final Bug bug;
        private final List<Segment> segments = new ArrayList<>();
        private final List<Relay> relays = new ArrayList<>();
        private final List<Long> partition = new ArrayList<>();

        private Race(long seed, Bug bug) {
            this.random = new Random(seed);
            this.bug = bug;
            int number = bug == Bug.LETS_TWO_SEGMENTS_SHARE_A_PARTITION ? 2 : 1;
            for (int i = 0; i < number; i++) {
                segments.add(new Segment(i, number));
            }
            for (int i = 0; i < RELAYS; i++) {
                relays.add(new Relay(segments.get(i % number)));
            }
        }

        private boolean isReadAsTheLog() {
            for (int i = 0; i < STEPS; i++) {
                relays.get(random.nextInt(RELAYS)).step(true);
            }
            segments.forEach(segment -> {
                var last = new Relay(segment);
                while (segment.checkpoint < EVENTS) {
                    last.step(false);
                }
            });
            return read().equals(LongStream.rangeClosed(1, EVENTS).boxed().toList());
        }

        /** Reads pages, some of them twice since what became of them was not stored, and by changing owners. */
        private List<Long> read() {
            var effects = new ArrayList<Long>();
            var marks = new Marks(Map.of());
            int from = 0;
            while (from < partition.size()) {
                int to = Math.min(partition.size(), from + 1 + random.nextInt(5));
                marks.beginPage();
                var page = new ArrayList<Long>();
                for (int i = from; i < to; i++) {
                    if (!marks.isRepetition(i + 1L, new Origin("/source", "1", partition.get(i), 0))) {
                        page.add(partition.get(i));
                    }
                }
                if (random.nextInt(4) > 0) {
                    marks.keepPage();
                    marks.settle(to);
                    effects.addAll(page);
                    from = to;
                    marks = random.nextInt(3) == 0 ? new Marks(marks.upTo(to)) : marks;
                }
            }
            return effects;
        }

        private final class Relay {
            private final Segment segment;
            /** What it knows of the segment; -1 when it has to ask. */
            private long epoch = -1;

            private long checkpoint;
            /** What it is about to publish. */
            private List<Long> page = List.of();

            private int acknowledged;

            private Relay(Segment segment) {
                this.segment = segment;
            }

            private void step(boolean mayFail) {
                if (epoch < 0) {
                    takeOver();
                } else if (mayFail && random.nextInt(20) == 0) {
                    crash();
                } else if (page.isEmpty()) {
                    readPage();
                } else if (acknowledged < page.size()) {
                    send(mayFail);
                } else {
                    store();
                }
            }

            /** Others may not know of it, and go on as before. */
            private void takeOver() {
                segment.epoch++;
                epoch = segment.epoch;
                checkpoint = segment.checkpoint;
                page = List.of();
                acknowledged = 0;
            }

            private void crash() {
                epoch = -1;
            }

            private void readPage() {
                var events = new ArrayList<Long>();
                int size = 1 + random.nextInt(6);
                for (long position = checkpoint + 1; position <= EVENTS && events.size() < size; position++) {
                    if (segment.has(position)) {
                        events.add(position);
                    }
                }
                page = events;
                acknowledged = 0;
                if (events.isEmpty()) {
                    page = List.of();
                    move(EVENTS);
                } else if (bug == Bug.MOVES_THE_CHECKPOINT_BEFORE_THE_ACKNOWLEDGEMENTS) {
                    move(page.getLast());
                }
            }

            private void send(boolean mayFail) {
                boolean arrives = !mayFail || random.nextInt(8) > 0;
                boolean isAcknowledged = !mayFail || random.nextInt(8) > 0;
                if (arrives) {
                    partition.add(page.get(acknowledged));
                }
                if ((arrives && isAcknowledged) || bug == Bug.GOES_ON_BEHIND_A_SEND_OF_UNKNOWN_FATE) {
                    acknowledged++;
                } else {
                    // Nobody knows what became of it: the page is published again, from its beginning.
                    acknowledged = 0;
                }
            }

            private void store() {
                long through = page.getLast();
                page = List.of();
                move(through);
            }

            private void move(long through) {
                if (segment.epoch == epoch) {
                    segment.checkpoint = Math.max(segment.checkpoint, through);
                    checkpoint = segment.checkpoint;
                } else {
                    crash();
                }
            }
        }
    }
}
