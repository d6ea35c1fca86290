package dev.headwater.history;

import dev.headwater.history.HistoryFailure.Stage;
import dev.headwater.store.StoredEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps the first failure of each kind, and counts the others. */
final class FailuresByKind {

    private record Kind(Stage stage, String reader, String type, int schemaVersion) {}

    private final Map<Kind, HistoryFailure> failures = new LinkedHashMap<>();

    void add(Stage stage, String reader, StoredEvent event, Throwable failure) {
        var stored = event.encoded();
        failures.compute(
                new Kind(stage, reader, stored.type(), stored.schemaVersion()),
                (kind, first) -> first == null
                        ? new HistoryFailure(
                                stage,
                                reader,
                                stored.type(),
                                stored.schemaVersion(),
                                stored.id(),
                                event.position(),
                                event.stream(),
                                failure.toString(),
                                1)
                        : first.oneMore());
    }

    List<HistoryFailure> list() {
        return List.copyOf(failures.values());
    }
}
