package dev.headwater.testkit;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.SchemaVersion;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Memento;
import dev.headwater.aggregate.SnapshotPolicy;
import dev.headwater.aggregate.Snapshots;
import dev.headwater.evolution.Upcasters;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.privacy.DataSubject;
import dev.headwater.privacy.Erasure;
import dev.headwater.privacy.Personal;
import dev.headwater.privacy.PersonalData;
import dev.headwater.privacy.PersonalDataModule;
import dev.headwater.privacy.SubjectKey;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.Snapshot;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A log with personal data of two people, with snapshots and letters, and what tests of forgetting do with it. */
abstract class ErasureFixture<T> {

    static final Duration LIMIT = Duration.ofSeconds(60);
    static final String ADA = "person-1";
    static final String BOB = "person-2";
    static final String NAME = "Ada Secret Lovelace";
    static final String CITY = "Secret Marylebone";
    static final StreamId ADAS = new StreamId("account-1");
    static final StreamId BOTHS = new StreamId("account-2");
    static final StreamId NOBODYS = new StreamId("account-3");

    ErasureContract.Subject<T> subject;
    EventStore store;

    /** The store of code that still writes what is dropped today. */
    EventStore former;

    Erasure erasure;
    Subscriptions<T> subscriptions;
    final List<StoredEvent> handled = new CopyOnWriteArrayList<>();

    /** Makes an empty log, with all that is kept beside it; called once before each test. */
    protected abstract ErasureContract.Subject<T> open() throws Exception;

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

    /** A command that is recorded with a name in it. */
    @MessageType("person.rename")
    record Rename(Personal<String> name) implements Command<Void> {}

    /** An event that has lost its meaning: upcasters drop it. */
    @MessageType("person.met")
    record Met(Personal<String> name) implements DomainEvent {}

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
        var types = MessageTypes.of(PersonEvent.class, Rename.class);
        store = new EventStore(
                subject.log(),
                MessageSerializer.builder(types)
                        .mapper(mapper)
                        .upcasters(Upcasters.builder()
                                .drop(new SchemaVersion("person.met", 1))
                                .build())
                        .build());
        former = new EventStore(
                subject.log(),
                MessageSerializer.builder(MessageTypes.of(Met.class))
                        .mapper(mapper)
                        .build());
        erasure = new Erasure(subject.keys(), store, subject.snapshots(), subject.letters());
        subscriptions = new Subscriptions<>(store, subject.subscriptions());
    }

    @AfterEach
    final void closeAll() {
        subscriptions.close();
        subject.close();
    }

    final void append(StreamId stream, DomainEvent... events) {
        store.append(stream, ExpectedVersion.any(), events);
    }

    final void fill() {
        append(NOBODYS, new PersonEvent.Seen(ADA));
        append(ADAS, new PersonEvent.Named(Personal.of(ADA, NAME)), new PersonEvent.Moved(ADA, CITY));
        append(
                BOTHS,
                new PersonEvent.Moved(ADA, CITY),
                new PersonEvent.Named(Personal.of(BOB, "Bob")),
                new PersonEvent.Seen(ADA));
    }

    /** One snapshot of each stream in wire form, and one of Ada's with her name in the clear. */
    final void takeSnapshots() {
        for (var id : List.of("1", "2", "3")) {
            save(id, "person", load(id));
        }
        save("1", "careless", new Careless(NAME));
    }

    final void save(String id, String stateType, Object state) {
        var stream = StreamId.of("account", id);
        var json = store.serializer().mapper().writeValueAsBytes(state);
        var last = store.readStreamBackwards(stream).findFirst().orElseThrow();
        subject.snapshots()
                .save(new Snapshot(
                        stream, stateType, 1, last.version(), last.encoded().id(), Instant.EPOCH, json));
    }

    final Person load(String id) {
        var memento = Memento.of("person", 1, Person.class);
        return DeciderRepository.of(store, "account", PersonEvent.class, new Persons())
                .withSnapshots(new Snapshots<>(subject.snapshots(), memento, SnapshotPolicy.every(1000)))
                .load(id)
                .state();
    }

    /** A handler that says more than it should about an event that it cannot handle. */
    final void failForAda() {
        subscriptions.start(Subscription.named("mail")
                .startingAt(StartFrom.beginning())
                .retrying(RetryPolicy.DEFAULT.treating(IllegalStateException.class, FailureKind.PERMANENT))
                .<T>reacting(event -> {
                    if (event.event() instanceof PersonEvent.Named(Personal.Present<String>(var person, var name))
                            && person.equals(ADA)) {
                        throw new IllegalStateException("Cannot write to " + name);
                    }
                    handled.add(event);
                }));
        Await.until("the handler has failed", LIMIT, () -> letters().size() == 2 && handled.size() == 4);
    }

    final List<DeadLetter> letters() {
        return subject.letters().list(DeadLetterFilter.of("mail"), 10);
    }

    static List<DomainEvent> decoded(List<StoredEvent> events) {
        return events.stream().map(StoredEvent::event).toList();
    }

    final String key() {
        var key = (SubjectKey.Active) subject.keys().find(ADA).orElseThrow();
        return HexFormat.of().formatHex(key.key().getEncoded());
    }

    final boolean holds(String text) throws Exception {
        var hex = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
        return subject.everything().stream().anyMatch(kept -> kept.contains(text) || kept.contains(hex));
    }
}
