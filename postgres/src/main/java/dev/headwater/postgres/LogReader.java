package dev.headwater.postgres;

import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.Page;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads pages of the log.
 *
 * <p>Every statement first finds out how far it can look, its <em>reach</em>, and then selects what is wanted up to
 * there. Without a query that is the head of the log. With a query by types or categories it is a window of positions,
 * so that a page costs a bounded number of rows however rare the wanted events are. With a query in which every
 * criterion names a tag it is the last of the next candidates that the index of tags knows.
 */
final class LogReader {

    /** How many positions a page with a query by types or categories looks at. */
    private static final long WINDOW = 20_000;

    private static final String HEAD =
            "SELECT coalesce((SELECT h.position FROM {schema}.events h ORDER BY h.position DESC LIMIT 1), 0)";

    private static final String PAGE = """
            WITH head AS ({head} AS head), {reach}
            SELECT {columns}, r.head, r.reach
            FROM reach r LEFT JOIN LATERAL (
                SELECT e.*, sum(e.data_bytes) OVER (ORDER BY e.position {order} ROWS UNBOUNDED PRECEDING) AS bytes
                FROM (
                    SELECT * FROM {schema}.events e
                    WHERE e.position {beyond} ? AND e.position {upto} r.reach AND {wanted}
                    ORDER BY e.position {order}
                    LIMIT ?) e) e ON e.bytes - e.data_bytes < ?
            ORDER BY e.position {order}""";

    private static final String TO_THE_END = "reach AS (SELECT h.head, {end} AS reach FROM head h)";

    private static final String WINDOW_FORWARDS = "reach AS (SELECT h.head, least(h.head, ?) AS reach FROM head h)";

    private static final String WINDOW_BACKWARDS =
            "reach AS (SELECT h.head, greatest(1, least(h.head + 1, ?) - " + WINDOW + ") AS reach FROM head h)";

    private static final String CANDIDATES = """
            candidates AS MATERIALIZED (
                SELECT DISTINCT c.position
                FROM unnest(?) AS g (tag) CROSS JOIN LATERAL (
                    SELECT t.position FROM {schema}.event_tags t
                    WHERE t.tag = g.tag AND t.position {beyond} ?
                    ORDER BY t.position {order}
                    LIMIT ?) c
                ORDER BY c.position {order}
                LIMIT ?),
            reach AS (
                SELECT h.head, CASE WHEN c.number < ? THEN {end} ELSE c.last END AS reach
                FROM head h, (SELECT count(*) AS number, {last}(position) AS last FROM candidates) c)""";

    private static final int HEAD_COLUMN = 14;
    private static final int REACH_COLUMN = 15;

    private final Schema schema;
    private final String headSql;

    LogReader(Schema schema) {
        this.schema = schema;
        this.headSql = schema.in(HEAD);
    }

    long head(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(headSql);
                var row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    Page page(Connection connection, EventQuery query, Direction direction, long beyond, int limit)
            throws SQLException {
        var parameters = new Parameters();
        var sql = sql(query, direction, beyond, limit, parameters);
        try (var statement = connection.prepareStatement(sql)) {
            parameters.bind(statement);
            try (var row = statement.executeQuery()) {
                row.next();
                long head = row.getLong(HEAD_COLUMN);
                long reach = row.getLong(REACH_COLUMN);
                var events = new ArrayList<EncodedEvent>();
                long bytes = 0;
                if (row.getObject(1) != null) {
                    do {
                        var event = EventRows.read(row, new StreamId(row.getString(2)));
                        events.add(event);
                        bytes += event.message().payload().length;
                    } while (row.next());
                }
                boolean cutShort = events.size() >= limit || bytes >= EventRows.MAX_PAGE_BYTES;
                return direction == Direction.FORWARDS
                        ? forwards(events, cutShort, Math.max(beyond, reach), head)
                        : backwards(events, cutShort, Math.min(beyond, reach));
            }
        }
    }

    private static Page forwards(List<EncodedEvent> events, boolean cutShort, long reach, long head) {
        long through = cutShort ? events.getLast().position() : reach;
        return new Page(events, through, !cutShort && through >= head);
    }

    private static Page backwards(List<EncodedEvent> events, boolean cutShort, long reach) {
        long through = cutShort ? events.getLast().position() : reach;
        return new Page(events, through, through <= 1);
    }

    private String sql(EventQuery query, Direction direction, long beyond, int limit, Parameters parameters) {
        boolean forwards = direction == Direction.FORWARDS;
        String reach;
        if (query.anyOf().isEmpty()) {
            reach = TO_THE_END;
        } else if (query.anyOf().stream()
                .noneMatch(criterion -> criterion.tags().isEmpty())) {
            reach = CANDIDATES;
            parameters.addTexts(LogFilter.leadingTags(query));
            parameters.add(beyond);
            parameters.add(limit);
            parameters.add(limit);
            parameters.add(limit);
        } else if (forwards) {
            reach = WINDOW_FORWARDS;
            parameters.add(beyond > Long.MAX_VALUE - WINDOW ? Long.MAX_VALUE : beyond + WINDOW);
        } else {
            reach = WINDOW_BACKWARDS;
            parameters.add(beyond);
        }
        parameters.add(beyond);
        var wanted = LogFilter.condition(query, parameters);
        parameters.add(limit);
        parameters.add(EventRows.MAX_PAGE_BYTES);
        if (reach.equals(CANDIDATES)) {
            wanted = "e.position IN (SELECT position FROM candidates) AND " + wanted;
        }
        return schema.in(PAGE.replace("{reach}", reach)
                .replace("{head}", HEAD)
                .replace("{columns}", EventRows.COLUMNS)
                .replace("{wanted}", wanted)
                .replace("{order}", forwards ? "ASC" : "DESC")
                .replace("{beyond}", forwards ? ">" : "<")
                .replace("{upto}", forwards ? "<=" : ">=")
                .replace("{last}", forwards ? "max" : "min")
                .replace("{end}", forwards ? "h.head" : "1::bigint"));
    }
}
