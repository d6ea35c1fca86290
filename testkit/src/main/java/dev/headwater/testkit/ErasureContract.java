package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Memento;
import dev.headwater.aggregate.SnapshotPolicy;
import dev.headwater.aggregate.Snapshots;
import dev.headwater.privacy.DataSubject;
import dev.headwater.privacy.Erasure;
import dev.headwater.privacy.Personal;
import dev.headwater.privacy.PersonalData;
import dev.headwater.privacy.PersonalDataModule;
import dev.headwater.privacy.SubjectForgottenException;
import dev.headwater.privacy.SubjectKey;
import dev.headwater.privacy.SubjectKeys;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.Snapshot;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.Failure;
import dev.headwater.subscription.FailureKind;
import dev.headwater.subscription.RetryPolicy;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What forgetting somebody has to reach in a log and everything that is kept beside it, as a JUnit suite: extend it and
 * say how to make these.
 *
 * @param <T> what projections write through
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
public abstract class ErasureContract<T> {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ADA = "person-1";
    private static final String BOB = "person-2";
    private static final String NAME = "Ada Secret Lovelace";
    private static final String CITY = "Secret Marylebone";
    private static final StreamId ADAS = new StreamId("account-1");
    private static final StreamId BOTHS = new StreamId("account-2");
    private static final StreamId NOBODYS = new StreamId("account-3");

    private Subject<T> subject;
    private EventStore store;
    private Erasure erasure;
    private Subscriptions<T> subscriptions;
    private final List<StoredEvent> handled = new CopyOnWriteArrayList<>();

    /** For subclasses. */
    protected ErasureContract() {}

    /** Makes an empty log, with all that is kept beside it; called once before each test. */
    protected abstract Subject<T> open() throws Exception;

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

    sealed interface PersonEvent extends DomainEvent {

        @MessageType("person.named")
        record Named(Personal<String> name) implements PersonEvent {}

        @MessageType("person.moved")
        record Moved(
                @DataSubject String person,
                @PersonalData(replacement = "nowhere") String city) implements PersonEvent {}

        @MessageType("person.seen")
        record Seen(String person) implements PersonEvent {}
    }

    record Person(@Nullable Personal<String> name, @Nullable String city) {}

    /** A memento that holds in the clear what events hold encrypted. */
    record Careless(String name) {}

    private static final class Persons implements Decider<PersonEvent, Person, PersonEvent> {
        @Override
        public Person initial() {
            return new Person(null, null);
        }

        @Override
        public List<PersonEvent> decide(PersonEvent command, Person state) {
            return List.of(command);
        }

        @Override
        public Person evolve(Person state, PersonEvent event) {
            return switch (event) {
                case PersonEvent.Named(var name) -> new Person(name, state.city());
                case PersonEvent.Moved(var person, var city) -> new Person(state.name(), city);
                case PersonEvent.Seen seen -> state;
            };
        }
    }

    @BeforeEach
    final void openAll() throws Exception {
        subject = open();
        var mapper = MessageSerializer.defaultMapper()
                .addModule(new PersonalDataModule(subject.keys()))
                .build();
        var types = MessageTypes.of(PersonEvent.class);
        store = new EventStore(
                subject.log(), MessageSerializer.builder(types).mapper(mapper).build());
        erasure = new Erasure(subject.keys(), store, subject.snapshots(), subject.letters());
        subscriptions = new Subscriptions<>(store, subject.subscriptions());
    }

    @AfterEach
    final void closeAll() {
        subscriptions.close();
        subject.close();
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

    private void append(StreamId stream, DomainEvent... events) {
        store.append(stream, ExpectedVersion.any(), events);
    }

    private void fill() {
        append(NOBODYS, new PersonEvent.Seen(ADA));
        append(ADAS, new PersonEvent.Named(Personal.of(ADA, NAME)), new PersonEvent.Moved(ADA, CITY));
        append(
                BOTHS,
                new PersonEvent.Moved(ADA, CITY),
                new PersonEvent.Named(Personal.of(BOB, "Bob")),
                new PersonEvent.Seen(ADA));
    }

    /** One snapshot of each stream in wire form, and one of Ada's with her name in the clear. */
    private void takeSnapshots() {
        for (var id : List.of("1", "2", "3")) {
            save(id, "person", load(id));
        }
        save("1", "careless", new Careless(NAME));
    }

    private void save(String id, String stateType, Object state) {
        var stream = StreamId.of("account", id);
        var json = store.serializer().mapper().writeValueAsBytes(state);
        subject.snapshots().save(new Snapshot(stream, stateType, 1, store.streamVersion(stream), Instant.EPOCH, json));
    }

    private Person load(String id) {
        var memento = Memento.of("person", 1, Person.class);
        return DeciderRepository.of(store, "account", PersonEvent.class, new Persons())
                .withSnapshots(new Snapshots<>(subject.snapshots(), memento, SnapshotPolicy.every(1000)))
                .load(id)
                .state();
    }

    /** A handler that says more than it should about an event that it cannot handle. */
    private void failForAda() {
        subscriptions.start(Subscription.<T>reactor("mail", event -> {
                    if (event.event() instanceof PersonEvent.Named(Personal.Present<String>(var person, var name))
                            && person.equals(ADA)) {
                        throw new IllegalStateException("Cannot write to " + name);
                    }
                    handled.add(event);
                })
                .from(StartFrom.beginning())
                .retrying(RetryPolicy.DEFAULT.treating(IllegalStateException.class, FailureKind.PERMANENT)));
        Await.until("the handler has failed", LIMIT, () -> letters().size() == 2 && handled.size() == 4);
    }

    private List<DeadLetter> letters() {
        return subject.letters().list(DeadLetterFilter.of("mail"), 10);
    }

    private static List<DomainEvent> decoded(List<StoredEvent> events) {
        return events.stream().map(StoredEvent::event).toList();
    }

    private String key() {
        var key = (SubjectKey.Active) subject.keys().find(ADA).orElseThrow();
        return HexFormat.of().formatHex(key.key().getEncoded());
    }

    private boolean holds(String text) throws Exception {
        var hex = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
        return subject.everything().stream().anyMatch(kept -> kept.contains(text) || kept.contains(hex));
    }
}
