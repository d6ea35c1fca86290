package dev.headwater.testkit.simulation;

import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.ForwardingEventStorage;
import dev.headwater.store.spi.Page;

/** The log as one process sees it, which dies at appends and cannot reach the log now and then. */
final class TroubledLog extends ForwardingEventStorage {

    private final SimulatedProcess process;

    TroubledLog(EventStorage log, SimulatedProcess process) {
        super(log);
        this.process = process;
    }

    @Override
    public AppendResult append(EncodedAppend append) {
        process.mayDie();
        process.mayFail(() -> new StoreUnavailableException("simulated: the log is out of reach", null));
        var result = super.append(append);
        process.hasWritten();
        process.mayDie();
        process.mayFail(() -> new AppendOutcomeUnknownException("simulated: the answer was lost", null));
        return result;
    }

    @Override
    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
        process.requireAlive();
        return super.readLog(query, direction, beyond, limit);
    }

    @Override
    public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
        process.requireAlive();
        process.mayFail(() -> new StoreUnavailableException("simulated: the log is out of reach", null));
        return super.readStream(stream, direction, beyond, limit);
    }
}
