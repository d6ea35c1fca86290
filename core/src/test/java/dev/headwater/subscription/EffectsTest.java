package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Reactors that record which of their effects are done. */
class EffectsTest extends SubscriptionFixture {

    private final List<String> mails = new CopyOnWriteArrayList<>();
    private final List<String> parcels = new CopyOnWriteArrayList<>();

    private static Subscription<List<StoredEvent>> recording(String name, RecordingReactor reactor) {
        return Subscription.named(name)
                .startingAt(StartFrom.beginning())
                .retrying(SOON)
                .recording(reactor);
    }

    private boolean isForgotten(String subscription, long position) {
        return storage.effects(subscription, position).isEmpty();
    }

    @Test
    void whatIsDoneIsNotRepeatedWhenALaterEffectFails() throws Exception {
        var attempts = new AtomicInteger();
        append(1);

        subscriptions.start(recording("shipping", (event, effects) -> {
            effects.once("mail", mails::add);
            effects.once("parcel", key -> {
                if (attempts.incrementAndGet() < 3) {
                    throw new IllegalStateException("no parcel today");
                }
                parcels.add(key);
            });
        }));
        await("the parcel is sent", () -> !parcels.isEmpty());

        assertThat(mails).hasSize(1);
        assertThat(attempts).hasValue(3);
        await("the records are gone", () -> isForgotten("shipping", 1));
        assertThat(letters("shipping")).isEmpty();
    }

    @Test
    void anEffectThatFailedIsTriedAgain() throws Exception {
        var keys = new CopyOnWriteArrayList<String>();
        append(1);

        var running = subscriptions.start(recording(
                "shipping",
                (event, effects) -> effects.once("mail", key -> {
                    keys.add(key);
                    if (keys.size() < 3) {
                        throw new IllegalStateException("no mail today");
                    }
                })));
        await("the third attempt came", () -> keys.size() == 3);
        assertThat(running.awaitPosition(1, LIMIT)).isTrue();
        await("it is settled", () -> letters("shipping").isEmpty());

        assertThat(keys)
                .hasSize(3)
                .containsOnly("shipping/" + store.readEvent(1).id() + "/mail");
    }

    @Test
    void whatIsDoneIsNotRepeatedWhenTheCheckpointWasLost() throws Exception {
        var killed = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public PageTransaction<List<StoredEvent>> begin(
                    String subscription, Holding holding, Map<Integer, Checkpoint> to) {
                throw new StoreUnavailableException("killed between effect and checkpoint", null);
            }
        };
        append(3);
        RecordingReactor shipping = (event, effects) -> {
            readModel.add(event);
            effects.once("mail", mails::add);
        };
        var first = open(killed, FAST).start(recording("shipping", shipping));
        await("all is done and nothing stored", () -> mails.size() == 3);
        first.close();

        var running = open(storage, FAST).start(recording("shipping", shipping));
        assertThat(running.awaitPosition(3, LIMIT)).isTrue();

        assertThat(positions()).containsExactly(1L, 2L, 3L, 1L, 2L, 3L);
        assertThat(mails).hasSize(3).doesNotHaveDuplicates();
        assertThat(List.of(1L, 2L, 3L)).allMatch(position -> isForgotten("shipping", position));
    }

    @Test
    void anotherInstanceKnowsWhatIsDone() throws Exception {
        var reached = new AtomicBoolean();
        append(1);
        var first = subscriptions.start(recording("shipping", (event, effects) -> {
            effects.once("mail", mails::add);
            reached.set(true);
            throw new StoreUnavailableException("the parcel service is away", null);
        }));
        await("the mail is sent", reached::get);
        first.close();

        var second = open(storage, FAST).start(recording("shipping", (event, effects) -> {
            effects.once("mail", mails::add);
            effects.once("parcel", parcels::add);
        }));
        // The first may have set the event aside by the time it is closed; then it comes again as a letter.
        await("the parcel is sent", () -> !parcels.isEmpty());
        second.close();

        assertThat(mails).hasSize(1);
        assertThat(parcels).hasSize(1);
    }

    @Test
    void aKeyNamesEventAndSubscription() throws Exception {
        append(2);

        var mail = subscriptions.start(recording("mail", (event, effects) -> mails.add(effects.key())));
        var parcel = subscriptions.start(recording("parcel", (event, effects) -> parcels.add(effects.key())));
        assertThat(mail.awaitPosition(2, LIMIT)).isTrue();
        assertThat(parcel.awaitPosition(2, LIMIT)).isTrue();

        assertThat(mails)
                .containsExactly(
                        "mail/" + store.readEvent(1).id(),
                        "mail/" + store.readEvent(2).id());
        assertThat(parcels).doesNotContainAnyElementsOf(mails);
    }
}
