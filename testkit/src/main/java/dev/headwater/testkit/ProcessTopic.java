package dev.headwater.testkit;

import dev.headwater.workflow.UnclaimedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A part of the suite of processes. */
abstract class ProcessTopic<T> {

    static final long FOR_EVER = Duration.ofHours(1).toMillis();

    private final ProcessContract<T> contract;
    ProcessRun<T> run;

    ProcessTopic(ProcessContract<T> contract) {
        this.contract = contract;
    }

    @BeforeEach
    final void openSubject() throws Exception {
        run = new ProcessRun<>(contract.open());
    }

    @AfterEach
    final void closeSubject() {
        run.close();
    }

    final String stageOf(String id) {
        return run.storage().find(ProcessContract.ORDERS, id).orElseThrow().stage();
    }

    final List<UnclaimedEvent> unclaimed() {
        return run.storage().unclaimed(Optional.empty(), Optional.empty(), 100);
    }

    final List<UnclaimedEvent.Reason> reasons() {
        return unclaimed().stream().map(UnclaimedEvent::reason).toList();
    }
}
