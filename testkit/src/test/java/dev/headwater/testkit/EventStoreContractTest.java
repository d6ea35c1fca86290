package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.spi.EventStorage;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The suite's own proof: it fails where it should, only there, and never looks away. */
@Execution(ExecutionMode.CONCURRENT)
class EventStoreContractTest {

    @Test
    void neverSkipsATest() {
        var run = ContractRun.ofEventStore(InMemoryEventStorage::new);

        assertThat(run.succeeded()).hasSizeGreaterThan(100).isEqualTo(run.tests());
    }

    @Test
    void everyTestDemandsSomething() {
        var run = ContractRun.ofEventStore(PlantedBugs.DoesNothing::new);

        assertThat(run.succeeded()).isEmpty();
        assertThat(run.failed()).hasSizeGreaterThan(100).isEqualTo(run.tests());
    }

    @Test
    void findsAStorageThatIgnoresTheExpectedVersion() {
        requireFound(
                PlantedBugs.IgnoresExpectedVersion::new,
                "Appending.aRefusedAppendLeavesNoTrace",
                "Appending.aStreamMayStandInSeveralPartsOfAnEncodedAppend",
                "Appending.exactlyAcceptsOnlyThatVersion",
                "Appending.exactlyZeroMeansNoStream",
                "Appending.noStreamAcceptsOnlyAStreamWithoutEvents",
                "Appending.noStreamIsAppendedWhenTheFirstIsNotAsExpected",
                "Appending.noStreamIsAppendedWhenTheLastIsNotAsExpected",
                "Appending.streamExistsAcceptsOnlyAStreamWithEvents",
                "Commands.aDecisionOnAnOldVersionIsNotAppended",
                "Concurrency.ofManyContendersForAVersionOneWins",
                "Concurrency.ofManyContendersForTwoStreamsOneWins",
                "ConditionsByTag.expectedVersionsAndConditionMustBothHold",
                "Exporting.aStreamThatIsElsewhereIsRefused",
                "Retrying.anAppendThatWasRefusedIsNotTakenForDone");
    }

    @Test
    void findsAStorageThatSkipsALateCommitter() {
        requireFoundAmong(
                RacingBugs.SkipsALateCommitter::new,
                Set.of("Concurrency.aTailingReaderSeesWhatALaterReaderSees"),
                Set.of(
                        "Concurrency.aTailingReaderOfACategoryMissesNothing",
                        "Concurrency.aTailingReaderOfAStreamMissesNothing"));
    }

    @Test
    void findsAStorageThatReordersTheEventsOfAnAppend() {
        requireFound(
                PlantedBugs.ReordersWithinAStream::new,
                "Appending.theLongestAppendIsStoredInOrder",
                "Reading.everythingOverSeveralPages",
                "Retrying.manyEvents");
    }

    @Test
    void findsAStorageThatReordersTheEventsOfAPage() {
        requireFoundAmong(
                PlantedBugs.ReordersWithinAPage::new,
                Set.of(
                        "Appending.theLongestAppendIsStoredInOrder",
                        "Paging.streamPagesOfAnySizeAddUp",
                        "Reading.aBackwardReadThatOverlapsAppendsDoesNotSeeThem",
                        "Reading.aReadThatOverlapsAppendsSeesThemInOrderOrEndsBefore",
                        "Reading.everythingOverSeveralPages"),
                Set.of("Concurrency.aTailingReaderOfAStreamMissesNothing"));
    }

    @Test
    void findsAStorageThatLosesOneEventOfABatch() {
        requireFound(
                PlantedBugs.LosesOneEventOfABatch::new,
                "Appending.theLongestAppendIsStoredInOrder",
                "Querying.rareEventsAreFoundBehindManyOthers",
                "Reading.aReadThatOverlapsAppendsSeesThemInOrderOrEndsBefore",
                "Reading.everythingOverSeveralPages",
                "Retrying.manyEvents");
    }

    @Test
    void findsAStorageThatAcceptsTwoWinnersOfACondition() {
        requireFound(
                RacingBugs.AcceptsTwoWinnersOfACondition::new,
                "ConditionsByTag.ofManyContendersOneWins",
                "ConditionsOnTheLog.ofManyContendersByCategoryOneWins",
                "ConditionsOnTheLog.ofManyContendersByTypeOneWins",
                "ConditionsOnTheLog.ofManyContendersWhoseConditionsOverlapOneWins");
    }

