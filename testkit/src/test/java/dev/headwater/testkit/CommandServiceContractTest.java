package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The suite for commands between services fails where it should. */
class CommandServiceContractTest {

    @Test
    void findsThatARepeatedCommandIsAnsweredTwice() {
        assertThat(ContractRun.ofCommands(PlantedCommandBugs.AnswersTwice::new).failed())
                .contains("aRepeatedCommandIsCarriedOutOnceAndGivenItsOutcomeEachTime");
    }

    @Test
    void findsThatAnExpiredCommandIsCarriedOut() {
        assertThat(ContractRun.ofCommands(broker -> new PlantedCommandBugs.Loses(broker, "ce_expirytime"))
                        .failed())
                .containsExactly("anExpiredCommandIsRefusedAndNotCarriedOut");
    }

    @Test
    void findsThatTheCauseIsLost() {
        assertThat(ContractRun.ofCommands(broker -> new PlantedCommandBugs.Loses(broker, "ce_causationid"))
                        .failed())
                .containsExactlyInAnyOrder(
                        "anOutcomeNamesTheCommandAsItsCauseAndGoesOnWithItsConversation",
                        "aCommandInTheLogIsSentFromThereAndItsOutcomeIsHeardForGood");
    }
}
