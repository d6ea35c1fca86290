package dev.headwater.postgres.process;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.UnclaimedEvent;
import dev.headwater.workflow.spi.EndedTime;
import dev.headwater.workflow.spi.InstanceChange;
import dev.headwater.workflow.spi.NoClaim;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StoredInstance;
import dev.headwater.workflow.spi.Unfinished;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Instances of processes in tables beside the log. Thread-safe. */
public final class PostgresProcessStorage implements ProcessStorage<Connection> {

    /** Whatever the tables looked like when a plan was made, these statements go by an index. */
    static final String BY_INDEX = "SELECT set_config('enable_seqscan', 'off', true);\n";

    private final Connections connections;
    private final Function<Connection, EventStorage> within;
    private final InstanceTable instances;
    private final InstanceList list;
    private final UnclaimedTable unclaimed;

    /**
     * Keeps everything in the tables of this schema.
     *
     * @param within gives the log as a part of a transaction
     */
    public PostgresProcessStorage(Connections connections, Schema schema, Function<Connection, EventStorage> within) {
        this.connections = connections;
        this.within = within;
        this.instances = new InstanceTable(schema);
        this.list = new InstanceList(schema);
        this.unclaimed = new UnclaimedTable(schema);
    }

    @Override
    public EventStorage within(Connection transaction) {
        return within.apply(transaction);
    }

    @Override
    public Map<String, StoredInstance> load(String process, Collection<String> ids, Connection transaction)
            throws SQLException {
        return instances.load(transaction, process, ids);
    }

    @Override
    public void save(String process, Collection<InstanceChange> changes, Connection transaction) throws SQLException {
        instances.save(transaction, process, changes);
    }

    @Override
    public void saveUnclaimed(String process, Collection<NoClaim> events, Connection transaction) throws SQLException {
        unclaimed.save(transaction, process, events);
    }

    @Override
    public List<EndedTime> takeDue(int limit, Duration again) {
        return run(
                "Looking for time limits that have ended", connection -> instances.takeDue(connection, limit, again));
    }

    @Override
    public Optional<ProcessInstance> find(String process, String id) {
        return run(
                "Looking for an instance of the process '" + process + "'",
                connection -> list.find(connection, process, id));
    }

    @Override
    public List<ProcessInstance> list(ProcessFilter filter, Optional<ProcessInstance> after, int limit) {
        return run("Listing instances of processes", connection -> list.list(connection, filter, after, limit));
    }

    @Override
    public Map<String, Map<ProcessState, Long>> count() {
        return run("Counting instances of processes", connection -> {
            Map<String, Map<ProcessState, Long>> counts = new TreeMap<>();
            list.count(
                    connection,
                    (process, state, number) -> counts.computeIfAbsent(
                                    process, name -> new EnumMap<>(ProcessState.class))
                            .put(state, number));
            return counts;
        });
    }

    @Override
    public List<Unfinished> unfinished() {
        return run("Looking at instances of processes that have not ended", list::unfinished);
    }

    @Override
    public List<UnclaimedEvent> unclaimed(Optional<String> process, Optional<UnclaimedEvent> after, int limit) {
        return run(
                "Listing events that no process took", connection -> unclaimed.list(connection, process, after, limit));
    }

    @Override
    public List<UnclaimedEvent> unclaimedOf(String process, String id, int limit) {
        return run(
                "Listing events that an instance of the process '" + process + "' did not take",
                connection -> unclaimed.of(connection, process, id, limit));
    }

    @Override
    public Map<String, Long> countUnclaimed() {
        return run("Counting events that no process took", unclaimed::count);
    }

    @Override
    public int removeEnded(Duration endedFor, int limit) {
        return run(
                "Removing instances of processes that have ended",
                connection -> Math.max(
                        instances.removeEnded(connection, endedFor, limit),
                        unclaimed.removeOld(connection, endedFor, limit)));
    }

    private <R> R run(String what, Connections.Work<R> work) {
        try {
            return connections.with(work);
        } catch (SQLException e) {
            throw SqlErrors.failed(what, e);
        }
    }

    /** Takes a value from a row. */
    interface Reading<R> {
        R from(ResultSet row) throws SQLException;
    }

    /** The rows of a statement that goes by an index. */
    static <R> List<R> query(Connection connection, String sql, Parameters values, Reading<R> reading)
            throws SQLException {
        try (var statement = values.prepare(connection, BY_INDEX + sql)) {
            statement.execute();
            statement.getMoreResults();
            var rows = new ArrayList<R>();
            try (var row = statement.getResultSet()) {
                while (row.next()) {
                    rows.add(reading.from(row));
                }
            }
            return rows;
        }
    }

    static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
