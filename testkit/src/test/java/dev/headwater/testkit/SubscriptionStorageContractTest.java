package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.memory.InMemorySubscriptionStorage;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The suite for storages of subscriptions fails where it should, only there, and never looks away. */
@Execution(ExecutionMode.CONCURRENT)
class SubscriptionStorageContractTest {

    private interface Bug extends Function<InMemorySubscriptionStorage<List<String>>, SpoilableStorage> {}

    @Test
    void neverSkipsATest() {
        var run = ContractRun.ofSubscriptionStorage(SpoilableStorage::new);

        assertThat(run.succeeded()).hasSizeGreaterThan(60).isEqualTo(run.tests());
    }

    @Test
    void findsAStorageThatMovesTheCheckpointThoughTheWorkFailed() {
        requireFound(
                PlantedSubscriptionBugs.MovesTheCheckpointThoughTheWorkFailed::new,
                "Checkpoints.workThatFailsMovesNothing");
    }

    @Test
    void findsAStorageThatSucceedsNobody() {
        requireFound(
                PlantedSubscriptionBugs.SucceedsNobody::new, "Segments.aSuccessorTakesOverAtOnceWhatThoseBeforeItHad");
    }

    @Test
    void findsAStorageThatSucceedsEverybody() {
        requireFound(PlantedSubscriptionBugs.SucceedsEverybody::new, "Segments.aSuccessorLeavesOthersAndItselfAlone");
    }

    @Test
    void findsAStorageThatSucceedsItself() {
        requireFound(PlantedSubscriptionBugs.SucceedsItself::new, "Segments.aSuccessorLeavesOthersAndItselfAlone");
    }

    @Test
    void findsAStorageThatForgetsTheOwner() {
        requireFound(
                PlantedSubscriptionBugs.ForgetsTheOwner::new,
                "Segments.aSuccessorTakesOverAtOnceWhatThoseBeforeItHad",
                "Segments.oneThatWasTakenForDeadSharesAgain",
                "Checkpoints.aFormerOwnerCannotWrite",
                "Checkpoints.oneLostSegmentHoldsAllBack",
                "Checkpoints.oneWhoseLeaseRanOutCannotWriteAfterItsSegmentsWereClaimed",
                "Letters.aFormerOwnerWritesNoLetter",
                "Rebuilds.aSuccessorTakesThePlaceOfTheFormerOneWhoseOwnersWriteNoMore",
                "Checkpoints.aTransactionWhoseOutcomeIsUnknownIsFoundOutByDoingItAgain",
                "Checkpoints.whoeverTakesASegmentTakesTheNextNumberOfItsOwner");
    }

    @Test
    void findsAStorageThatForgetsTheNumber() {
        requireFound(
                PlantedSubscriptionBugs.ForgetsTheNumber::new,
                "Checkpoints.aTransactionWhoseOutcomeIsUnknownIsFoundOutByDoingItAgain",
                "Checkpoints.whoeverTakesASegmentTakesTheNextNumberOfItsOwner",
                "Checkpoints.oneWhoKnowsAFormerCheckpointIsRefused",
                "Checkpoints.ofManyWhoKnowTheSameCheckpointOneMovesIt");
    }

    @Test
    void findsAStorageThatForgetsWhatIsOpen() {
        requireFound(
                PlantedSubscriptionBugs.ForgetsWhatIsOpen::new,
                "Marks.aCheckpointComesBackWithItsMarks",
                "Marks.marksGoWithTheSegmentToTheNextOwner",
                "Checkpoints.aCheckpointComesBackWithWhatIsOpen",
                "Checkpoints.whatIsOpenGoesWithTheSegmentToTheNextOwner",
                "Effects.anEffectOfAnEventThatIsOpenIsKept");
    }

    @Test
    void findsAStorageThatForgetsMarks() {
        requireFound(
                PlantedSubscriptionBugs.ForgetsMarks::new,
                "Marks.aCheckpointComesBackWithItsMarks",
                "Marks.marksGoWithTheSegmentToTheNextOwner");
    }

