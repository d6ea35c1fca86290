package dev.headwater.workflow.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.store.AppendResult;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.ForwardingEventStorage;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The simulation is worth something only if it finds mistakes, so each of these is planted and must be found. */
class PlantedBugsTest {

    private static final int MOST_SEEDS = 1_000;

    @Test
    void whatIsNotChangedIsNotWrong() {
        assertThat(Mutant.unchanged().wrongs(3)).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> aBugInTheEngineIsFound() {
        return Stream.of(Mutant.Bug.values())
                .map(bug -> DynamicTest.dynamicTest(
                        bug.toString(),
                        () -> assertThat(Mutant.with(bug).firstWrong(MOST_SEEDS))
                                .isPresent()));
    }

    @Test
    void appendingWithoutAnExpectedVersionIsFound() {
        assertFound(troubles -> troubles.storage = storage -> new Bent(storage) {
            @Override
            EncodedAppend.Part bend(EncodedAppend.Part part) {
                return part.stream().name().startsWith("$shop.order")
                        ? new EncodedAppend.Part(part.stream(), ExpectedVersion.any(), part.events())
                        : part;
            }
        });
    }

    @Test
    void idsOfEntriesThatDeriveFromTheirPlaceAreFound() {
        assertFound(troubles -> troubles.storage = storage -> new Bent(storage) {
            @Override
            EncodedAppend.Part bend(EncodedAppend.Part part) {
                return part.stream().name().startsWith("$shop.order") ? withDerivedIds(part) : part;
            }
        });
    }

    private static EncodedAppend.Part withDerivedIds(EncodedAppend.Part part) {
        return new EncodedAppend.Part(
                part.stream(),
                part.expected(),
                part.events().stream()
                        .map(event -> event.message().type().equals("$workflow.stepped")
                                ? new EncodedAppend.Event(derived(part, event.message()), event.tags())
                                : event)
                        .toList());
    }

    private static dev.headwater.EncodedMessage derived(EncodedAppend.Part part, dev.headwater.EncodedMessage message) {
        var payload = new String(message.payload(), java.nio.charset.StandardCharsets.UTF_8);
        var place = payload.replaceAll(".*\"place\":\"([^\"]*)\".*", "$1");
        var id =
                UUID.nameUUIDFromBytes((part.stream() + " " + place).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return new dev.headwater.EncodedMessage(
                id, message.type(), message.schemaVersion(), message.time(), message.metadata(), message.payload());
    }

    @Test
    void recordingACommandApartFromItsEventsIsFound() {
        assertFound(troubles -> {
            troubles.overlaps = 0.3;
            troubles.storage = RecordsCommandsApart::new;
        });
    }

    @Test
    void decidingACommandBeforeLookingForItsRepetitionIsFound() {
        assertFound(troubles -> troubles.commandsAreNotRecognised = true);
    }

    @Test
    void aTimeThatEndsWithoutTheOrderOfTheLogIsFound() {
        assertFound(troubles -> troubles.timersOvertakeTheLog = true);
    }

    private static void assertFound(Consumer<Simulation.Troubles> bug) {
        assertThat(LongStream.range(0, MOST_SEEDS)
                        .boxed()
                        .flatMap(seed -> {
                            var troubles = Trials.troubles(seed);
                            bug.accept(troubles);
                            return Trials.wrongs("seed " + seed, seed, troubles).stream();
                        })
                        .findFirst())
                .isPresent();
    }

    private static final class RecordsCommandsApart extends ForwardingEventStorage {
        RecordsCommandsApart(EventStorage storage) {
            super(storage);
        }

        @Override
        public AppendResult append(EncodedAppend append) {
            if (append.parts().size() == 2 && !append.parts().get(1).stream().isReserved()) {
                super.append(new EncodedAppend(List.of(append.parts().get(1)), Optional.empty()));
                return super.append(new EncodedAppend(List.of(append.parts().get(0)), append.condition()));
            }
            return super.append(append);
        }
    }

    /** Changes the parts of appends. */
    private abstract static class Bent extends ForwardingEventStorage {
        Bent(EventStorage storage) {
            super(storage);
        }

        abstract EncodedAppend.Part bend(EncodedAppend.Part part);

        @Override
        public AppendResult append(EncodedAppend append) {
            return super.append(
                    new EncodedAppend(append.parts().stream().map(this::bend).toList(), append.condition()));
        }
    }
}
