package dev.headwater.testkit;

import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link SubscriptionStorage}, and the {@link DeadLetters} in it, have to do, as a JUnit suite: extend it
 * and say how to open one.
 *
 * @param <T> what handlers write through
 */
public abstract class SubscriptionStorageContract<T> {

    /** For subclasses. */
    protected SubscriptionStorageContract() {}

    /** Opens a storage that knows no subscription yet; called once before each test. */
    protected abstract Subject<T> open() throws Exception;

    /**
     * A storage, and what a test needs around it.
     *
     * @param <T> what handlers write through
     */
    public interface Subject<T> extends AutoCloseable {

        /** An empty log, whose events become dead letters. */
        EventStorage log();

        /** The storage. */
        SubscriptionStorage<T> storage();

        /** The dead letters in it. */
        DeadLetters letters();

        /** Writes a text where projections write, in their transaction. */
        void write(T transaction, String text) throws Exception;

        /** The texts that were written and committed, in any order. */
        List<String> written() throws Exception;

        /** Whether what was written in a transaction, or a part of it, is undone when that fails. */
        boolean undoesWriting();

        /** Returns when that much time has passed on the clock of the storage; tests ask for some milliseconds. */
        void letTimePass(Duration duration);

        @Override
        void close();
    }

    @Nested
    class Segments extends SegmentContract<T> {
        Segments() {
            super(SubscriptionStorageContract.this);
        }
    }

    @Nested
    class Checkpoints extends CheckpointContract<T> {
        Checkpoints() {
            super(SubscriptionStorageContract.this);
        }
    }

    @Nested
    class Marks extends MarkContract<T> {
        Marks() {
            super(SubscriptionStorageContract.this);
        }
    }

    @Nested
    class Effects extends EffectContract<T> {
        Effects() {
            super(SubscriptionStorageContract.this);
        }
    }

    @Nested
    class Letters extends LetterContract<T> {
        Letters() {
            super(SubscriptionStorageContract.this);
        }
    }

    @Nested
    class Edits extends EditContract<T> {
        Edits() {
            super(SubscriptionStorageContract.this);
        }
    }

    @Nested
    class Rebuilds extends RebuildContract<T> {
        Rebuilds() {
            super(SubscriptionStorageContract.this);
        }
    }

    @Nested
    class Overviews extends OverviewContract<T> {
        Overviews() {
            super(SubscriptionStorageContract.this);
        }
    }

    @Nested
    class Redactions extends RedactionContract<T> {
        Redactions() {
            super(SubscriptionStorageContract.this);
        }
    }

    @Nested
    class Decisions extends DecisionContract<T> {
        Decisions() {
            super(SubscriptionStorageContract.this);
        }
    }
}