    @Test
    void findsAStorageThatKeepsNoRecords() {
        requireFound(
                PlantedSubscriptionBugs.KeepsNoRecords::new,
                "Marks.aLetterKeepsWhatCameOfItsEvent",
                "Marks.theMessageOfALetterIsReplacedOnceAndTriedInItsPlace");
    }

    @Test
    void findsAStorageThatKeepsLateEffects() {
        requireFound(
                PlantedSubscriptionBugs.KeepsLateEffects::new,
                "Effects.aRecordThatComesWhenTheEventIsDoneWithIsNotKept");
    }

    @Test
    void findsAStorageThatLeavesLettersBehind() {
        requireFound(
                PlantedSubscriptionBugs.LeavesLettersBehind::new,
                "Letters.aFirstLetterThatWaitsForNothingIsDueOnceItsSegmentIsClaimed",
                "Letters.aDiscardedLetterIsStillDiscardedWhenItsTurnComes",
                "Letters.theOneBehindASettledLetterIsDueAtOnce");
    }

    @Test
    void findsAStorageThatMovesSomeOfTheCheckpoints() {
        requireFound(
                PlantedSubscriptionBugs.MovesSomeOfTheCheckpoints::new,
                "Checkpoints.oneLostSegmentHoldsAllBack",
                "Checkpoints.whoeverTakesASegmentTakesTheNextNumberOfItsOwner");
    }

    @Test
    void findsAStorageThatWritesNoLetters() {
        var run = ContractRun.ofSubscriptionStorage(PlantedSubscriptionBugs.WritesNoLetters::new);

        assertThat(run.failed()).contains("Letters.aLetterComesBack").hasSizeGreaterThan(20);
    }

    @Test
    void findsAStorageThatLosesTheLettersOfADeadTransaction() {
        requireFound(
                PlantedSubscriptionBugs.LosesTheLettersOfADeadTransaction::new,
                "Letters.aPartOfTheWorkThatFailsTakesNoLetterWithIt");
    }

    @Test
    void findsAStorageThatWritesLettersOutsideOfTheTransaction() {
        requireFound(
                PlantedSubscriptionBugs.WritesLettersOutsideOfTheTransaction::new,
                "Letters.lettersComeOnlyWithTheCheckpoint");
    }

    @Test
    void findsAStorageThatSettlesOutsideOfTheTransaction() {
        requireFound(
                PlantedSubscriptionBugs.SettlesOutsideOfTheTransaction::new, "Letters.lettersGoOnlyWithTheCheckpoint");
    }

    @Test
    void findsAStorageThatSettlesWhatWasDiscarded() {
        requireFound(
                PlantedSubscriptionBugs.SettlesWhatWasDiscarded::new,
                "Letters.aLetterThatWasDiscardedWhileItWasTriedIsNotSettledAsHandled",
                "Marks.theMessageOfALetterIsReplacedOnceAndTriedInItsPlace");
    }

    @Test
    void findsAStorageThatParksWhatWasDiscarded() {
        requireFound(
                PlantedSubscriptionBugs.ParksWhatWasDiscarded::new,
                "Letters.aLetterThatWasDiscardedWhileItWasTriedStaysDiscarded");
    }

    @Test
    void findsAStorageThatForgetsTheFollowers() {
        requireFound(
                PlantedSubscriptionBugs.ForgetsTheFollowers::new,
                "Letters.aDiscardedLetterIsStillDiscardedWhenItsTurnComes",
                "Letters.aFirstLetterThatWaitsForNothingIsDueOnceItsSegmentIsClaimed",
                "Letters.theOneBehindASettledLetterIsDueAtOnce");
    }

    @Test
    void findsAStorageThatForgetsTheFirstFailure() {
        requireFound(
                PlantedSubscriptionBugs.ForgetsTheFirstFailure::new,
                "Letters.aLetterThatFailsAgainIsReplacedButKeepsTheTimesOfItsParkingAndFirstFailure");
    }

    @Test
    void findsAStorageThatTakesTheParkingForTheFirstFailure() {
        requireFound(
                PlantedSubscriptionBugs.TakesTheParkingForTheFirstFailure::new,
                "Letters.aFollowerFailsForTheFirstTimeWhenItsHandlerIsCalled",
                "Letters.aLetterComesBack");
    }

