package dev.headwater.history;

import dev.headwater.store.StoredEvent;
import java.util.function.Consumer;

/**
 * Folds the events of an aggregate again, such as {@link dev.headwater.aggregate.DeciderRepository#replay
 * DeciderRepository::replay}.
 */
@FunctionalInterface
public interface Replay {

    /**
     * Folds all events of an aggregate, and tells of each before it is folded.
     *
     * @param id the id of the aggregate in its category
     * @param before is told of each event
     */
    void replay(String id, Consumer<? super StoredEvent> before);
}
