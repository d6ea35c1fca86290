package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.command.CommandLog;
import dev.headwater.export.LogExport;
import dev.headwater.export.LogImport;
import dev.headwater.failure.Failure;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.privacy.Personal;
import dev.headwater.privacy.SubjectForgottenException;
import dev.headwater.privacy.SubjectKey;
import dev.headwater.privacy.SubjectKeys;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What forgetting somebody has to reach in a log and everything that is kept beside it, as a JUnit suite: extend it and
 * say how to make these.
 *
 * @param <T> what projections write through
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
public abstract class ErasureContract<T> extends ErasureFixture<T> {

    /** For subclasses. */
    protected ErasureContract() {}

    /**
     * A log and all that is kept beside it.
     *
     * @param <T> what projections write through
     */
    public interface Subject<T> extends AutoCloseable {
        /** The log. */
        EventStorage log();

        /** The keys of subjects. */
        SubjectKeys keys();

        /** The snapshots. */
        SnapshotStore snapshots();

        /** The checkpoints and letters. */
        SubscriptionStorage<T> subscriptions();

        /** The letters, as people see them. */
        DeadLetters letters();

        /** Everything that is kept anywhere, as text; binary values in hexadecimal digits. */
        List<String> everything() throws Exception;

        @Override
        void close();
    }

    @Test
    void afterForgettingTheValuesAreNowhere() throws Exception {
        fill();
        takeSnapshots();
        failForAda();
        var key = key();
        assertTrue(holds(NAME), "the careless handler has repeated the name");
        assertTrue(holds(key), "there is a key");

        erasure.forget(ADA);

        for (var text : List.of(NAME, CITY, "Secret", key)) {
            assertFalse(holds(text), "'" + text + "' is kept somewhere");
        }
        assertTrue(holds(Failure.REDACTED), "the letter stays");
    }

    @Test
    void whatIsInReservedStreamsIsForgottenToo() throws Exception {
        new CommandLog(store).send("ada", new Rename(Personal.of(ADA, NAME)));

        var report = erasure.forget(ADA);

        assertEquals(Map.of("person.rename", 1L), report.eventsByType());
        assertEquals(
                new Rename(new Personal.Forgotten<>(ADA)), store.readEvent(1).message());
        assertFalse(holds(NAME), "'" + NAME + "' is kept somewhere");
    }

    @Test
    void afterForgettingEveryReaderFindsThemForgotten() throws Exception {
        fill();
        takeSnapshots();
        failForAda();

        erasure.forget(ADA);

        var forgotten = new PersonEvent.Named(new Personal.Forgotten<>(ADA));
        var nowhere = new PersonEvent.Moved(ADA, "nowhere");
        assertEquals(List.of(forgotten, nowhere), decoded(store.readStream(ADAS).toList()));
        assertEquals(
                List.of(forgotten, nowhere),
                decoded(store.readLog(0)
                        .filter(event -> event.stream().equals(ADAS))
                        .toList()));
        assertEquals(new Person(new Personal.Forgotten<>(ADA), "nowhere"), load("1"));

        assertEquals(1, subject.letters().retry(DeadLetterFilter.of("mail"), "somebody"));
        Await.until("the letter was handled", LIMIT, () -> letters().isEmpty());
        assertTrue(decoded(handled).contains(forgotten), "the handler that failed now finds it forgotten");
    }

    @Test
    void aSnapshotInWireFormReadsAsForgottenToo() throws Exception {
        fill();
        takeSnapshots();
        var kept = subject.snapshots().load(ADAS, "person").orElseThrow();

        erasure.forget(ADA);

        assertEquals(0, subject.snapshots().count(ADAS));
        subject.snapshots().save(kept);
        assertEquals(new Personal.Forgotten<>(ADA), load("1").name());
    }

    @Test
    void nobodyElseIsForgotten() throws Exception {
        fill();
        takeSnapshots();

        erasure.forget(ADA);

        assertEquals(
                List.of(
                        new PersonEvent.Moved(ADA, "nowhere"),
                        new PersonEvent.Named(Personal.of(BOB, "Bob")),
                        new PersonEvent.Seen(ADA)),
                decoded(store.readStream(BOTHS).toList()));
        assertEquals(1, subject.snapshots().count(NOBODYS));
        assertInstanceOf(SubjectKey.Active.class, subject.keys().find(BOB).orElseThrow());
    }