    @Test
    void findsAStorageThatForgetsThePositionOfACondition() {
        requireFound(
                PlantedBugs.ForgetsThePositionOfACondition::new,
                "ConditionsByTag.aPositionPastTheHeadIsAccepted",
                "ConditionsByTag.anAppendThatWasRefusedCanBeRepeatedAfterReadingAgain",
                "ConditionsByTag.expectedVersionsAndConditionMustBothHold",
                "ConditionsByTag.ofManyContendersOneWins",
                "ConditionsByTag.onlyEventsAfterThePositionCount",
                "ConditionsOnTheLog.anEventFarBehindIsFound",
                "ConditionsOnTheLog.anyConditionIsRefusedForTheFirstEventThatMatches",
                "ConditionsOnTheLog.byCategoryAlone",
                "ConditionsOnTheLog.byEveryEvent",
                "ConditionsOnTheLog.byTypeAlone",
                "ConditionsOnTheLog.ofManyContendersByCategoryOneWins",
                "ConditionsOnTheLog.ofManyContendersByTypeOneWins",
                "ConditionsOnTheLog.ofManyContendersWhoseConditionsOverlapOneWins",
                "ReservedStreams.conditionsLeaveThemOut");
    }

    @Test
    void findsAStorageThatIsNotAtomicAcrossStreams() {
        requireFound(
                PlantedBugs.NotAtomicAcrossStreams::new,
                "Appending.aStreamMayStandInSeveralPartsOfAnEncodedAppend",
                "Appending.noStreamIsAppendedWhenTheLastIsNotAsExpected",
                "Commands.aDecisionGoesIntoOneAppendWithOthers",
                "Concurrency.ofManyContendersForTwoStreamsOneWins",
                "Exporting.aLogFromElsewhereIsTheSameHereByteForByte",
                "Exporting.aStreamThatIsElsewhereIsRefused",
                "Exporting.besideOtherEventsTheOrderIsKept",
                "Exporting.importingAgainChangesNothing",
                "Retrying.theSameIdsSplitOverStreamsOtherwiseAreRefused");
    }

    @Test
    void findsAStorageThatGroupsAnAppendByStream() {
        requireFound(
                PlantedBugs.GroupsByStream::new,
                "Appending.aStreamMayStandInSeveralPartsOfAnEncodedAppend",
                "Exporting.aLogFromElsewhereIsTheSameHereByteForByte",
                "Exporting.besideOtherEventsTheOrderIsKept");
    }

    @Test
    void findsAStorageThatRoundsTimes() {
        requireFound(
                PlantedBugs.RoundsTimes::new,
                "Envelopes.timesAreKeptToTheNanosecond",
                "Envelopes.timesOutsideOfTheCalendarAreRefusedOrExact",
                "Exporting.aLogFromElsewhereIsTheSameHereByteForByte",
                "PositionsByTime.timesAreComparedToTheNanosecond");
    }

    @Test
    void findsAStorageThatHalvesTheLogToFindATime() {
        requireFound(
                PlantedBugs.HalvesTheLogToFindATime::new,
                "PositionsByTime.anEventThatWasAppendedLateHidesNoneInFrontOfIt");
    }

    @Test
    void findsAStorageThatForgetsRetries() {
        requireFound(
                PlantedBugs.ForgetsRetries::new,
                "Appending.aStreamMayStandInSeveralPartsOfAnEncodedAppend",
                "Exporting.importingAgainChangesNothing",
                "Retrying.afterLaterAppends",
                "Retrying.anAppendThatWasRefusedIsNotTakenForDone",
                "Retrying.anyVersion",
                "Retrying.concurrentRepetitionsStoreOnce",
                "Retrying.conditionThatTheFirstTryBreaks",
                "Retrying.exactVersionAlthoughItIsPastByThen",
                "Retrying.existingStream",
                "Retrying.manyEvents",
                "Retrying.noStreamAlthoughItExistsByThen",
                "Retrying.severalStreams");
    }

    @Test
    void findsAStorageThatTakesAnyKnownIdForARetry() {
        requireFound(
                PlantedBugs.TakesAnyKnownIdForARetry::new,
                "Commands.aDecisionGoesIntoOneAppendWithOthers",
                "Retrying.anIdOfAnotherEventOfTheStreamIsRefused",
                "Retrying.anIdOfAnotherStreamIsRefused",
                "Retrying.theEventsOfTwoAppendsThatAreNotNeighboursAreRefused",
                "Retrying.theSameIdsAndMoreAreRefused",
                "Retrying.theSameIdsInAnotherOrderAreRefused",
                "Retrying.theSameIdsSplitOverStreamsOtherwiseAreRefused");
    }

    @Test
    void findsAStorageThatTakesACategoryForAPrefix() {
        requireFound(
                PlantedBugs.FiltersBadly::byPrefix,
                "HostileInput.queriesForNamesThatCannotBeFindNothing",
                "Querying.allPartsOfACriterionAndAnyOfSeveral",
                "Querying.anyQueryFindsWhatMatches",
                "Querying.byCategory",
                "ReservedStreams.queriesLeaveThemOut");
    }

