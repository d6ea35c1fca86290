package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.PGConnection;

/**
 * Settles flights on the server. Every append gets an outcome, whatever happens.
 *
 * <p>An id that is taken is an error of the whole batch at first, and nothing of it is stored; the same batch then goes
 * with a look for its ids, as do those of the next flights, since such appends seldom come alone. Another error that
 * one append may have brought is found by halving the batch. All this is one flight on one connection. Used by one
 * flight at a time.
 */
final class FlightCrew implements Crew {

    private static final String UNIQUE_VIOLATION = "23505";

    /** Errors of a value, of an expression or of a size, and of a statement that took too long. */
    private static final Set<String> CLASSES_OF_ONE = Set.of("21", "22", "23", "54");

    private static final String CANCELLED = "57014";

    /** So many flights look for ids after one that was taken. */
    private static final int FLIGHTS_THAT_LOOK = 100;

    private final Connections connections;
    private final AppendWays ways;
    private final StoredAppends stored;
    private final LockHolder lockHolder;
    private final Duration lockTimeout;
    private final Duration limit;
    private final Duration lookLimit;
    private final AppendEvents events;
    private final AtomicInteger flightsThatLook = new AtomicInteger();

    FlightCrew(Connections connections, Schema schema, Duration lockTimeout, Duration patience, AppendEvents events) {
        this.connections = connections;
        this.ways = new AppendWays(schema, new AppendCall(schema));
        this.stored = new StoredAppends(schema);
        this.lockHolder = new LockHolder(connections, schema);
        this.lockTimeout = lockTimeout;
        this.limit = AppendProtocol.flightLimit(lockTimeout, patience);
        this.lookLimit = patience.dividedBy(2);
        this.events = events;
    }

    @Override
    public List<? extends AppendOutcome> send(AppendBatch batch, boolean isDoubtful) {
        boolean looks = flightsThatLook.getAndUpdate(left -> Math.max(0, left - 1)) > 0 || isDoubtful;
        var sending = new Sending(batch, looks);
        boolean interrupted = false;
        do {
            interrupted |= Thread.interrupted();
            sending.run();
        } while (!sending.isSent && sending.hasTime() && Thread.currentThread().isInterrupted());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return sending.outcomes();
    }

    /** One batch on its way. */
    private final class Sending {

        private final AppendBatch batch;
        private final boolean looksForIds;
        private final AppendOutcome[] outcomes;
        private final long startedAt = System.nanoTime();
        private boolean isSent;
        private int backend = LostCall.HIDDEN;
        private long heldNanos;

        Sending(AppendBatch batch, boolean looksForIds) {
            this.batch = batch;
            this.looksForIds = looksForIds;
            this.outcomes = new AppendOutcome[batch.appends().size()];
        }

        void run() {
            try {
                connections.with(limit, connection -> {
                    backend = connection.unwrap(PGConnection.class).getBackendPID();
                    isSent = true;
                    settle(connection, batch, 0, looksForIds);
                    return true;
                });
            } catch (Throwable e) { // also an Error is no answer
                fill(
                        isSent
                                ? new AppendOutcome.Unknown(new LostCall(e, backend))
                                : new AppendOutcome.NotSent("No connection for an append could be had", e));
            }
        }

        boolean hasTime() {
            return System.nanoTime() - startedAt < limit.toNanos();
        }

        private int lockTimeoutMillis() {
            long spent = System.nanoTime() - startedAt;
            return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(lockTimeout.toNanos() - spent));
        }

        private void settle(Connection connection, AppendBatch part, int from, boolean looks) throws SQLException {
            int size = part.appends().size();
            try {
                long began = System.nanoTime();
                var answers = ways.append(connection, part, looks, lockTimeoutMillis());
                heldNanos += System.nanoTime() - began;
                for (int i = 0; i < size; i++) {
                    outcomes[from + i] = answers.get(i);
                }
            } catch (SQLException e) {
                if (!SqlErrors.isAnswer(e)) {
                    throw e;
                }
                if (!looks && SqlErrors.state(e).equals(UNIQUE_VIOLATION)) {
                    flightsThatLook.set(FLIGHTS_THAT_LOOK);
                    settle(connection, part, from, true);
                } else if (size > 1 && mayBeOfOne(e) && hasTime()) {
                    var appends = part.appends();
                    settle(connection, AppendBatch.of(appends.subList(0, size / 2)), from, looks);
                    settle(connection, AppendBatch.of(appends.subList(size / 2, size)), from + size / 2, looks);
                } else {
                    Arrays.fill(outcomes, from, from + size, new AppendOutcome.Failed(e, null));
                }
            }
        }

        private boolean mayBeOfOne(SQLException e) {
            var state = SqlErrors.state(e);
            return state.equals(CANCELLED) || CLASSES_OF_ONE.contains(state.substring(0, 2));
        }

        private void fill(AppendOutcome outcome) {
            for (int i = 0; i < outcomes.length; i++) {
                if (outcomes[i] == null || outcomes[i] instanceof AppendOutcome.NotSent) {
                    outcomes[i] = outcome;
                }
            }
        }

        /** The outcomes, once no connection is held any more. */
        List<AppendOutcome> outcomes() {
            if (heldNanos > 0) {
                events.held(heldNanos);
            }
            boolean hasStored = false;
            AppendOutcome.Failed waited = null;
            for (int i = 0; i < outcomes.length; i++) {
                switch (outcomes[i]) {
                    case AppendOutcome.Stored(var result) -> hasStored = true;
                    case AppendOutcome.Failed(SQLException cause, var none) -> {
                        if (waited == null || !waited.cause().equals(cause)) {
                            waited = new AppendOutcome.Failed(cause, lockHolder.inTheWayOf(cause));
                        }
                        outcomes[i] = waited;
                    }
                    default -> {}
                }
            }
            if (hasStored) {
                events.committed();
            }
            return Arrays.asList(outcomes);
        }
    }

    @Override
    public void landed(AppendBatch batch, int queued, long nanos) {
        events.flushed(batch, queued, nanos);
    }

    @Override
    public List<? extends AppendOutcome> recognise(List<Flight.Refused> refused) {
        var appends = new ArrayList<EncodedAppend>(refused.size());
        for (var one : refused) {
            appends.add(one.waiter().append);
        }
        try {
            var found = connections.with(lookLimit, connection -> stored.find(connection, appends));
            var outcomes = new ArrayList<AppendOutcome>(refused.size());
            for (int i = 0; i < refused.size(); i++) {
                var earlier = found.get(i);
                outcomes.add(earlier == null ? refused.get(i).refusal() : earlier);
            }
            return outcomes;
        } catch (Throwable e) { // also an Error is no answer
            return Collections.nCopies(refused.size(), new AppendOutcome.Failed(SqlErrors.copy(e), null));
        }
    }
}
