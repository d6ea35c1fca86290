package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.broker.BrokerEventBus;
import dev.headwater.broker.CommandOutcome;
import dev.headwater.broker.CommandRefusedException;
import dev.headwater.broker.CommandSender;
import dev.headwater.broker.CommandService;
import dev.headwater.broker.OutcomeUnknownException;
import dev.headwater.broker.Relay;
import dev.headwater.broker.RemoteCommandFailedException;
import dev.headwater.broker.TopicNaming;
import dev.headwater.broker.Transactions;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.Topic;
import dev.headwater.command.CommandLog;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.EventStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What becomes of commands between services, as a JUnit suite: extend it and say which broker and which database it is
 * about.
 *
 * @param <T> the transaction
 */
@Timeout(120)
public abstract class CommandServiceContract<T> {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final URI SENDER = URI.create("/contract/sender");
    private static final URI OWNER = URI.create("/contract/owner");

    private static final MessageTypes TYPES = MessageTypes.of(AccountCommand.class, Deposited.class, Reserve.class);

    private static final SubscriptionSettings FAST =
            SubscriptionSettings.DEFAULT.withPollInterval(Duration.ofMillis(20)).withLease(Duration.ofSeconds(2));

    private static final RetryPolicy SOON = RetryPolicy.none()
            .withPauses(Duration.ofMillis(1), Duration.ofMillis(2))
            .treating(UnsupportedOperationException.class, FailureKind.PERMANENT);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final List<Heard> heard = new CopyOnWriteArrayList<>();

    private Subject<T> subject;
    private EventStore store;
    private String commands;
    private String outcomes;
    private BrokerEventBus<T> bus;
    private CommandSender sender;

    /** For subclasses. */
    protected CommandServiceContract() {}

    /** Opens what commands travel over; called once before each test. */
    protected abstract Subject<T> open() throws Exception;

    /**
     * A broker, and the database of the service that owns the commands.
     *
     * @param <T> the transaction
     */
    public interface Subject<T> extends AutoCloseable {

        /** The broker. */
        LogBroker broker();

        /** The name of a topic that was never used. */
        String freshName();

        /** How many partitions a topic can have, up to 3. */
        int partitions();

        /** The log of the service. */
        EventStorage log();

        /** Its subscriptions. */
        SubscriptionStorage<T> storage();

        /** Their letters. */
        DeadLetters letters();

        /** Transactions in which a store over the log is to be given. */
        Transactions<T> transactions(EventStore store);

        /** Writes something in a transaction. */
        void write(T transaction, String text) throws Exception;

        /** What was written and committed. */
        List<String> written() throws Exception;

        @Override
        void close();
    }

    /** A command, and what its handler answers. */
    @MessageType("contract.reserve")
    record Reserve(String article, int number) implements Command<Reserved> {}

    /** An answer. */
    record Reserved(String article, int call) {}

    /** Commands to an aggregate. */
    sealed interface AccountCommand extends Command<Void> {

        String account();

        /** Adds to it. */
        @MessageType("contract.deposit")
        record Deposit(String account, long amount) implements AccountCommand {}
    }

    /** What the aggregate does. */
    @MessageType("contract.deposited")
    record Deposited(long amount) implements DomainEvent {}

    private record Heard(CommandOutcome outcome, Metadata metadata) {}

    private static final class Account implements Decider<AccountCommand, Long, Deposited> {
        @Override
        public Long initial() {
            return 0L;
        }

        @Override
        public List<Deposited> decide(AccountCommand command, Long balance) {
            var deposit = (AccountCommand.Deposit) command;
            if (deposit.amount() <= 0) {
                throw new IllegalArgumentException("nothing to deposit");
            }
            return List.of(new Deposited(deposit.amount()));
        }

        @Override
        public Long evolve(Long balance, Deposited event) {
            return balance + event.amount();
        }
    }

    @BeforeEach
    void openSubject() throws Exception {
        subject = open();
        store = new EventStore(subject.log(), TYPES);
        commands = subject.freshName();
        outcomes = subject.freshName();
        subject.broker()
                .prepare(List.of(Topic.of(commands, subject.partitions()), Topic.of(outcomes, subject.partitions())));
        bus = bus();
        sender = opened(CommandSender.builder(subject.broker(), store.serializer())
                .source(SENDER)
                .topics(TopicNaming.all(commands))
                .orderedBy(CommandServiceContract::key)
                .outcomesIn(outcomes)
                .build());
    }

