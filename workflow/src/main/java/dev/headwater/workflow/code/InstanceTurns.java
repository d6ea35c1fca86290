package dev.headwater.workflow.code;

import dev.headwater.Metadata;
import dev.headwater.store.StoredEvent;
import dev.headwater.workflow.WorkflowDefinition;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Takes turns of the instances of one workflow, in any of its versions. Turns of different instances may run side by
 * side; several of one instance, here or elsewhere, cannot both record anything. Thread-safe.
 */
final class InstanceTurns {

    /** How often a turn is taken when the journal moves under it, or was remembered as it is no longer. */
    private static final int ATTEMPTS = 3;

    private static final int REMEMBERED = 1_000;

    private final List<WorkflowDefinition<?, ?>> versions;
    private final Correlator correlator;
    private final Surroundings surroundings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Remembered> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @param versions of one workflow */
    InstanceTurns(List<? extends WorkflowDefinition<?, ?>> versions, Surroundings surroundings) {
        this.versions = versions.stream()
                .<WorkflowDefinition<?, ?>>map(each -> each)
                .sorted(Comparator.<WorkflowDefinition<?, ?>>comparingInt(WorkflowDefinition::version)
                        .reversed())
                .toList();
        this.correlator = new Correlator(this.versions);
        this.surroundings = surroundings;
    }

    Correlator correlator() {
        return correlator;
    }

    String workflow() {
        return newest().name();
    }

    private WorkflowDefinition<?, ?> newest() {
        return versions.getFirst();
    }

    /**
     * Offers an instance what has happened and runs it as far as that takes it.
     *
     * @param cause what has happened
     * @throws WorkflowStuckException when the code of the instance cannot go on
     */
    void take(String id, Offer offer, StoredEvent cause) throws Exception {
        for (int attempt = 1; ; attempt++) {
            var known = forget(id);
            var journal = known.isPresent()
                    ? known.get().journal()
                    : Journals.read(surroundings.store(), newest().journal(id));
            try {
                turn(id, journal, offer, cause, known.isEmpty());
                remember(id, journal);
                return;
            } catch (JournalMovedException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Optional<Remembered> forget(String id) {
        lock.lock();
        try {
            return Optional.ofNullable(remembered.remove(id));
        } finally {
            lock.unlock();
        }
    }

    private void remember(String id, Journal journal) {
        lock.lock();
        try {
            remembered.put(id, journal.remembered());
        } finally {
            lock.unlock();
        }
    }

    private void turn(String id, Journal journal, Offer offered, StoredEvent cause, boolean isRead) throws Exception {
        boolean isFirst = !journal.hasBegun() && isStart(offered);
        if (isFirst) {
            journal.begunUnder(Metadata.causedBy(cause.encoded()));
        }
        boolean isLate = offered instanceof Offer.Event && journal.hasMissed(offered.position());
        var offer = journal.hasSeen(offered.position()) && !isLate ? new Offer.Nothing() : offered;
        var definition = definition(id, journal);
        var turn = new Turn(definition, id, surroundings, journal, offer, metadata(journal, cause), isRead);
        if (surroundings.hands().repeatTurns()) {
            turn.heardBy(Witness.ofTurn());
        }
        if (isFirst) {
            turn.decide(started(cause, (Offer.Event) offered));
        }
        long before = journal.version();
        try {
            run(definition, turn, isLate);
        } catch (WorkflowStuckException e) {
            if (isFirst && journal.version() == before) {
                turn.recordBeginning();
            }
            throw e;
        }
    }

    private static <I, R> void run(WorkflowDefinition<I, R> definition, Turn turn, boolean isLate) throws Exception {
        var instance = new InstanceTurn<>(definition, turn);
        var journal = turn.journal();
        boolean isRunning = journal.hasBegun()
                && journal.ended().isEmpty()
                && !isLate
                && !(turn.offer() instanceof Offer.Event(var event, var type)
                        && journal.isBeforeStart(event.position()));
        if (isRunning) {
            instance.run();
            repeat(definition, turn);
        } else {
            instance.refuse();
        }
    }

    /**
     * Runs the code again against what is recorded by now, so that code is found that does not do the same each time.
     */
    private static void repeat(WorkflowDefinition<?, ?> definition, Turn turn) throws Exception {
        var witness = turn.witness();
        if (witness.isPresent()) {
            var recorded = Journals.read(turn.surroundings().store(), turn.stream());
            var again = witness.get().ofRepetition();
            var contradiction = Rehearsal.of(definition, turn.id(), turn.surroundings(), recorded, Optional.of(again));
            if (contradiction.isPresent()) {
                throw contradiction.get();
            }
            var missing = again.missingEnd();
            if (missing.isPresent()) {
                throw Contradiction.ofRuns(turn, missing.get(), "it goes on");
            }
        }
    }

    private boolean isStart(Offer offer) {
        return offer instanceof Offer.Event(var event, var type) && correlator.isStarter(event.event());
    }

    private Entry.Started started(StoredEvent event, Offer.Event offer) {
        return new Entry.Started(
                newest().version(),
                OptionalLong.of(event.position()),
                Optional.of(offer.type()),
                Optional.empty(),
                event.id(),
                Optional.empty(),
                event.time());
    }

    /** Whose code runs; for one that has ended nothing runs, so its version may be retired. */
    private WorkflowDefinition<?, ?> definition(String id, Journal journal) {
        if (!journal.hasBegun()) {
            return newest();
        }
        int version = journal.beginning().version();
        return journal.ended().isPresent() ? version(version).orElseGet(this::newest) : version(id, version);
    }

    private Optional<WorkflowDefinition<?, ?>> version(int version) {
        return versions.stream().filter(each -> each.version() == version).findFirst();
    }

    private WorkflowDefinition<?, ?> version(String id, int version) {
        return version(version)
                .orElseThrow(() -> new WorkflowStuckException(
                        workflow() + " " + id + " runs version " + version + " of its code, and here are "
                                + versions.stream()
                                        .map(WorkflowDefinition::version)
                                        .sorted()
                                        .toList()
                                + ": register that version too until no instance of it is left",
                        null));
    }

    /** What the turn sends belongs to the conversation of the instance, and is caused by what has happened now. */
    private static Metadata metadata(Journal journal, StoredEvent cause) {
        var inherited = journal.metadata();
        return new Metadata(
                inherited.correlationId(),
                cause.id(),
                inherited.user(),
                inherited.tenant(),
                inherited.traceParent(),
                inherited.attributes());
    }

    /** The category of the journals. */
    String category() {
        return "$" + workflow();
    }
}
