package dev.headwater.workflow.code;

import dev.headwater.workflow.Ending;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Endings and results as users see them. */
final class Endings {

    private Endings() {}

    static <R> Ending<R> of(Entry.Ended ended, Class<R> type, JsonMapper mapper) {
        return switch (ended.how()) {
            case COMPLETED -> new Ending.Completed<>(value(ended.result(), type, mapper));
            case FAILED -> new Ending.Failed<>(ended.reason().orElse(""), ended.compensations());
            case CANCELLED ->
                new Ending.Cancelled<>(ended.reason().orElse(""), ended.by().orElse(""), ended.compensations());
        };
    }

    /** A value as it was recorded; one that was null is null again. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T extends @Nullable Object> T value(Optional<JsonNode> json, Class<T> type, JsonMapper mapper) {
        return json.isEmpty() || json.get().isNull() ? null : mapper.treeToValue(json.get(), type);
    }
}
