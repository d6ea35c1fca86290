package dev.headwater.testkit;

import dev.headwater.store.spi.EventStorage;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link EventStorage} has to do, as a JUnit suite.
 *
 * <p>Extend it, say how to open a storage, and run it; there is nothing to switch off:
 *
 * <pre>{@code
 * class MyEventStorageTest extends EventStoreContract {
 *     @Override
 *     protected EventStorage open() {
 *         return new MyEventStorage();
 *     }
 * }
 * }</pre>
 *
 * <p>Every test opens a storage with an empty log and closes it at the end. Beyond what the test itself asks, the log
 * must then be in order: positions without gaps, versions without gaps in every stream, every event id once.
 */
public abstract class EventStoreContract {

    /** For subclasses. */
    protected EventStoreContract() {}

    /** Opens a storage on an empty log that no other test uses; called once before each test. */
    protected abstract EventStorage open() throws Exception;

    /**
     * Opens a second, independent handle on the log of {@code first}, as another process would; called once before each
     * test.
     *
     * <p>A storage that lives in one object returns that object, as this method does unless it is overridden.
     */
    protected EventStorage openAgain(EventStorage first) throws Exception {
        return first;
    }

    @Nested
    class Appending extends AppendContract {
        Appending() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Retrying extends RetryContract {
        Retrying() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class ConditionsByTag extends TagConditionContract {
        ConditionsByTag() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class ConditionsOnTheLog extends LogConditionContract {
        ConditionsOnTheLog() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Reading extends ReadContract {
        Reading() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Querying extends QueryContract {
        Querying() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class ReservedStreams extends ReservedStreamContract {
        ReservedStreams() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Commands extends CommandContract {
        Commands() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Paging extends PageContract {
        Paging() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class PositionsByTime extends PositionByTimeContract {
        PositionsByTime() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Envelopes extends EnvelopeContract {
        Envelopes() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Payloads extends PayloadContract {
        Payloads() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class HostileInput extends HostileInputContract {
        HostileInput() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Sizes extends SizeContract {
        Sizes() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Exporting extends ExportContract {
        Exporting() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Concurrency extends ConcurrencyContract {
        Concurrency() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Hints extends HintContract {
        Hints() {
            super(EventStoreContract.this);
        }
    }
}
