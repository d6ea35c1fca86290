package dev.headwater.workflow.memory;

import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.spi.EndedTime;
import dev.headwater.workflow.spi.InstanceChange;
import dev.headwater.workflow.spi.StoredInstance;
import dev.headwater.workflow.spi.TimeLimit;
import java.time.Instant;
import java.util.Optional;

/** The row of an instance, guarded by the lock of its storage. */
final class InMemoryInstance {

    private final String process;
    private final Instant started;
    private InstanceChange latest;
    private Optional<Instant> due;
    private Instant since;
    private Optional<Instant> ended;

    private InMemoryInstance(String process, InstanceChange change, Instant now) {
        this.process = process;
        this.started = now;
        this.latest = change;
        this.due = due(change, Optional.empty(), now);
        this.since = now;
        this.ended = change.state().isEnded() ? Optional.of(now) : Optional.empty();
    }

    static InMemoryInstance begun(String process, InstanceChange change, Instant now) {
        return new InMemoryInstance(process, change, now);
    }

    InMemoryInstance become(InstanceChange change, Instant now) {
        boolean isThere = change.state() == latest.state()
                && change.stage().equals(latest.stage())
                && change.waitingFor().equals(latest.waitingFor())
                && !(change.limit() instanceof TimeLimit.In);
        since = isThere ? since : now;
        due = due(change, due, now);
        ended = change.state().isEnded() ? ended.or(() -> Optional.of(now)) : Optional.empty();
        latest = change;
        return this;
    }

    private static Optional<Instant> due(InstanceChange change, Optional<Instant> former, Instant now) {
        return switch (change.limit()) {
            case TimeLimit.Unchanged() -> former;
            case TimeLimit.None() -> Optional.empty();
            case TimeLimit.In(var duration) -> Optional.of(now.plus(duration));
        };
    }

    boolean isDue(Instant now) {
        return due.filter(time -> !time.isAfter(now)).isPresent();
    }

    Optional<Instant> due() {
        return due;
    }

    Instant dueTime() {
        return due.orElse(Instant.MAX);
    }

    void postpone(Instant to) {
        due = Optional.of(to);
    }

    EndedTime endedTime() {
        return new EndedTime(process, latest.id(), latest.timer());
    }

    StoredInstance stored() {
        return new StoredInstance(
                latest.id(),
                latest.version(),
                latest.state(),
                latest.stage(),
                latest.data(),
                latest.context(),
                latest.timer(),
                due.isPresent(),
                latest.position());
    }

    ProcessInstance view() {
        return new ProcessInstance(
                process,
                latest.version(),
                latest.id(),
                latest.state(),
                latest.stage(),
                latest.waitingFor(),
                due,
                since,
                started,
                ended,
                latest.problem(),
                latest.attributes());
    }
}
