package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.spi.LogBroker;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The suite for brokers fails where it should, only there, and never looks away. */
@Execution(ExecutionMode.CONCURRENT)
class LogBrokerContractTest {

    @Test
    void neverSkipsATest() {
        var run = ContractRun.ofLogBroker(UnaryOperator.identity());

        assertThat(run.succeeded()).hasSizeGreaterThan(15).isEqualTo(run.tests());
    }

    @Test
    void findsABrokerThatCountsRecordsOnly() {
        requireFound(PlantedBrokerBugs.CountsRecordsOnly::new, "whatTheBrokerKeepsForItselfIsPassedOver");
    }

    @Test
    void findsABrokerThatDropsTombstones() {
        requireFound(PlantedBrokerBugs.DropsTombstones::new, "aRecordWithoutAValueComesBackWithoutOne");
    }

    @Test
    void findsABrokerThatKeepsOneHeaderOfAName() {
        requireFound(PlantedBrokerBugs.KeepsOneHeaderOfAName::new, "aRecordComesBackAsItWasPublished");
    }

    @Test
    void findsABrokerThatSaysThatEveryPageIsTheLast() {
        requireFound(
                PlantedBrokerBugs.SaysThatEveryPageIsTheLast::new,
                "readingGoesOnWhereThePageBeforeHasEnded",
                "aPageStopsAtItsBytesAndHoldsOneRecordInAnyCase");
    }

    @Test
    void findsABrokerThatIgnoresBytes() {
        requireFound(PlantedBrokerBugs.IgnoresBytes::new, "aPageStopsAtItsBytesAndHoldsOneRecordInAnyCase");
    }

    @Test
    void findsABrokerThatIgnoresTheLimit() {
        requireFound(PlantedBrokerBugs.IgnoresTheLimit::new, "readingGoesOnWhereThePageBeforeHasEnded");
    }

    @Test
    void findsABrokerThatJumpsOverWhatIsGone() {
        requireFound(PlantedBrokerBugs.JumpsOverWhatIsGone::new, "whoComesTooLateIsToldAndNotTakenFurther");
    }

    @Test
    void findsABrokerThatGivesNoHints() {
        requireFound(PlantedBrokerBugs.GivesNoHints::new, "readersHearOfNewRecords");
    }

    @Test
    void findsABrokerThatPublishesBehindARefusal() {
        requireFound(
                PlantedBrokerBugs.PublishesBehindARefusal::new,
                "whatIsTooLargeIsRefusedAndHoldsUpWhatIsBehindItInItsPartition");
    }

    @Test
    void findsABrokerThatPublishesBackwards() {
        var failed = ContractRun.ofLogBroker(PlantedBrokerBugs.PublishesBackwards::new)
                .failed();

        assertThat(failed).contains("theRecordsOfAPartitionKeepTheOrderInWhichTheyWerePublished");
    }

    @Test
    void findsABrokerThatKnowsOnePartition() {
        requireFound(
                PlantedBrokerBugs.KnowsOnePartition::new,
                "partitionsHoldTheirOwnRecords",
                "oneCallMayPublishToManyPartitions",
                "whatIsTooLargeIsRefusedAndHoldsUpWhatIsBehindItInItsPartition");
    }

    @Test
    void findsABrokerThatAcceptsAnyTopic() {
        requireFound(PlantedBrokerBugs.AcceptsAnyTopic::new, "aTopicWithAnotherNumberOfPartitionsIsRefused");
    }

    private static void requireFound(UnaryOperator<LogBroker> bug, String... failing) {
        assertThat(ContractRun.ofLogBroker(bug).failed()).containsExactlyInAnyOrder(failing);
    }
}
