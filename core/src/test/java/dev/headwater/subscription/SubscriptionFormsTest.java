package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.EventQuery;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Subscription.Handler;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What people write first when they guess how a subscription is declared: it compiles, without a type witness. */
class SubscriptionFormsTest {

    private final List<Subscription<Connection>> started = new ArrayList<>();

    /** Takes what {@code Subscriptions<Connection>.start} takes. */
    private void start(Subscription<Connection> subscription) {
        started.add(subscription);
    }

    private static void write(List<StoredEvent> events, Connection connection) {}

    private void send(StoredEvent event) {}

    private void send(StoredEvent event, Effects effects) {}

    private void record(StoredEvent event, Effects effects) {}

    private static final class Orders implements Projection<Connection> {
        @Override
        public void project(List<StoredEvent> events, Connection connection) {}
    }

    private static final class Mail implements Reactor {
        @Override
        public void react(StoredEvent event) {}
    }

    @Test
    void takesEveryFormOfAProjection() {
        start(Subscription.named("a").projecting((events, connection) -> connection.prepareStatement("x")));
        start(Subscription.named("a").projecting((events, connection) -> {}));
        start(Subscription.named("a").projecting(SubscriptionFormsTest::write));
        start(Subscription.named("a").projecting(new Orders()));
        start(Subscription.named("a").projecting((List<StoredEvent> events, Connection connection) -> {}));
        start(Subscription.named("a").events(EventQuery.all()).projecting((events, c) -> c.prepareStatement("x")));

        assertThat(started)
                .hasSize(6)
                .allSatisfy(each -> assertThat(each.handler()).isInstanceOf(Handler.Projecting.class));
    }

    @Test
    void takesEveryFormOfAReactor() {
        start(Subscription.named("a").reacting(event -> {}));
        start(Subscription.named("a").reacting(event -> send(event)));
        start(Subscription.named("a").reacting(this::send));
        start(Subscription.named("a").reacting(new Mail()));
        start(Subscription.named("a").startingAt(StartFrom.beginning()).reacting(event -> {}));
        start(Subscription.named("a").recording((event, effects) -> effects.once("mail", key -> {})));
        start(Subscription.named("a").recording(this::send));
        start(Subscription.named("a").recording(this::record));

        assertThat(started)
                .hasSize(8)
                .allSatisfy(each -> assertThat(each.handler()).isInstanceOf(Handler.Reacting.class));
    }

    @Test
    void takesThemInListsAndVariables() {
        Subscription<Connection> one = Subscription.named("a").projecting((events, c) -> c.prepareStatement("x"));
        List<Subscription<Connection>> both = List.of(
                Subscription.named("b").projecting(SubscriptionFormsTest::write),
                Subscription.named("c").reacting(event -> {}));
        start(one);
        both.forEach(this::start);

        assertThat(started).extracting(Subscription::name).containsExactly("a", "b", "c");
    }

    @Test
    void aProjectionBeginsAtTheBeginningAndAReactorAtTheEnd() {
        start(Subscription.named("a").projecting(SubscriptionFormsTest::write));
        start(Subscription.named("b").reacting(event -> {}));
        start(Subscription.named("c").recording(this::record));

        assertThat(started)
                .extracting(Subscription::start)
                .containsExactly(StartFrom.beginning(), StartFrom.end(), StartFrom.end());
        assertThat(started).extracting(Subscription::batchSize).containsExactly(500, 1, 1);
        assertThat(started).extracting(Subscription::segments).containsOnly(16);
    }

    @Test
    void keepsEveryChoiceWhateverTheirOrder() {
        var query = EventQuery.ofTypes(Set.of("noted"));
        var key = SequenceKey.none();
        var retry = RetryPolicy.none();
        var choices = Subscription.named("orders")
                .batchSize(7)
                .retrying(retry)
                .segments(3)
                .orderedBy(key)
                .startingAt(StartFrom.after(4))
                .events(query);
        start(choices.projecting(SubscriptionFormsTest::write));
        start(choices.reacting(event -> {}));

        assertThat(started).allSatisfy(each -> {
            assertThat(each.name()).isEqualTo("orders");
            assertThat(each.query()).isSameAs(query);
            assertThat(each.sequenceKey()).isSameAs(key);
            assertThat(each.retry()).isSameAs(retry);
            assertThat(each.start()).isEqualTo(StartFrom.after(4));
            assertThat(each.segments()).isEqualTo(3);
            assertThat(each.batchSize()).isEqualTo(7);
        });
    }

    @Test
    void aChoiceChangesNothingThatWasChosenBefore() {
        var choices = Subscription.named("orders");
        var narrower = choices.segments(3).batchSize(2);
        start(choices.projecting(SubscriptionFormsTest::write));
        start(narrower.projecting(SubscriptionFormsTest::write));

        assertThat(started).extracting(Subscription::segments).containsExactly(16, 3);
        assertThat(started).extracting(Subscription::batchSize).containsExactly(500, 2);
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> Subscription.named(" ")).hasMessageContaining("1 to 200");
        assertThatThrownBy(() -> Subscription.named("x".repeat(201))).hasMessageContaining("201 characters");
        assertThatThrownBy(() -> Subscription.named("a").batchSize(0)).hasMessageContaining("batch size is 0");
        assertThatThrownBy(() -> Subscription.named("a").segments(1025)).hasMessageContaining("1 to 1024");
    }

    @Test
    void settingsKeepEveryChoice() {
        var settings = SubscriptionSettings.DEFAULT
                .withLease(Duration.ofSeconds(3))
                .withHandlerLimit(Duration.ofSeconds(4))
                .withPollInterval(Duration.ofSeconds(5));

        assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.handlerLimit()).isEqualTo(Duration.ofSeconds(4));
        assertThat(settings.pollInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(SubscriptionSettings.DEFAULT.lease()).isEqualTo(Duration.ofSeconds(10));
        assertThatThrownBy(() -> settings.withLease(Duration.ZERO)).hasMessageContaining("lease is PT0S");
    }
}
