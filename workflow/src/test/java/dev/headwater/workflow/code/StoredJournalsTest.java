package dev.headwater.workflow.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Journals that releases have written are read by the code as it is now. */
class StoredJournalsTest {

    @Test
    void theJournalsOfEveryReleaseReplayUpToEveryEntry() throws IOException, URISyntaxException {
        for (var release : StoredJournals.releases()) {
            for (var sample : StoredJournals.WRITTEN_NOW.entrySet()) {
                var log = StoredJournals.read(release.resolve(sample.getKey() + ".ndjson"));
                assertThat(StoredJournals.disagreements(
                                log, sample.getValue().get().definitions()))
                        .as("%s of %s", sample.getKey(), release.getFileName())
                        .isEmpty();
            }
        }
    }

    @Test
    void whatIsWrittenNowHasTheFormatOfTheNewestSamples() throws IOException, URISyntaxException {
        var newest = StoredJournals.releases().getLast();
        for (var sample : StoredJournals.WRITTEN_NOW.entrySet()) {
            var log = StoredJournals.read(newest.resolve(sample.getKey() + ".ndjson"));
            assertThat(StoredJournals.format(sample.getValue().get().log()))
                    .as(
                            "The format of journals has changed since %s. Give the entry a new schema version and an"
                                    + " upcaster, and write samples with StoredJournals.main into a folder of this release",
                            newest.getFileName())
                    .isEqualTo(StoredJournals.format(log));
        }
    }

    @Test
    void theSamplesHoldEveryEntry() throws IOException, URISyntaxException {
        var newest = StoredJournals.releases().getLast();
        var types = new TreeSet<String>();
        for (var sample : StoredJournals.WRITTEN_NOW.keySet()) {
            StoredJournals.format(StoredJournals.read(newest.resolve(sample + ".ndjson")))
                    .forEach(field -> types.add(field.substring(0, field.indexOf(' '))));
        }

        assertThat(types).containsAll(JournalTypes.TYPES.namesOf(Entry.class));
    }
}