    private BrokerEventBus<T> bus() {
        return opened(BrokerEventBus.builder(subject.broker(), store.serializer(), subject.storage())
                .source(SENDER)
                .topics(TopicNaming.all(outcomes))
                .orderedBy(envelope -> envelope.id().toString())
                .settings(FAST)
                .retrying(SOON)
                .build());
    }

    @AfterEach
    void closeAll() throws Exception {
        Collections.reverse(opened);
        for (var each : opened) {
            each.close();
        }
        subject.close();
    }

    private <R extends AutoCloseable> R opened(R resource) {
        opened.add(resource);
        return resource;
    }

    private static String key(Command<?> command) {
        return switch (command) {
            case Reserve reserve -> reserve.article();
            case AccountCommand account -> account.account();
            default -> throw new IllegalArgumentException("another command");
        };
    }

    @Test
    void aCommandIsCarriedOutAndItsAnswerComesBack() {
        serve(this::withHandler);

        assertEquals(new Reserved("tea", 1), sender.send(new Reserve("tea", 1), LONG));
        assertEquals(new Reserved("oil", 2), sender.send(new Reserve("oil", 1), LONG));
    }

    @Test
    void aRepeatedCommandIsCarriedOutOnceAndGivenItsOutcomeEachTime() {
        serve(this::withHandler);
        listen();
        var command = Envelope.of(new Reserve("tea", 1));

        for (int i = 0; i < 3; i++) {
            assertEquals(new Reserved("tea", 1), sender.send(command, LONG));
        }

        sender.send(new Reserve("tea", 2), LONG);
        awaitHeard(4);
        assertEquals(3, heardOf(command.id()).size(), "one outcome for each time that it was sent");
        assertEquals(2, calls.get());
    }

    @Test
    void anEffectInATransactionHappensOnceForEachId() throws Exception {
        serve(this::withTransaction);
        var command = Envelope.of(new Reserve("tea", 1));

        for (int i = 0; i < 3; i++) {
            assertEquals("tea", sender.send(command, LONG).article());
        }
        sender.send(new Reserve("tea", 2), LONG);

        assertEquals(List.of("tea 1", "tea 2"), subject.written());
    }

    @Test
    void ofTwoThatAreAtACommandAtOnceOneHasAnEffect() throws Exception {
        var together = new CyclicBarrier(2);
        listen();
        for (int i = 0; i < 2; i++) {
            var service = opened(service("commands-" + i)
                    .toHandler(
                            Reserve.class, Reserve::article, subject.transactions(store), (envelope, transaction) -> {
                                together.await();
                                subject.write(transaction, "effect");
                                return new Reserved("tea", calls.incrementAndGet());
                            })
                    .build());
            bus.start(commands, service.subscription());
        }

        sender.send(new Reserve("tea", 1));

        awaitHeard(2);
        assertEquals(heard.get(0).outcome(), heard.get(1).outcome());
        assertEquals(2, calls.get());
        assertEquals(List.of("effect"), subject.written());
    }

    @Test
    void anAggregateCarriesOutACommandOnce() {
        serve(this::withAggregate);
        var command = Envelope.of(new AccountCommand.Deposit("4711", 5));

        assertNull(sender.send(command, LONG));
        assertNull(sender.send(command, LONG));

        assertEquals(1, store.streamVersion(accounts().stream("4711")));
    }

    @Test
    void aRefusalIsAnOutcomeAndStaysOne() {
        serve(this::withAggregate);
        var command = Envelope.of(new AccountCommand.Deposit("4711", 0));

        for (int i = 0; i < 2; i++) {
            var refused = assertThrows(CommandRefusedException.class, () -> sender.send(command, LONG));
            assertEquals("IllegalArgumentException", refused.kind());
            assertEquals("nothing to deposit", refused.getMessage());
        }

        assertNoLetters();
    }

