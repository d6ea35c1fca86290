package dev.headwater.workflow.code;

import dev.headwater.Metadata;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import java.util.ArrayList;
import java.util.List;

/** Reads journals: the present run of an instance, without the commands that stand between its entries. */
final class Journals {

    private Journals() {}

    /** The journal of an instance, which is empty when there is none. */
    static Journal read(EventStore store, StreamId stream) {
        return fold(run(store, stream));
    }

    /** The journal that these events of a stream make. */
    static Journal fold(List<StoredEvent> events) {
        var journal = new Journal();
        for (var stored : events) {
            if (JournalTypes.isEntry(stored.type())) {
                apply(journal, stored);
            }
            journal.at(stored.version());
        }
        return journal;
    }

    private static void apply(Journal journal, StoredEvent stored) {
        var entry = (Entry) stored.event();
        if (entry instanceof Entry.Started || entry instanceof Entry.Continued) {
            journal.begunUnder(Metadata.causedBy(stored.encoded()));
        }
        if (entry instanceof Entry.Started started && started.position().isEmpty()) {
            journal.begunAt(stored.position());
        }
        journal.apply(entry);
    }

    /** The events of the stream from the beginning of the present run on. */
    private static List<StoredEvent> run(EventStore store, StreamId stream) {
        var events = new ArrayList<StoredEvent>();
        try (var backwards = store.readStreamBackwards(stream)) {
            for (var event : (Iterable<StoredEvent>) backwards::iterator) {
                events.add(event);
                if (JournalTypes.isEntry(event.type()) && event.event() instanceof Entry.Continued) {
                    break;
                }
            }
        }
        return events.reversed();
    }
}