    @Test
    void theReportSaysWhatItTouched() throws Exception {
        fill();
        takeSnapshots();
        failForAda();

        var preview = erasure.preview(ADA);
        var report = erasure.forget(ADA);

        assertEquals(preview, report);
        assertEquals(ADA, report.subject());
        assertTrue(report.key());
        assertEquals(Map.of("person.named", 1L, "person.moved", 2L), report.eventsByType());
        assertEquals(3, report.events());
        assertEquals(List.of(ADAS, BOTHS), List.copyOf(report.streams()));
        assertEquals(OptionalLong.of(2), report.firstPosition());
        assertEquals(OptionalLong.of(4), report.lastPosition());
        assertEquals(3, report.snapshots());
        assertEquals(1, report.deadLetters());
    }

    @Test
    void eventsThatUpcastersDropAreReachedToo() throws Exception {
        former.append(NOBODYS, ExpectedVersion.any(), new Met(Personal.of(ADA, NAME)));
        append(NOBODYS, new PersonEvent.Seen(ADA));
        save("3", "careless", new Careless(NAME));

        var report = erasure.forget(ADA);

        assertFalse(holds(NAME), "the name is kept in a snapshot");
        assertEquals(Map.of("person.met", 1L), report.eventsByType());
        assertEquals(List.of(NOBODYS), List.copyOf(report.streams()));
        assertEquals(1, report.snapshots());
    }

    @Test
    void aPreviewChangesNothing() throws Exception {
        fill();
        takeSnapshots();
        failForAda();
        subscriptions.close();
        var before = subject.everything();

        erasure.preview(ADA);
        erasure.preview("stranger");

        assertEquals(before, subject.everything());
    }

    @Test
    void forgettingAgainFinishesWhatIsLeft() throws Exception {
        fill();
        erasure.forget(ADA);
        takeSnapshots();

        var again = erasure.forget(ADA);

        assertFalse(again.key());
        assertEquals(3, again.events());
        assertEquals(3, again.snapshots());
        assertEquals(0, subject.snapshots().count(ADAS));
    }

    @Test
    void whoWasNotKnownIsForgottenBeforehand() throws Exception {
        fill();

        var report = erasure.forget("stranger");

        assertFalse(report.key());
        assertEquals(0, report.events());
        assertEquals(OptionalLong.empty(), report.firstPosition());
        assertThrows(
                SubjectForgottenException.class,
                () -> append(NOBODYS, new PersonEvent.Named(Personal.of("stranger", "Eve"))));
    }

    @Test
    void nothingIsStoredOfAnAppendAboutAForgottenSubject() throws Exception {
        fill();
        erasure.forget(ADA);
        long head = store.headPosition();

        assertThrows(
                SubjectForgottenException.class,
                () -> append(BOTHS, new PersonEvent.Seen(ADA), new PersonEvent.Moved(ADA, "back")));

        assertEquals(head, store.headPosition());
        append(BOTHS, new PersonEvent.Named(new Personal.Forgotten<>(ADA)));
        assertEquals(head + 1, store.headPosition());
    }

    @Test
    void subjectsAreToldApartByTheirWholeId() throws Exception {
        append(ADAS, new PersonEvent.Named(Personal.of("person-10", "Ten")));
        append(BOTHS, new PersonEvent.Named(Personal.of("a/b\"c\\d é", "Odd")));

        assertEquals(0, erasure.preview(ADA).events());
        assertEquals(1, erasure.preview("person-10").events());
        assertEquals(1, erasure.preview("a/b\"c\\d é").events());
    }

    @Test
    void anExportHoldsNothingInTheClearAndReadsAsForgottenToo(@TempDir Path folder) throws Exception {
        fill();
        var file = folder.resolve("log.ndjson");
        LogExport.of(subject.log()).to(file);

        erasure.forget(ADA);

        assertFalse(Files.readString(file).contains("Secret"));
        var restored = new InMemoryEventStorage();
        LogImport.into(restored).from(file);
        assertEquals(
                List.of(new PersonEvent.Named(new Personal.Forgotten<>(ADA)), new PersonEvent.Moved(ADA, "nowhere")),
                decoded(new EventStore(restored, store.serializer())
                        .readStream(ADAS)
                        .toList()));
    }
}