    @Test
    void aHandlerRefusesToo() throws Exception {
        serve(builder -> builder.toHandler(
                Reserve.class, Reserve::article, subject.transactions(store), (envelope, transaction) -> {
                    calls.incrementAndGet();
                    subject.write(transaction, "undone");
                    throw new CommandRefusedException("sold out", "there is none left");
                }));
        var command = Envelope.of(new Reserve("tea", 1));

        for (int i = 0; i < 2; i++) {
            var refused = assertThrows(CommandRefusedException.class, () -> sender.send(command, LONG));
            assertEquals("sold out", refused.kind());
        }

        assertEquals(1, calls.get());
        assertNoLetters();
    }

    @Test
    void anExpiredCommandIsRefusedAndNotCarriedOut() {
        serve(builder -> withAggregate(withHandler(builder)));
        var past = Instant.now().minusSeconds(60);
        var toHandler = Envelope.of(new Reserve("tea", 1));
        var toAggregate = Envelope.of(new AccountCommand.Deposit("4711", 5));

        requireExpired(CommandSender.expiring(toHandler, past));
        requireExpired(toHandler);
        requireExpired(CommandSender.expiring(toAggregate, past));
        requireExpired(toAggregate);

        assertEquals(0, calls.get());
        assertEquals(0, store.streamVersion(accounts().stream("4711")));
        assertNoLetters();
    }

    private <R> void requireExpired(Envelope<? extends Command<R>> command) {
        var refused = assertThrows(CommandRefusedException.class, () -> sender.send(command, LONG));
        assertEquals(CommandOutcome.EXPIRED, refused.kind());
    }

    @Test
    void whoAsksTooLateIsGivenTheOutcomeThatThereIs() {
        serve(builder -> withAggregate(withHandler(builder)));
        var past = Instant.now().minusSeconds(60);
        var toHandler = Envelope.of(new Reserve("tea", 1));
        var toAggregate = Envelope.of(new AccountCommand.Deposit("4711", 5));
        sender.send(toHandler, LONG);
        sender.send(toAggregate, LONG);

        assertEquals(new Reserved("tea", 1), sender.send(CommandSender.expiring(toHandler, past), LONG));
        assertNull(sender.send(CommandSender.expiring(toAggregate, past), LONG));
    }

    @Test
    void anOutcomeNamesTheCommandAsItsCauseAndGoesOnWithItsConversation() {
        serve(this::withHandler);
        listen();
        var conversation = UUID.randomUUID();
        var command = Envelope.of(new Reserve("tea", 1))
                .withMetadata(new Metadata(conversation, conversation, null, null, null, Map.of("shop", "7")));

        sender.send(command, LONG);

        awaitHeard(1);
        var metadata = heard.getFirst().metadata();
        assertEquals(command.id(), metadata.causationId());
        assertEquals(conversation, metadata.correlationId());
        assertEquals(Map.of("shop", "7"), metadata.attributes(), "nothing of the way of the command is passed on");
    }

    @Test
    void whoeverWaitsInVainIsToldThatNobodyKnowsAndCanAskAgain() {
        var command = Envelope.of(new Reserve("tea", 1));

        var unknown = assertThrows(OutcomeUnknownException.class, () -> sender.send(command, Duration.ofMillis(50)));

        assertEquals(command.id(), unknown.command());
        assertTrue(unknown.isTransient());
        serve(this::withHandler);
        assertEquals(new Reserved("tea", 1), sender.send(command, LONG));
    }

    @Test
    void whoeverStillWaitsIsToldThoughAnotherHasGivenUp() throws Exception {
        var command = Envelope.of(new Reserve("tea", 1));
        var patient = CompletableFuture.supplyAsync(() -> sender.send(command, LONG));

        assertThrows(OutcomeUnknownException.class, () -> sender.send(command, Duration.ofMillis(200)));
        serve(this::withHandler);

        assertEquals(new Reserved("tea", 1), patient.get());
    }

    @Test
    void aFailureForGoodIsAnOutcome() {
        serve(builder -> builder.toHandler(Reserve.class, Reserve::article, envelope -> {
            calls.incrementAndGet();
            throw new UnsupportedOperationException("the name of somebody");
        }));
        var command = Envelope.of(new Reserve("tea", 1));

        for (int i = 0; i < 2; i++) {
            var failed = assertThrows(RemoteCommandFailedException.class, () -> sender.send(command, LONG));
            assertEquals("UnsupportedOperationException", failed.kind());
            assertTrue(!String.valueOf(failed.getMessage()).contains("somebody"), failed::toString);
        }

        assertEquals(1, calls.get());
        assertNoLetters();
    }