    @Test
    void findsAStorageThatForgetsWhatIsParked() {
        requireFound(
                PlantedSubscriptionBugs.ForgetsWhatIsParked::new,
                "Letters.aFirstLetterThatWaitsForNothingIsDueOnceItsSegmentIsClaimed",
                "Letters.aResetForgetsLettersOfWhatComesAgain",
                "Letters.manyLettersAreWrittenAtOnce",
                "Letters.parkedKeysAreToldBySegment",
                "Letters.theOneBehindASettledLetterIsDueAtOnce");
    }

    @Test
    void findsAStorageThatReadsSequencesBackwards() {
        requireFound(
                PlantedSubscriptionBugs.ReadsSequencesBackwards::new,
                "Letters.aSequenceIsReadInOrder",
                "Letters.theOneBehindASettledLetterIsDueAtOnce");
    }

    @Test
    void findsAStorageThatRetriesEverySubscription() {
        requireFound(
                PlantedSubscriptionBugs.RetriesEverySubscription::new,
                "Decisions.aRetryMakesTheFirstOfEachSequenceDue",
                "Decisions.aRetryTouchesNoOtherSubscription",
                "Decisions.everyDecisionIsKept",
                "Decisions.onlyWhatHasFailedIsRetried");
    }

    @Test
    void findsAStorageThatForgetsEffects() {
        requireFound(
                PlantedSubscriptionBugs.ForgetsEffects::new,
                "Effects.aResetForgetsAllEffectsButThoseOfTheLettersThatStay",
                "Effects.anEffectStaysDoneThoughTheTransactionAroundItFails",
                "Effects.anEffectThatIsDoneIsRemembered",
                "Effects.effectsAreForgottenOnlyWithTheCheckpoint",
                "Effects.parkingAnEventForgetsNoEffect",
                "Effects.theEffectsOfAnotherSubscriptionAreOthers",
                "Effects.aRecordThatComesWhenTheEventIsDoneWithIsNotKept",
                "Effects.anEffectOfAnEventThatIsOpenIsKept");
    }

    @Test
    void findsAStorageThatForgetsEffectsOutsideOfTheTransaction() {
        requireFound(
                PlantedSubscriptionBugs.ForgetsEffectsOutsideOfTheTransaction::new,
                "Effects.effectsAreForgottenOnlyWithTheCheckpoint");
    }

    @Test
    void findsAStorageThatKeepsEffectsForEver() {
        requireFound(
                PlantedSubscriptionBugs.KeepsEffectsForEver::new,
                "Effects.aResetForgetsAllEffectsButThoseOfTheLettersThatStay",
                "Effects.aSubscriptionThatIsForgottenTakesItsEffectsWithIt",
                "Effects.effectsAreForgottenOnlyWithTheCheckpoint",
                "Effects.parkingAnEventForgetsNoEffect",
                "Effects.aRecordThatComesWhenTheEventIsDoneWithIsNotKept");
    }

    @Test
    void findsAStorageThatTellsNoSurplus() {
        requireFound(
                PlantedSubscriptionBugs.TellsNoSurplus::new,
                "Segments.addingAnInstanceBeforeOneLeavesMovesNoSegmentMoreThanNeeded",
                "Segments.anInstanceInThePlaceOfAnotherTakesWhatThatOneHad",
                "Segments.concurrentRenewalsGiveEachSegmentOneOwner",
                "Segments.moreInstancesThanSegmentsLeaveSomeIdle",
                "Segments.oneThatDiedTakesNoShare",
                "Segments.oneThatWasTakenForDeadSharesAgain",
                "Segments.replacingEveryInstanceMovesNoSegmentMoreThanNeeded",
                "Segments.sharesAreFair",
                "Segments.theSurplusIsTold");
    }

    @Test
    void findsAStorageThatLeasesForEver() {
        requireFound(
                PlantedSubscriptionBugs.LeasesForEver::new,
                "Checkpoints.aSegmentDoesNotChangeHandsInTheMiddleOfATransaction",
                "Checkpoints.oneLostSegmentHoldsAllBack",
                "Checkpoints.oneWhoseLeaseRanOutCannotWriteAfterItsSegmentsWereClaimed",
                "Segments.aLeaseThatRanOutCanBeClaimed",
                "Segments.oneThatDiedTakesNoShare",
                "Checkpoints.whatIsOpenGoesWithTheSegmentToTheNextOwner",
                "Checkpoints.whoeverTakesASegmentTakesTheNextNumberOfItsOwner");
    }

