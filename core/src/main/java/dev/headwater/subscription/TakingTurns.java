package dev.headwater.subscription;

import dev.headwater.store.StoreUnavailableException;
import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The storage as one subscription of several sees it: no more transactions are open at once than leave room for
 * everything else, and whoever waits for its turn rests. Whoever waits for longer than a handler may take says so, and
 * keeps its place in the queue.
 */
final class TakingTurns<T> extends ForwardingSubscriptionStorage<T> {

    private static final Logger LOG = LoggerFactory.getLogger(TakingTurns.class);

    private final Turns turns;
    private final WorkerState shared;
    private final Duration handlerLimit;

    TakingTurns(SubscriptionStorage<T> storage, Turns turns, WorkerState shared, Duration handlerLimit) {
        super(storage);
        this.turns = turns;
        this.shared = shared;
        this.handlerLimit = handlerLimit;
    }

    @Override
    public PageTransaction<T> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
            throws Exception {
        shared.pulse().rest();
        try {
            if (!turns.tryTake(subscription, handlerLimit)) {
                complain(subscription);
                turns.take(subscription);
            }
        } finally {
            shared.pulse().resume();
        }
        boolean begun = false;
        try {
            var page = new Turn<>(super.begin(subscription, holding, to), () -> turns.giveBack(subscription));
            begun = true;
            return page;
        } finally {
            if (!begun) {
                turns.giveBack(subscription);
            }
        }
    }

    private void complain(String subscription) {
        var message = "The subscription '" + subscription + "' has waited for " + handlerLimit
                + " for a transaction, since others have all there may be at once: " + turns.holders()
                + "; see what their handlers do, or give the pool more connections";
        shared.failed(new StoreUnavailableException(message, null));
        shared.enter(State.RETRYING);
        LOG.warn("{}", message);
    }

    /** Gives its turn back once, when it is closed or broken off. */
    private static final class Turn<T> extends Transaction<T> {
        private final Runnable giveBack;
        private final AtomicBoolean isGivenBack = new AtomicBoolean();

        private Turn(PageTransaction<T> transaction, Runnable giveBack) {
            super(transaction);
            this.giveBack = giveBack;
        }

        @Override
        public void abort() {
            try {
                super.abort();
            } finally {
                giveBack();
            }
        }

        @Override
        public void close() {
            try {
                super.close();
            } finally {
                giveBack();
            }
        }

        private void giveBack() {
            if (isGivenBack.compareAndSet(false, true)) {
                giveBack.run();
            }
        }
    }
}
