package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.fail;

import dev.headwater.MessageSerializer;
import dev.headwater.export.LogImport;
import dev.headwater.history.HistoryCheck;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.EventStore;
import java.io.IOException;
import java.nio.file.Path;

/** Fails a test, or the gate before a deployment, when the present code cannot handle stored events. */
public final class HistoryAssertions {

    private HistoryAssertions() {}

    /** Runs the check and fails with its report unless the code can handle everything. */
    public static void assertHandled(HistoryCheck<?> check) {
        var report = check.run();
        if (!report.isClean()) {
            fail(report.toString());
        }
    }

    /**
     * The events of an exported file as a store in memory, to be checked: a sample, or a log that fits there.
     *
     * @param serializer the application's own
     */
    public static EventStore exported(Path file, MessageSerializer serializer) throws IOException {
        var storage = new InMemoryEventStorage();
        LogImport.into(storage).renumbering().from(file);
        return new EventStore(storage, serializer);
    }
}
