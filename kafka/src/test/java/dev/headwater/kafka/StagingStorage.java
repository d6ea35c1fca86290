package dev.headwater.kafka;

import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A storage in memory whose transactions can be undone: what handlers write counts when the checkpoint has moved. */
final class StagingStorage extends ForwardingSubscriptionStorage<List<String>> {

    final List<String> written = new CopyOnWriteArrayList<>();

    StagingStorage() {
        super(new InMemorySubscriptionStorage<>(new ArrayList<>()));
    }

    @Override
    public PageTransaction<List<String>> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
            throws Exception {
        var staged = new ArrayList<String>();
        return new Transaction<>(super.begin(subscription, holding, to)) {
            @Override
            public List<String> transaction() {
                return staged;
            }

            @Override
            public Mark mark() {
                int size = staged.size();
                return new Mark() {
                    @Override
                    public void keep() {}

                    @Override
                    public void undo(Throwable failure) {
                        staged.subList(size, staged.size()).clear();
                    }
                };
            }

            @Override
            public void commit() throws Exception {
                super.commit();
                written.addAll(staged);
            }
        };
    }
}
