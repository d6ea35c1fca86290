package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.Metadata;
import dev.headwater.store.Append;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EventStorage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The commands of a page, which are recorded in one append as long as they fit in one. Used by one thread. */
final class CommandBatch {

    private final EventStore store;
    private Map<StreamId, List<NewEvent>> commands = new LinkedHashMap<>();
    private int size;
    private final List<Append> full = new ArrayList<>();

    /** @param store may append to reserved streams */
    CommandBatch(EventStore store) {
        this.store = store;
    }

    void add(StreamId stream, Command<?> command, Metadata metadata) {
        if (size == Append.MAX_EVENTS) {
            finishAppend();
        }
        var envelope = store.envelope(command).withMetadata(metadata);
        commands.computeIfAbsent(stream, each -> new ArrayList<>()).add(NewEvent.command(envelope));
        size++;
    }

    private void finishAppend() {
        if (size > 0) {
            full.add(new Append(
                    commands.entrySet().stream()
                            .map(part -> new Append.Part(part.getKey(), ExpectedVersion.any(), part.getValue()))
                            .toList(),
                    Optional.empty()));
            commands = new LinkedHashMap<>();
            size = 0;
        }
    }

    /** Records them within a transaction. */
    void append(EventStorage within) {
        finishAppend();
        var inTransaction = store.over(within);
        full.forEach(inTransaction::append);
    }
}
