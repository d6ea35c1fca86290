package dev.headwater.subscription;

import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * The storage as one subscription of several sees it: no more transactions are open at once than leave room for
 * everything else, and whoever waits for its turn rests.
 */
final class TakingTurns<T> extends ForwardingSubscriptionStorage<T> {

    private final Semaphore turns;
    private final Pulse pulse;

    TakingTurns(SubscriptionStorage<T> storage, Semaphore turns, Pulse pulse) {
        super(storage);
        this.turns = turns;
        this.pulse = pulse;
    }

    @Override
    public PageTransaction<T> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
            throws Exception {
        pulse.rest();
        try {
            turns.acquire();
        } finally {
            pulse.resume();
        }
        boolean begun = false;
        try {
            var page = new Turn<>(super.begin(subscription, holding, to), turns);
            begun = true;
            return page;
        } finally {
            if (!begun) {
                turns.release();
            }
        }
    }

    private static final class Turn<T> extends Transaction<T> {
        private final Semaphore turns;

        private Turn(PageTransaction<T> transaction, Semaphore turns) {
            super(transaction);
            this.turns = turns;
        }

        @Override
        public void close() {
            try {
                super.close();
            } finally {
                turns.release();
            }
        }
    }
}