    @Test
    void findsAStorageThatLeasesForNoTime() {
        requireFound(
                PlantedSubscriptionBugs.LeasesForNoTime::new,
                "Checkpoints.oneLostSegmentHoldsAllBack",
                "Segments.aLeaseThatLastsKeepsOthersAway",
                "Segments.aRenewalLengthensTheLease",
                "Checkpoints.whoeverTakesASegmentTakesTheNextNumberOfItsOwner");
    }

    @Test
    void findsAStorageThatRemembersThoseWhoLeft() {
        requireFound(
                PlantedSubscriptionBugs.RemembersThoseWhoLeft::new,
                "Checkpoints.aFormerOwnerCannotWrite",
                "Marks.marksGoWithTheSegmentToTheNextOwner",
                "Segments.addingAnInstanceBeforeOneLeavesMovesNoSegmentMoreThanNeeded",
                "Segments.anInstanceInThePlaceOfAnotherTakesWhatThatOneHad",
                "Segments.everyChangeOfTheOwnerRaisesTheEpoch",
                "Segments.oneThatLeavesFreesItsSegmentsAndItsShare",
                "Segments.replacingEveryInstanceMovesNoSegmentMoreThanNeeded",
                "Segments.whatAnInstanceHasLostItCannotRelease",
                "Checkpoints.whatIsOpenGoesWithTheSegmentToTheNextOwner");
    }

    @Test
    void findsAStorageThatResetsWithoutEndingClaims() {
        requireFound(
                PlantedSubscriptionBugs.ResetsWithoutEndingClaims::new,
                "Effects.aResetForgetsAllEffectsButThoseOfTheLettersThatStay",
                "Segments.aResetMovesEverySegmentAndEndsEveryClaim",
                "Overviews.namesThatNobodyKnowsAreRefusedWithTheNearest");
    }

    @Test
    void findsAStorageThatKeepsNoPace() {
        requireFound(PlantedDecisionBugs.KeepsNoPace::new, "Decisions.sequencesAreBegunAtTheGivenPace");
    }

    @Test
    void findsAStorageThatCountsByName() {
        requireFound(PlantedDecisionBugs.CountsByName::new, "Decisions.failuresAreCountedByFingerprint");
    }

    @Test
    void findsAStorageThatAppendsWithoutDeciding() {
        requireFound(
                PlantedDecisionBugs.AppendsWithoutDeciding::new,
                "Edits.aRepeatedEditChangesNothing",
                "Edits.anEditAppendsTheCorrectedEventAndGivesTheLetterUp",
                "Edits.anEditThatCannotBeAppendedLeavesTheLetterAsItWas",
                "Edits.anEditThatEndedBetweenEventAndDecisionIsCompletedByRepeatingIt",
                "Edits.ofSeveralWhoCorrectALetterOneSucceeds",
                "Edits.whatWasDecidedOtherwiseIsNotCorrected",
                "Edits.anEditWithPersonalDataIsRepeatedSafelyToo");
    }

    @Test
    void findsAStorageThatDecidesBeforeAppending() {
        requireFound(
                PlantedDecisionBugs.DecidesBeforeAppending::new,
                "Edits.anEditThatCannotBeAppendedLeavesTheLetterAsItWas",
                "Edits.anEditThatEndedBetweenEventAndDecisionIsCompletedByRepeatingIt");
    }

    @Test
    void findsAStorageThatCorrectsWhatWasDecided() {
        requireFound(
                PlantedDecisionBugs.CorrectsWhatWasDecided::new,
                "Edits.ofSeveralWhoCorrectALetterOneSucceeds",
                "Edits.whatWasDecidedOtherwiseIsNotCorrected",
                "Edits.anEditWithPersonalDataIsRepeatedSafelyToo");
    }

