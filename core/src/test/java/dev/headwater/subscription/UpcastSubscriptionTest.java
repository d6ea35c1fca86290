package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.SchemaVersion;
import dev.headwater.Upcasting;
import dev.headwater.evolution.Upcasters;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Handlers are given what stored events mean to the present code. */
class UpcastSubscriptionTest extends SubscriptionFixture {

    @MessageType("left")
    record Left() implements DomainEvent {}

    @MessageType("right")
    record Right() implements DomainEvent {}

    private static final SchemaVersion LEFT = new SchemaVersion("left", 1);
    private static final SchemaVersion RIGHT = new SchemaVersion("right", 1);

    /** Every {@link Noted} is now a left and a right one, and an {@link Other} nothing. */
    private final EventStore present = new EventStore(
            log,
            MessageSerializer.builder(MessageTypes.of(Left.class, Right.class))
                    .upcasters(Upcasters.builder()
                            .split(
                                    new SchemaVersion("noted", 1),
                                    Set.of(LEFT, RIGHT),
                                    json -> List.of(new Upcasting.Part(LEFT, json), new Upcasting.Part(RIGHT, json)))
                            .drop(new SchemaVersion("other", 1))
                            .build())
                    .build());

    private RunningSubscription<List<StoredEvent>> start(Subscription<List<StoredEvent>> subscription) {
        return open(present, storage, FAST).start(subscription);
    }

    private void appendOldEvents() {
        store.append(new StreamId("a"), ExpectedVersion.any(), new Noted(1), new Other(), new Noted(2), new Other());
    }

    private List<String> handled() {
        return readModel.stream()
                .map(event -> event.position() + " " + event.type())
                .toList();
    }

    private static final List<String> EVERYTHING = List.of("1 left", "1 right", "3 left", "3 right");

    @Test
    void aProjectionGetsEveryPartInOrderAndPassesOverWhatWasDropped() throws Exception {
        appendOldEvents();

        start(keeping("all")).awaitPosition(4, LIMIT);

        assertThat(handled()).isEqualTo(EVERYTHING);
    }

    @Test
    void aReactorGetsEveryPartInOrderAndPassesOverWhatWasDropped() throws Exception {
        appendOldEvents();

        start(reacting("all", event -> {})).awaitPosition(4, LIMIT);

        assertThat(handled()).isEqualTo(EVERYTHING);
    }

    @Test
    void aSubscriptionToATypeGetsOnlyTheParts() throws Exception {
        appendOldEvents();

        start(keeping(named("right").events(EventQuery.ofTypes(Set.of("right")))))
                .awaitPosition(4, LIMIT);

        assertThat(handled()).containsExactly("1 right", "3 right");
    }

    @Test
    void everyPartHasEffectsOfItsOwn() throws Exception {
        var mails = new CopyOnWriteArrayList<String>();
        Subscription<List<StoredEvent>> mailing = named("mailing")
                .startingAt(StartFrom.beginning())
                .recording((event, effects) -> effects.once("mail", mails::add));
        appendOldEvents();

        start(mailing).awaitPosition(4, LIMIT);

        assertThat(mails).hasSize(4).doesNotHaveDuplicates();
        assertThat(storage.effects("mailing", 1)).isEmpty();
    }

    @Test
    void thePartsOfAnEventAreOneDeadLetterAndOneRetry() throws Exception {
        var broken = new AtomicBoolean(true);
        appendOldEvents();

        var running = start(projecting(named("parts").retrying(SOON), event -> {
            if (broken.get() && event.position() == 1 && event.event() instanceof Right) {
                throw new AssertionError("broken on purpose");
            }
        }));
        running.awaitPosition(4, LIMIT);

        assertThat(readModel).isEmpty();
        assertThat(letters("parts")).extracting(DeadLetter::position).containsExactly(1L, 2L, 3L, 4L);

        broken.set(false);
        storage.deadLetters().retry(DeadLetterFilter.of("parts"), "somebody");
        await("the letters are gone", () -> letters("parts").isEmpty());

        assertThat(handled()).isEqualTo(EVERYTHING);
    }
}
