package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.workflow.spi.StepReceipts;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The suite for workflow code fails where it should, and never looks away. */
class WorkflowContractTest {

    private static ContractRun run(UnaryOperator<StepReceipts<Object>> spoiled) {
        return ContractRun.ofWorkflows(() -> InMemoryProcessSubject.inRealTime(spoiled));
    }

    /** Does what the correct one does, but for what a subclass spoils. */
    private abstract static class Spoiled implements StepReceipts<Object> {
        final StepReceipts<Object> correct;

        Spoiled(StepReceipts<Object> correct) {
            this.correct = correct;
        }

        @Override
        public Class<Object> transaction() {
            return correct.transaction();
        }

        @Override
        public Optional<String> once(Claim claim, Work<Object> work) throws Exception {
            return correct.once(claim, work);
        }

        @Override
        public void forget(Collection<String> keys, Object transaction) throws Exception {
            correct.forget(keys, transaction);
        }
    }

    /** Gives no receipt. */
    private static final class GivesNoReceipt extends Spoiled {
        GivesNoReceipt(StepReceipts<Object> correct) {
            super(correct);
        }

        @Override
        public Optional<String> once(Claim claim, Work<Object> work) throws Exception {
            var result = correct.once(claim, work);
            correct.forget(List.of(claim.key()), correct);
            return result;
        }
    }

    /** Does not look whether the journal has moved on. */
    private static final class LooksAtNoJournal extends Spoiled {
        LooksAtNoJournal(StepReceipts<Object> correct) {
            super(correct);
        }

        @Override
        public Optional<String> once(Claim claim, Work<Object> work) throws Exception {
            var result = correct.once(claim, work);
            return result.isPresent() ? result : Optional.of(work.in(correct));
        }
    }

    @Test
    void findsReceiptsThatAreNotGiven() {
        assertThat(run(GivesNoReceipt::new).failed()).containsExactly("aStepThatTwoRunnersDoAtTheSameMomentIsDoneOnce");
    }

    @Test
    void findsReceiptsForRunnersThatWereLeftBehind() {
        assertThat(run(LooksAtNoJournal::new).failed()).containsExactly("aStepOfARunnerThatWasLeftBehindIsNotDone");
    }
}