    @Test
    void findsAStorageThatReplacesUnchecked() {
        requireFound(
                PlantedDecisionBugs.ReplacesUnchecked::new,
                "Overviews.oneThatWasReplacedSaysSoAndCannotGoOn",
                "Rebuilds.aSuccessorThatHasNotComeAsFarIsRefused",
                "Rebuilds.aSuccessorWithDeadLettersIsRefused");
    }

    @Test
    void findsAStorageThatReplacesWithoutEndingClaims() {
        requireFound(
                PlantedDecisionBugs.ReplacesWithoutEndingClaims::new,
                "Rebuilds.aSuccessorTakesThePlaceOfTheFormerOneWhoseOwnersWriteNoMore",
                "Overviews.oneThatWasReplacedSaysSoAndCannotGoOn");
    }

    @Test
    void findsAStorageThatReplacesThoughTheSwitchFailed() {
        requireFound(
                PlantedDecisionBugs.ReplacesThoughTheSwitchFailed::new, "Rebuilds.aSwitchThatFailsReplacesNothing");
    }

    @Test
    void findsAStorageThatForgetsNothing() {
        requireFound(
                PlantedDecisionBugs.ForgetsNothing::new,
                "Effects.aSubscriptionThatIsForgottenTakesItsEffectsWithIt",
                "Rebuilds.aForgottenSubscriptionBeginsAnewAndKeepsOnlyItsHistory",
                "Overviews.namesThatNobodyKnowsAreRefusedWithTheNearest",
                "Overviews.oneThatWasForgottenIsMissingAndTheOthersGoOn");
    }

    @Test
    void findsAStorageThatRehearsesInEarnest() {
        requireFound(
                PlantedDecisionBugs.RehearsesInEarnest::new,
                "Rebuilds.aRehearsalTellsWhatItWouldChangeAndChangesNothing",
                "Rebuilds.aRehearsalThatFailsTellsHowAndChangesNothing");
    }

    @Test
    void findsAStorageThatRedactsNoStackTrace() {
        requireFound(
                PlantedSubscriptionBugs.RedactsNoStackTrace::new,
                "Redactions.aRedactedFailureSaysOnlyWhatWasThrownAndWhere",
                "Redactions.everySubscriptionAndEventOfTheStreamsIsRedactedAndNoOther");
    }

    @Test
    void findsAStorageThatRedactsOneStream() {
        requireFound(
                PlantedSubscriptionBugs.RedactsOneStream::new,
                "Redactions.everySubscriptionAndEventOfTheStreamsIsRedactedAndNoOther");
    }

    @Test
    void findsAStorageThatRedactsWhenItCounts() {
        requireFound(
                PlantedSubscriptionBugs.RedactsWhenItCounts::new,
                "Redactions.countingRedactsNothing",
                "Redactions.everySubscriptionAndEventOfTheStreamsIsRedactedAndNoOther");
    }

    @Test
    void findsAStorageThatTellsWhatItRemembersFromBeforeAReset() {
        requireFound(PlantedOverviewBugs.TellsTheStateBeforeAReset::new, "Overviews.aResetIsToldAtOnce");
    }

    @Test
    void findsAStorageThatTakesAnyName() {
        requireFound(PlantedOverviewBugs.TakesAnyName::new, "Overviews.namesThatNobodyKnowsAreRefusedWithTheNearest");
    }

    @Test
    void findsAStorageThatTellsWhoPausedLast() {
        requireFound(PlantedOverviewBugs.TellsWhoPausedLast::new, "Overviews.whoPausedFirstIsToldUntilSomebodyResumes");
    }

    @Test
    void findsAStorageThatResumesWhatWasReplaced() {
        requireFound(
                PlantedOverviewBugs.ResumesWhatWasReplaced::new, "Overviews.oneThatWasReplacedSaysSoAndCannotGoOn");
    }

    @Test
    void findsAStorageThatRenewsNothingWhenOneIsForgotten() {
        requireFound(
                PlantedOverviewBugs.RenewsNothingWhenOneIsForgotten::new,
                "Overviews.oneThatWasForgottenIsMissingAndTheOthersGoOn");
    }

    private static void requireFound(Bug bug, String... failing) {
        var run = ContractRun.ofSubscriptionStorage(bug);

        assertThat(new TreeSet<>(run.failed())).isEqualTo(new TreeSet<>(Set.of(failing)));
    }
}
