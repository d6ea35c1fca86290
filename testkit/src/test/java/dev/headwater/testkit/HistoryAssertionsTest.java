package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.export.LogExport;
import dev.headwater.history.HistoryCheck;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Noted;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryAssertionsTest {

    private static final MessageSerializer EVERYTHING = new MessageSerializer(MessageTypes.of(ContractEvent.class));

    private final InMemoryEventStorage storage = new InMemoryEventStorage();

    @Test
    void anExportedHistoryIsCheckedAgainstTheCode(@TempDir Path folder) throws Exception {
        var file = folder.resolve("events.ndjson");
        new EventStore(storage, EVERYTHING)
                .append(StreamId.of("a", "1"), ExpectedVersion.any(), new Noted("one"), new Counted(2));
        LogExport.of(storage).to(file);

        HistoryAssertions.assertHandled(HistoryCheck.of(HistoryAssertions.exported(file, EVERYTHING)));

        var unaware = HistoryAssertions.exported(file, new MessageSerializer(MessageTypes.of(Noted.class)));
        assertThatThrownBy(() -> HistoryAssertions.assertHandled(HistoryCheck.of(unaware)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("'contract.counted' version 1 fails")
                .satisfies(e -> assertThat(e).hasMessageContaining("position 2"));
    }
}
