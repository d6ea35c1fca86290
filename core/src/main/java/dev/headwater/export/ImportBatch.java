package dev.headwater.export;

import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EncodedEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Exported events as one append: those of the same stream that follow each other are a part of it, so the order of the
 * log is kept.
 *
 * @param append what is appended
 * @param versions for each stream the version of its last event here
 * @param firstPosition where the first event stood
 * @param lastPosition where the last event stood
 */
record ImportBatch(EncodedAppend append, Map<StreamId, Long> versions, long firstPosition, long lastPosition) {

    /**
     * Expects every stream to be where its first event here goes on.
     *
     * @throws IllegalArgumentException when a version is missing between two events
     */
    static ImportBatch of(List<EncodedEvent> events) {
        var versions = new HashMap<StreamId, Long>();
        var before = new HashMap<StreamId, ExpectedVersion>();
        for (var event : events) {
            var last = versions.put(event.stream(), event.version());
            if (last == null) {
                before.put(event.stream(), ExpectedVersion.exactly(event.version() - 1));
            } else if (event.version() != last + 1) {
                throw new IllegalArgumentException("The stream '" + event.stream() + "' goes on with version "
                        + event.version() + " after version " + last
                        + ": the export holds a part of its events; export all of them, or renumber");
            }
        }
        return batch(events, before, versions);
    }

    /** Expects nothing of the streams. */
    static ImportBatch renumbered(List<EncodedEvent> events) {
        return batch(events, Map.of(), Map.of());
    }

    private static ImportBatch batch(
            List<EncodedEvent> events, Map<StreamId, ExpectedVersion> before, Map<StreamId, Long> versions) {
        var parts = new ArrayList<EncodedAppend.Part>();
        var run = new ArrayList<EncodedAppend.Event>();
        for (int i = 0; i < events.size(); i++) {
            var event = events.get(i);
            run.add(new EncodedAppend.Event(event.message(), event.tags()));
            if (i == events.size() - 1 || !events.get(i + 1).stream().equals(event.stream())) {
                var expected = before.getOrDefault(event.stream(), ExpectedVersion.any());
                parts.add(new EncodedAppend.Part(event.stream(), expected, List.copyOf(run)));
                run.clear();
            }
        }
        return new ImportBatch(
                new EncodedAppend(parts, Optional.empty()),
                versions,
                events.getFirst().position(),
                events.getLast().position());
    }
}
