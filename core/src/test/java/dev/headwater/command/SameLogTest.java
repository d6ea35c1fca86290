package dev.headwater.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.EncodedMessage;
import dev.headwater.Envelope;
import dev.headwater.aggregate.AggregateRepository;
import dev.headwater.aggregate.EventSourcedAggregate;
import dev.headwater.command.Account.AccountCommand;
import dev.headwater.command.Account.AccountCommand.Deposit;
import dev.headwater.command.Account.AccountCommand.Withdraw;
import dev.headwater.command.Account.AccountEvent;
import dev.headwater.command.Account.AccountEvent.Deposited;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Times and ids come from the store, so a test can have the same log each time. */
class SameLogTest {

    private static final Instant NOON = Instant.parse("2026-02-28T12:00:00Z");

    /** The same account as a class. */
    private static final class Book extends EventSourcedAggregate<AccountEvent> {
        @Override
        public String id() {
            return "book";
        }

        void deposit(long amount) {
            apply(new Deposited(amount));
        }

        @Override
        protected void when(AccountEvent event) {}
    }

    @Test
    void aClockAndIdsFromOutsideGiveTheSameLogEachTime() throws Exception {
        var first = run();
        var second = run();

        assertThat(first).hasSize(11).isEqualTo(second);
    }

    private static List<String> run() throws Exception {
        var counted = new AtomicLong();
        var seconds = new AtomicLong();
        InstantSource clock = () -> NOON.plusSeconds(seconds.get());
        var store = new EventStore(new InMemoryEventStorage(), Account.TYPES)
                .withClock(clock)
                .withIds(() -> new UUID(7, counted.incrementAndGet()));

        store.append(new StreamId("account-a"), ExpectedVersion.any(), new Deposited(1), new Deposited(2));
        store.append(new StreamId("account-a"), ExpectedVersion.any(), List.of(new Deposited(3)));
        seconds.incrementAndGet();
        var accounts = Account.in(store);
        accounts.execute("a", new Deposit("a", 4));
        accounts.execute("a", store.envelope(new Deposit("a", 5)));
        accounts.execute("a", store.envelope(new Withdraw("a", 100)));
        var books = AggregateRepository.of(store, "account", AccountEvent.class, Book::new);
        var book = new Book();
        book.deposit(6);
        books.save(book);
        deliverOn(store);

        var log = new ArrayList<String>();
        store.readLogAsStored(0, EventQuery.all().withReserved())
                .map(SameLogTest::everything)
                .forEach(log::add);
        assertThat(log).allMatch(line -> line.contains("2026-02-28T12:00:0"));
        return log;
    }

    private static void deliverOn(EventStore store) throws Exception {
        var commands = new CommandLog(store);
        commands.send(new Deposit("b", 7));
        commands.send("b", new Withdraw("b", 100));
        var storage = new InMemorySubscriptionStorage<List<String>>(new ArrayList<>());
        try (var subscriptions = new Subscriptions<>(store, storage)) {
            Subscription<List<String>> delivery = CommandDelivery.named("commands", Account.TYPES)
                    .toAggregate(AccountCommand.class, Account.in(store), AccountCommand::account)
                    .build();
            assertThat(subscriptions.start(delivery).awaitPosition(store.headPosition(), Duration.ofSeconds(20)))
                    .isTrue();
        }
    }

    private static String everything(StoredEvent stored) {
        EncodedMessage message = stored.encoded();
        return stored + " " + message.time() + " " + message.metadata() + " " + new String(message.payload(), UTF_8);
    }

    @Test
    void anEnvelopeMadeElsewhereStaysAsItIs() {
        var store = new EventStore(new InMemoryEventStorage(), Account.TYPES).withClock(InstantSource.fixed(NOON));
        var command = Envelope.of(new Deposit("a", 1));

        new CommandLog(store).send("a", command);

        assertThat(store.readEvent(1).messageEnvelope()).isEqualTo(command);
    }
}
