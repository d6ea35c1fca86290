package dev.headwater.testkit.simulation;

import dev.headwater.store.StoreUnavailableException;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * The checkpoints as one process sees them. It dies before a page and after it, loses its claims before a page, and
 * does not hear that a page was stored. In the middle of a page nothing goes wrong that would have to be undone, since
 * storages in memory undo nothing: a page that is undone is one that never began.
 */
final class TroubledSubscriptions extends ForwardingSubscriptionStorage<Simulation> {

    private final SimulatedProcess process;

    TroubledSubscriptions(SubscriptionStorage<Simulation> storage, SimulatedProcess process) {
        super(storage);
        this.process = process;
    }

    @Override
    public Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration lease) {
        process.requireAlive();
        return super.renew(instance, subscriptions, lease);
    }

    @Override
    public Holding holding(String subscription, String instance) {
        process.requireAlive();
        return super.holding(subscription, instance);
    }

    @Override
    public void leave(String subscription, String instance) {
        process.requireAlive();
        super.leave(subscription, instance);
    }

    @Override
    public PageTransaction<Simulation> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
            throws Exception {
        process.mayDie();
        process.mayFail(() -> new StoreUnavailableException("simulated: the database is out of reach", null));
        if (process.losesClaims()) {
            release(subscription, holding.instance(), holding.claims());
            throw new ClaimLostException(subscription);
        }
        var page = super.begin(subscription, holding, to);
        process.beginsPage();
        return new Page(page);
    }

    private final class Page extends Transaction<Simulation> {

        Page(PageTransaction<Simulation> page) {
            super(page);
        }

        @Override
        public void commit() throws Exception {
            process.requireAlive();
            super.commit();
            process.endsPage();
            process.mayDie();
            process.mayFail(() -> new StoreUnavailableException("simulated: the answer was lost", null));
        }

        @Override
        public void close() {
            process.endsPage();
            super.close();
        }
    }
}