    @Test
    void aFailureThatMayPassIsNoOutcomeButALetter() {
        serve(builder -> builder.toHandler(Reserve.class, Reserve::article, envelope -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("broken");
            }
            return new Reserved(envelope.message().article(), calls.get());
        }));
        var command = Envelope.of(new Reserve("tea", 1));
        sender.send(command);
        Await.until("it is a letter", LONG, () -> letters() == 1);
        listen();

        subject.letters().retry(DeadLetterFilter.all(), "anna");

        awaitHeard(1);
        assertEquals(command.id(), heard.getFirst().outcome().command());
        assertTrue(heard.getFirst().outcome() instanceof CommandOutcome.Answered);
    }

    @Test
    void aStrangerDoesNotChooseWhereOutcomesGo() {
        var elsewhere = subject.freshName();
        subject.broker().prepare(List.of(Topic.of(elsewhere, subject.partitions())));
        serve(this::withHandler);
        var stranger = opened(CommandSender.builder(subject.broker(), store.serializer())
                .topics(TopicNaming.all(commands))
                .orderedBy(CommandServiceContract::key)
                .outcomesIn(elsewhere)
                .build());

        stranger.send(new Reserve("tea", 1));

        Await.until("it is a letter", LONG, () -> letters() == 1);
        assertEquals(0, calls.get());
    }

    @Test
    void aCommandInTheLogIsSentFromThereAndItsOutcomeIsHeardForGood() {
        serve(this::withHandler);
        listen();
        var relay = opened(Relay.named("requests", subject.broker(), store.serializer())
                .source(SENDER, "1")
                .outcomesIn(outcomes)
                .commandsTo(Map.of(Reserve.class, commands)));
        opened(new Subscriptions<>(store, subject.storage(), FAST)).start(relay.subscription());

        var id = new CommandLog(store).send(new Reserve("tea", 1));

        awaitHeard(1);
        assertEquals(id, heard.getFirst().outcome().command());
        assertEquals(id, heard.getFirst().metadata().causationId());
        assertEquals(1, calls.get());
    }

    private CommandService.Builder withHandler(CommandService.Builder builder) {
        return builder.toHandler(
                Reserve.class,
                Reserve::article,
                envelope -> new Reserved(envelope.message().article(), calls.incrementAndGet()));
    }

    private CommandService.Builder withTransaction(CommandService.Builder builder) {
        return builder.toHandler(
                Reserve.class, Reserve::article, subject.transactions(store), (envelope, transaction) -> {
                    var reserve = envelope.message();
                    subject.write(transaction, reserve.article() + " " + reserve.number());
                    return new Reserved(reserve.article(), calls.incrementAndGet());
                });
    }

    private CommandService.Builder withAggregate(CommandService.Builder builder) {
        return builder.toAggregate(AccountCommand.class, accounts(), AccountCommand::account);
    }

    private DeciderRepository<AccountCommand, Long, Deposited> accounts() {
        return DeciderRepository.of(store, "account", Deposited.class, new Account());
    }

    private void serve(Consumer<CommandService.Builder> handlers) {
        var builder = service("commands");
        handlers.accept(builder);
        bus.start(commands, opened(builder.build()).subscription());
    }

    private CommandService.Builder service(String name) {
        return CommandService.named(name, store, subject.broker())
                .source(OWNER)
                .answeringTo(Set.of(outcomes))
                .retrying(SOON);
    }

    private void listen() {
        bus.subscribe(
                CommandOutcome.class,
                "outcomes",
                envelope -> heard.add(new Heard(envelope.message(), envelope.metadata())));
    }

    private void awaitHeard(int number) {
        Await.until("outcomes are heard of", LONG, () -> heard.size() >= number);
    }

    private List<Heard> heardOf(UUID command) {
        return heard.stream()
                .filter(each -> each.outcome().command().equals(command))
                .toList();
    }

    private long letters() {
        return subject.letters().count(DeadLetterFilter.all()).letters();
    }

    private void assertNoLetters() {
        assertEquals(0, letters(), "nothing of that is a dead letter");
    }
}