    @Test
    void findsAStorageThatTakesACategoryForAPattern() {
        requireFound(
                PlantedBugs.FiltersBadly::byLike,
                "HostileInput.queriesForNamesThatCannotBeFindNothing",
                "Querying.byCategory",
                "Querying.wildcardsInCategoriesAreOrdinaryCharacters");
    }

    @Test
    void findsAStorageThatGivesReservedStreamsToAll() {
        requireFound(
                PlantedBugs.GivesReservedStreamsToAll::new,
                "Commands.aRefusalStaysOne",
                "Querying.anyQueryFindsWhatMatches",
                "ReservedStreams.allEventsLeaveThemOut");
    }

    @Test
    void findsAStorageThatGivesReservedStreamsByCriteria() {
        requireFound(
                PlantedBugs.GivesReservedStreamsByCriteria::new,
                "Querying.anyQueryFindsWhatMatches",
                "ReservedStreams.allEventsLeaveThemOut",
                "ReservedStreams.commandsAreKeptAsTheyAre",
                "ReservedStreams.queriesLeaveThemOut");
    }

    @Test
    void findsAStorageWhoseConditionsLookIntoReservedStreams() {
        requireFound(
                PlantedBugs.ConditionsLookIntoReservedStreams::new,
                "ConditionsOnTheLog.anyConditionIsRefusedForTheFirstEventThatMatches",
                "ReservedStreams.conditionsLeaveThemOut");
    }

    @Test
    void findsAStorageThatFindsNothingInReservedStreams() {
        requireFound(
                PlantedBugs.FindsNothingInReservedStreams::new,
                "Commands.aCommandBelongsToOneAggregate",
                "Commands.aRefusalStaysOne",
                "Commands.nothingToDoStaysSo",
                "Commands.ofManyDecisionsOnOneCommandOneIsTheOutcome",
                "ReservedStreams.eventsAreFoundByTheirIds");
    }

    @Test
    void findsAStorageThatFindsNothingById() {
        requireFound(
                PlantedBugs.FindsNothingById::new,
                "Commands.aCommandBelongsToOneAggregate",
                "Commands.aCommandIsCarriedOutOnce",
                "Commands.aCommandThatWouldBeRefusedNowStaysAccepted",
                "Commands.aDecisionGoesIntoOneAppendWithOthers",
                "Commands.aRefusalStaysOne",
                "Commands.nothingToDoStaysSo",
                "Commands.ofManyDecisionsOnOneCommandOneIsTheOutcome",
                "ReservedStreams.eventsAreFoundByTheirIds");
    }

    @Test
    void findsAStorageThatFindsInTheOrderOfTheQuestion() {
        requireFound(PlantedBugs.FindsInTheOrderOfTheQuestion::new, "ReservedStreams.eventsAreFoundByTheirIds");
    }

    @Test
    void findsAStorageThatForgetsRefusals() {
        requireFound(
                PlantedBugs.ForgetsRefusals::new,
                "Commands.aCommandBelongsToOneAggregate",
                "Commands.aRefusalStaysOne",
                "Commands.eventsAndRefusalsAreCausedByTheirCommand",
                "Commands.nothingToDoStaysSo",
                "Commands.ofManyDecisionsOnOneCommandOneIsTheOutcome");
    }

    @Test
    void findsAStorageWhosePagesReachTooFar() {
        requireFoundAmong(
                PlantedBugs.PageReachesTooFar::new,
                Set.of(
                        "Paging.aFullPageReachesNoFurtherThanItsLastEvent",
                        "Paging.filteredPagesFromAnywhereAddUp",
                        "Paging.filteredPagesOfAnySizeAddUp",
                        "Querying.anyQueryFindsWhatMatches"),
                Set.of("Concurrency.aTailingReaderOfACategoryMissesNothing"));
    }

    private static void requireFound(Supplier<EventStorage> bug, String... failing) {
        requireFoundAmong(bug, Set.of(failing), Set.of());
    }

    /**
     * Requires that the suite fails where it should and only there.
     *
     * @param certain the tests that must fail
     * @param lucky further tests that see the bug when the threads run that way
     */
    private static void requireFoundAmong(Supplier<EventStorage> bug, Set<String> certain, Set<String> lucky) {
        var run = ContractRun.ofEventStoreInBrief(bug);

        var unexpected = new TreeSet<>(run.failed());
        unexpected.removeAll(lucky);
        assertThat(unexpected).isEqualTo(new TreeSet<>(certain));
        assertThat(run.tests()).containsAll(lucky).hasSizeGreaterThan(100);
    }
}
