package dev.headwater.examples.quickstart;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.MessageTypes;
import dev.headwater.command.CommandDelivery;
import dev.headwater.examples.quickstart.WorkflowQuickstart.Stay;
import dev.headwater.examples.quickstart.WorkflowQuickstart.StayCommand;
import dev.headwater.examples.quickstart.WorkflowQuickstart.StayEvent;
import dev.headwater.examples.quickstart.WorkflowQuickstart.StayEvent.RoomBooked;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.simulation.Simulation;
import dev.headwater.workflow.ProcessState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The test of the guide: a stay is arranged whatever happens. */
class StaySimulationTest {

    // spotless:off
    // snippet:simulation
    @Test
    void aStayIsArrangedWhateverHappens() {
        var types = MessageTypes.of(StayEvent.class, StayCommand.class);
        Simulation.seeds(types, 100).forEach(simulation -> {
            simulation.running(process -> process.workflows()
                    .run(WorkflowQuickstart.STAY)
                    .commands(CommandDelivery.named("rooms", types)
                            .toHandler(StayCommand.class, command -> {
                                process.disturb();
                                process.store().append(
                                        StreamId.of("room", "12"), ExpectedVersion.any(), new RoomBooked("1", "12"));
                            }))
                    .start());

            simulation.workflows().start(WorkflowQuickstart.STAY, "1", new Stay("Ann", 3));
            simulation.pass(ofHours(1));
            simulation.finish(ofDays(1));

            assertThat(simulation.find("stay", "1").orElseThrow().state())
                    .isIn(ProcessState.COMPLETED, ProcessState.FAILED);
        });
    }
    // end
    // spotless:on

    @Test
    void theTestOfTheGuideIsTheOneThatIsCompiled() throws IOException {
        var source =
                Files.readString(Path.of("src/test/java/dev/headwater/examples/quickstart/StaySimulationTest.java"));
        var begin = "    // snippet:simulation\n";
        int from = source.indexOf(begin) + begin.length();
        var program =
                source.substring(from, source.indexOf("    // end\n", from)).indent(-4);

        assertThat(Files.readString(Path.of("../../docs/testing.md"))).contains("```java\n" + program + "```\n");
    }
}
