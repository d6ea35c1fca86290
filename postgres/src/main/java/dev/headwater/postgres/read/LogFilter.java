package dev.headwater.postgres.read;

import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Storable;
import dev.headwater.store.EventQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** An {@link EventQuery} as a condition on rows of the table of events, under the alias {@code e}. */
final class LogFilter {

    private static final String NOT_RESERVED = "NOT starts_with(e.stream, '$')";

    private LogFilter() {}

    /** The condition; its values go to {@code parameters}. */
    static String condition(EventQuery query, Parameters parameters) {
        if (query.anyOf().isEmpty()) {
            return NOT_RESERVED;
        }
        return query.anyOf().stream()
                .map(criterion -> condition(criterion, parameters))
                .collect(Collectors.joining(" OR ", "(", ")"));
    }

    private static String condition(EventQuery.Criterion criterion, Parameters parameters) {
        var conditions = new ArrayList<String>();
        conditions.add(criterion.reserved() ? "true" : NOT_RESERVED);
        if (!criterion.types().isEmpty()) {
            conditions.add("e.type = ANY (?)");
            parameters.addTexts(Storable.possible(criterion.types()));
        }
        if (!criterion.categories().isEmpty()) {
            conditions.add("split_part(e.stream, '-', 1) = ANY (?)");
            parameters.addTexts(Storable.possible(criterion.categories()));
        }
        if (!criterion.tags().isEmpty()) {
            conditions.add("e.tags @> ?");
            parameters.addTexts(criterion.tags());
        }
        return String.join(" AND ", conditions);
    }

    /** One tag of each criterion: an event that is wanted has at least one of them. */
    static List<String> leadingTags(EventQuery query) {
        return query.anyOf().stream()
                .map(criterion -> criterion.tags().iterator().next())
                .distinct()
                .sorted()
                .toList();
    }
}
