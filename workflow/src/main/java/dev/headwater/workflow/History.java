package dev.headwater.workflow;

import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.workflow.code.Story;
import dev.headwater.workflow.spi.ProcessStorage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Tells what an instance did, as a story. */
final class History {

    /** The most events that it has not taken which are told of. */
    private static final int UNCLAIMED = 100;

    private final EventStore store;
    private final ProcessStorage<?> storage;

    History(EventStore store, ProcessStorage<?> storage) {
        this.store = store;
        this.storage = storage;
    }

    List<String> of(String process, String id) {
        var lines = new ArrayList<String>();
        var instance = storage.find(process, id);
        instance.ifPresent(found -> lines.add(found.started() + " began"));
        var sent = store.readStream(new StreamId("$" + process + "-" + id)).toList();
        var causes = causes(sent);
        for (var command : sent) {
            var cause = causes.get(command.encoded().metadata().causationId());
            if (Story.tells(command.type())) {
                lines.add(command.time() + " " + Story.line(command));
                continue;
            }
            lines.add(command.time() + " sent " + command.type()
                    + (cause == null ? "" : ", because of " + cause.type() + " at position " + cause.position()));
        }
        for (var event : storage.unclaimedOf(process, id, UNCLAIMED)) {
            lines.add(event.time() + " did not take " + event.type() + " at position " + event.position() + ": "
                    + inWords(event.reason()) + (event.answered() ? "; it was answered" : ""));
        }
        instance.ifPresent(found -> lines.add(ending(found)));
        return lines;
    }

    private Map<UUID, StoredEvent> causes(Collection<StoredEvent> sent) {
        var ids = sent.stream()
                .flatMap(command -> java.util.stream.Stream.ofNullable(
                        command.encoded().metadata().causationId()))
                .distinct()
                .toList();
        var causes = new HashMap<UUID, StoredEvent>();
        store.findEvents(ids).forEach(event -> causes.put(event.id(), event));
        return causes;
    }

    private static String inWords(UnclaimedEvent.Reason reason) {
        return switch (reason) {
            case NO_INSTANCE -> "it had not begun";
            case BEGUN_BEFORE -> "it had begun before";
            case ENDED -> "it had ended";
        };
    }

    private static String ending(ProcessInstance instance) {
        var at = instance.stage().isEmpty() ? instance.state().toString() : instance.stage();
        return instance.ended()
                .map(time -> time + " ended in " + at)
                .orElseGet(() -> instance.since() + " came to " + at + ", waits for " + instance.waitingFor()
                        + instance.due().map(due -> " until " + due).orElse("")
                        + instance.problem().map(problem -> "; " + problem).orElse(""));
    }
}
