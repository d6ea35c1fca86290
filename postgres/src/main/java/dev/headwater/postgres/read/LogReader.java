package dev.headwater.postgres.read;

import dev.headwater.postgres.jdbc.EventTime;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.Page;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;

/**
 * Reads pages of the log.
 *
 * <p>A page of the whole log is what comes next, and so is one of all events, out of which those in reserved streams
 * are taken. With any other query the statement first finds out how far it can look, its <em>reach</em>, and then
 * selects what is wanted up to there. With a query by types or categories that is a window of positions, so that a page
 * costs a bounded number of rows however rare the wanted events are. With a query in which every criterion names a tag
 * it is the last of the next candidates that the index of tags knows.
 */
public final class LogReader {

    /** How many positions a page with a query by types or categories looks at. */
    private static final long WINDOW = 20_000;

    private static final String HEAD =
            "SELECT coalesce((SELECT h.position FROM {schema}.events h ORDER BY h.position DESC LIMIT 1), 0)";

    private static final String BEFORE_TIME = """
            SELECT coalesce((
                SELECT e.position - 1 FROM {schema}.events e
                WHERE (e.time, e.time_nanos) >= (?, ?) ORDER BY e.position LIMIT 1), ({head}))""";

    private static final String LAST_LARGE = """
            (SELECT l.position FROM {schema}.events l
                WHERE l.data_bytes > {large} AND l.position {beyond} ?
                ORDER BY l.position {order}
                LIMIT 1 OFFSET {lastLarge})""";

    private static final String WHOLE_LOG = """
            SELECT {columns}
            FROM {schema}.events e
            WHERE e.position {beyond} ? AND e.position {upto} coalesce({last_large}, {farthest})
            ORDER BY e.position {order}
            LIMIT ?""";

    private static final String QUERY = """
            WITH head AS ({head} AS head), {reach},
            bounded AS (SELECT r.head, {nearer}(r.reach, coalesce({last_large}, r.reach)) AS reach FROM reach r)
            SELECT {columns}, b.head, b.reach
            FROM bounded b LEFT JOIN LATERAL (
                SELECT * FROM {schema}.events e
                WHERE e.position {beyond} ? AND e.position {upto} b.reach AND {wanted}
                ORDER BY e.position {order}
                LIMIT ?) e ON true
            ORDER BY e.position {order}""";

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

    private final PageRows pageRows = new PageRows();
    private final Schema schema;
    private final String headSql;
    private final String beforeTime;
    private final String wholeForwards;
    private final String wholeBackwards;

    /** Reads the log in this schema. */
    public LogReader(Schema schema) {
        this.schema = schema;
        this.headSql = schema.in(HEAD);
        this.beforeTime = schema.in(BEFORE_TIME.replace("{head}", HEAD));
        this.wholeForwards = complete(WHOLE_LOG, Direction.FORWARDS);
        this.wholeBackwards = complete(WHOLE_LOG, Direction.BACKWARDS);
    }

    /** The position of the last event; 0 when the log is empty. */
    public long head(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(headSql);
                var row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The position before the first event of this time or later; the head when there is none. */
    public long positionBefore(Connection connection, Instant time) throws SQLException {
        var comparable = EventTime.nearestStorable(time);
        try (var statement = Parameters.of(EventTime.toMicros(comparable), EventTime.nanosBelowMicros(comparable))
                        .prepare(connection, beforeTime);
                var row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** A page of the events that match, beginning behind the position {@code beyond} in the direction of reading. */
    public Page page(Connection connection, EventQuery query, Direction direction, long beyond, int limit)
            throws SQLException {
        int rows = pageRows.within(limit);
        boolean all = query.anyOf().isEmpty();
        var page = all || query.wantsWholeLog()
                ? wholeLog(connection, direction, beyond, rows)
                : query(connection, query, direction, beyond, rows);
        pageRows.learn(page.events(), rows);
        return all ? withoutReserved(page) : page;
    }

    private static Page withoutReserved(Page page) {
        if (page.events().stream().noneMatch(event -> event.stream().isReserved())) {
            return page;
        }
        var others = page.events().stream()
                .filter(event -> !event.stream().isReserved())
                .toList();
        return new Page(others, page.through(), page.end());
    }

    private Page wholeLog(Connection connection, Direction direction, long beyond, int limit) throws SQLException {
        var sql = direction == Direction.FORWARDS ? wholeForwards : wholeBackwards;
        try (var statement = connection.prepareStatement(sql)) {
            statement.setLong(1, beyond);
            statement.setLong(2, beyond);
            statement.setInt(3, limit);
            try (var row = statement.executeQuery()) {
                var events = new ArrayList<EncodedEvent>();
                while (row.next()) {
                    events.add(EventRows.read(row, new StreamId(row.getString(2))));
                }
                boolean end = events.size() < limit && !EventRows.endsWithLarge(events);
                return new Page(
                        events, events.isEmpty() ? beyond : events.getLast().position(), end);
            }
        }
    }

    private Page query(Connection connection, EventQuery query, Direction direction, long beyond, int limit)
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
                if (row.getObject(1) != null) {
                    do {
                        events.add(EventRows.read(row, new StreamId(row.getString(2))));
                    } while (row.next());
                }
                boolean full = events.size() >= limit;
                if (direction == Direction.FORWARDS) {
                    long through = full ? events.getLast().position() : Math.max(beyond, reach);
                    return new Page(events, through, !full && through >= head);
                }
                long through = full ? events.getLast().position() : Math.min(beyond, reach);
                return new Page(events, through, through <= 1);
            }
        }
    }

    private String sql(EventQuery query, Direction direction, long beyond, int limit, Parameters parameters) {
        boolean forwards = direction == Direction.FORWARDS;
        boolean byTags =
                query.anyOf().stream().noneMatch(criterion -> criterion.tags().isEmpty());
        String reach;
        if (byTags) {
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
        parameters.add(beyond);
        var wanted = LogFilter.condition(query, parameters);
        parameters.add(limit);
        if (byTags) {
            wanted = "e.position IN (SELECT position FROM candidates) AND " + wanted;
        }
        return complete(
                QUERY.replace("{reach}", reach)
                        .replace("{wanted}", wanted)
                        .replace("{last}", forwards ? "max" : "min")
                        .replace("{end}", forwards ? "h.head" : "1::bigint"),
                direction);
    }

    private String complete(String sql, Direction direction) {
        var text = sql.replace("{last_large}", LAST_LARGE).replace("{head}", HEAD);
        return schema.in(DirectedSql.of(EventRows.in(text), direction));
    }
}
