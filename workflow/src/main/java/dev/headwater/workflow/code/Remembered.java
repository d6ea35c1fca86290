package dev.headwater.workflow.code;

import dev.headwater.Metadata;
import dev.headwater.store.StoredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A journal as a turn has left it, so that the next turn need not read it. It may be an old one; the version tells.
 *
 * @param entries of the present run
 * @param events that were taken in it, by position
 */
record Remembered(List<Entry> entries, long version, Metadata metadata, long begun, Map<Long, StoredEvent> events) {

    Remembered {
        entries = List.copyOf(entries);
        events = Map.copyOf(events);
    }

    /** The journal again. */
    Journal journal() {
        var journal = new Journal();
        for (var entry : new ArrayList<>(entries)) {
            if (entry instanceof Entry.Started started && started.position().isEmpty()) {
                journal.begunAt(begun);
            }
            journal.apply(entry);
        }
        journal.at(version);
        journal.begunUnder(metadata);
        journal.events().putAll(events);
        return journal;
    }
}
