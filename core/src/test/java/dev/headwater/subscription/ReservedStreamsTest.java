package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import java.util.Collections;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the toolkit records in the log concerns those subscriptions only that ask for it. */
class ReservedStreamsTest extends SubscriptionFixture {

    private static final EventQuery ENTRIES =
            EventQuery.ofTypes(Set.of("$test.entry")).withReserved();

    @MessageType("$test.entry")
    record Entry() implements DomainEvent {}

    private final EventStore toolkit = ToolkitStore.of(store, MessageTypes.builtIn(Entry.class));

    private void record(int entries) {
        toolkit.append(new StreamId("$journal-1"), ExpectedVersion.any(), Collections.nCopies(entries, new Entry()));
    }

    @Test
    void aProjectionOfAllEventsPassesThemOver() throws Exception {
        append(2);
        record(700);
        append(1);

        var running = subscriptions.start(keeping("all"));

        assertThat(running.awaitPosition(703, LIMIT)).isTrue();
        assertThat(positions()).containsExactly(1L, 2L, 703L);
        assertThat(letters("all")).isEmpty();
    }

    @Test
    void whatIsPassedOverIsNoWorkUndone() throws Exception {
        append(1);
        record(300);
        var running = subscriptions.start(keeping("all"));
        assertThat(running.awaitPosition(301, LIMIT)).isTrue();

        record(300);

        await("nothing is left to do", () -> running.status().lag() == 0);
        assertThat(running.status().position()).isEqualTo(601);
        assertThat(running.status().oldestWaiting()).isEmpty();
    }

    @Test
    void whoAsksForThemIsWokenByThem() throws Exception {
        var others = open(toolkit, storage, PATIENT);
        var noted = others.start(keeping(named("noted").events(EventQuery.ofTypes(Set.of("noted")))));
        others.start(keeping(named("other").events(EventQuery.ofTypes(Set.of("other")))));
        var entries = others.start(keeping(named("entries").events(ENTRIES)));

        for (int i = 1; i <= 5; i++) {
            record(1);
            assertThat(entries.awaitPosition(2L * i - 1, LIMIT)).isTrue();
            append(1);
            assertThat(noted.awaitPosition(2L * i, LIMIT)).isTrue();
        }

        assertThat(readModel)
                .extracting(StoredEvent::type)
                .filteredOn("$test.entry"::equals)
                .hasSize(5);
        assertThat(readModel).hasSize(10);
    }

    @Test
    void whatTheToolkitHasRecordedIsNotCorrected() {
        record(1);
        var office = new DeadLetterOffice(store, deadLetters);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> office.editAsNew("all", 1, new Noted(1), "somebody", "a typo"))
                .withMessageContaining("cannot be corrected");
    }
}
