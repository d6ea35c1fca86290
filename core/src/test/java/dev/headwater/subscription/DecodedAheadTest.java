package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.memory.InMemorySubjectKeys;
import dev.headwater.privacy.DataSubject;
import dev.headwater.privacy.PersonalData;
import dev.headwater.privacy.PersonalDataModule;
import dev.headwater.privacy.SubjectKey;
import dev.headwater.privacy.SubjectKeys;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** While the transaction of a page holds a connection, nothing is fetched that could have been fetched before. */
class DecodedAheadTest extends SubscriptionFixture {

    @MessageType("met")
    record Met(
            @DataSubject String person,
            @PersonalData(replacement = "somebody") String name) implements DomainEvent {}

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger fetchedBefore = new AtomicInteger();
    private final AtomicInteger fetchedInside = new AtomicInteger();

    private final SubjectKeys keys = new SubjectKeys() {
        private final SubjectKeys kept = new InMemorySubjectKeys();

        @Override
        public Optional<SubjectKey> find(String subject) {
            (open.get() == 0 ? fetchedBefore : fetchedInside).incrementAndGet();
            return kept.find(subject);
        }

        @Override
        public SubjectKey findOrCreate(String subject) {
            return kept.findOrCreate(subject);
        }

        @Override
        public boolean forget(String subject) {
            return kept.forget(subject);
        }
    };

    @Test
    void keysOfPersonalDataAreFetchedBeforeTheTransactionBegins() throws Exception {
        var mapper = MessageSerializer.defaultMapper()
                .addModule(new PersonalDataModule(keys))
                .build();
        var people = new EventStore(
                log,
                MessageSerializer.builder(MessageTypes.of(Met.class))
                        .mapper(mapper)
                        .build());
        for (int i = 0; i < 20; i++) {
            people.append(new StreamId("person-" + i), ExpectedVersion.any(), new Met("person-" + i, "Anna"));
        }
        var watched = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public PageTransaction<List<StoredEvent>> begin(
                    String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
                var page = super.begin(subscription, holding, to);
                open.incrementAndGet();
                return new Transaction<>(page) {
                    @Override
                    public void close() {
                        open.decrementAndGet();
                        super.close();
                    }
                };
            }
        };

        var running = open(people, watched, FAST).start(projecting("people", StoredEvent::event));

        assertThat(running.awaitPosition(20, LIMIT)).isTrue();
        assertThat(fetchedInside).hasValue(0);
        assertThat(fetchedBefore).hasValue(20);
    }
}
