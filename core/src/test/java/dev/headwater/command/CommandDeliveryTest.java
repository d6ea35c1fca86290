package dev.headwater.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.MessageContext;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.SchemaVersion;
import dev.headwater.aggregate.Execution;
import dev.headwater.command.Account.AccountCommand;
import dev.headwater.command.Account.AccountCommand.Deposit;
import dev.headwater.command.Account.AccountCommand.Withdraw;
import dev.headwater.command.Account.SendLetter;
import dev.headwater.evolution.Upcasters;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.RunningSubscription;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommandDeliveryTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final RetryPolicy SOON =
            RetryPolicy.DEFAULT.withAttempts(2).withPauses(Duration.ofMillis(1), Duration.ofMillis(2));

    /** What a newer version of the application sends. */
    @MessageType(value = "letter.send", version = 2)
    private record SendLetterTomorrow(String to, int number, String day) implements Command<Void> {}

    private final InMemoryEventStorage log = new InMemoryEventStorage();
    private final EventStore store = new EventStore(log, Account.TYPES);
    private final CommandLog commands = new CommandLog(store);
    private final InMemorySubscriptionStorage<List<String>> storage =
            new InMemorySubscriptionStorage<>(new CopyOnWriteArrayList<>());
    private final Subscriptions<List<String>> subscriptions =
            new Subscriptions<>(store, storage, SubscriptionSettings.DEFAULT.withPollInterval(Duration.ofMillis(5)));
    private final List<Execution> outcomes = new CopyOnWriteArrayList<>();
    private final List<Integer> letters = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        subscriptions.close();
    }

    private CommandDelivery.Builder delivery() {
        return CommandDelivery.named("commands", Account.TYPES);
    }

    private CommandDelivery.Builder toAccounts() {
        return delivery()
                .toAggregate(AccountCommand.class, Account.in(store), AccountCommand::account)
                .telling((command, outcome) -> outcomes.add(outcome));
    }

    private RunningSubscription<List<String>> start(CommandDelivery.Builder delivery) {
        Subscription<List<String>> subscription = delivery.build(choices -> choices.retrying(SOON));
        return subscriptions.start(subscription);
    }

    private void deliver(CommandDelivery.Builder delivery) throws InterruptedException {
        long head = store.headPosition();
        assertThat(start(delivery).awaitPosition(head, LIMIT)).isTrue();
    }

    @Test
    void carriesOutWhatWasSentBeforeItWasStarted() throws Exception {
        commands.send("a", new Deposit("a", 10));
        var withdrawal = commands.send("a", new Withdraw("a", 4));

        deliver(toAccounts());

        assertThat(Account.in(store).load("a").state()).isEqualTo(6);
        assertThat(outcomes)
                .containsExactly(
                        new Execution.Accepted(new StreamId("account-a"), 1),
                        new Execution.Accepted(new StreamId("account-a"), 2));
        var withdrawn =
                store.readStream(new StreamId("account-a"), 2).findFirst().orElseThrow();
        assertThat(withdrawn.encoded().metadata().causationId()).isEqualTo(withdrawal);
        assertThat(withdrawn.envelope().correlationId()).isEqualTo(withdrawal);
    }

    @Test
    void aCommandThatIsDeliveredAgainIsCarriedOutOnce() throws Exception {
        commands.send(new Deposit("a", 10));
        deliver(toAccounts());
        long head = store.headPosition();

        Subscription<List<String>> again = CommandDelivery.named("once more", Account.TYPES)
                .toAggregate(AccountCommand.class, Account.in(store), AccountCommand::account)
                .telling((command, outcome) -> outcomes.add(outcome))
                .build();
        assertThat(subscriptions.start(again).awaitPosition(head, LIMIT)).isTrue();

        assertThat(outcomes).hasSize(2).allMatch(outcomes.getFirst()::equals);
        assertThat(store.headPosition()).isEqualTo(head);
    }

    @Test
    void aRefusalIsAnOutcome() throws Exception {
        commands.send("a", new Withdraw("a", 1));
        commands.send("a", new Deposit("a", 1));

        deliver(toAccounts());

        assertThat(outcomes)
                .containsExactly(
                        new Execution.Refused("IllegalStateException", "there is not enough"),
                        new Execution.Accepted(new StreamId("account-a"), 1));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aHandlerRunsInTheContextOfItsCommand() throws Exception {
        var command = Envelope.of(new SendLetter("ada", 1)).withMetadata(Metadata.NONE.withUser("grace"));
        commands.send("letters", command);
        var handled = new CopyOnWriteArrayList<Envelope<SendLetter>>();
        var contexts = new CopyOnWriteArrayList<Metadata>();

        deliver(delivery().toHandler(SendLetter.class, envelope -> {
            handled.add(envelope);
            contexts.add(MessageContext.metadata());
        }));

        assertThat(handled).containsExactly(command);
        assertThat(contexts).containsExactly(Metadata.causedBy(command));
    }

    @Test
    void aSlowCommandHoldsUpItsOwnKeyOnly() throws Exception {
        commands.send("one stream", new SendLetter("slow", 1));
        commands.send("one stream", new SendLetter("slow", 2));
        commands.send("one stream", new SendLetter("quick", 3));
        var slow = new CountDownLatch(1);

        var running = start(delivery().toHandler(SendLetter.class, SendLetter::to, command -> {
            if (command.message().to().equals("slow")) {
                assertThat(slow.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            }
            letters.add(command.message().number());
        }));
        await(() -> letters.equals(List.of(3)));
        slow.countDown();

        assertThat(running.awaitPosition(3, LIMIT)).isTrue();
        assertThat(letters).containsExactly(3, 1, 2);
    }

    @Test
    void withoutAKeyTheOrderIsThatOfTheStream() throws Exception {
        for (int i = 1; i <= 50; i++) {
            commands.send("one stream", new SendLetter("ada", i));
        }

        deliver(delivery()
                .toHandler(
                        SendLetter.class,
                        command -> letters.add(command.message().number())));

        assertThat(letters).hasSize(50).isSorted();
    }

    @Test
    void aCommandWhoseKeyFailsIsADeadLetterAndHoldsUpNobody() throws Exception {
        commands.send("one stream", new SendLetter("nobody", 1));
        commands.send("one stream", new SendLetter("ada", 2));

        deliver(delivery()
                .toHandler(
                        SendLetter.class,
                        CommandDeliveryTest::knownAddress,
                        command -> letters.add(command.message().number())));

        assertThat(letters).containsExactly(2);
        assertThat(deadLetters()).extracting(DeadLetter::position).containsExactly(1L);
    }

    private static String knownAddress(SendLetter command) {
        if (command.to().equals("nobody")) {
            throw new IllegalArgumentException("nobody lives nowhere");
        }
        return command.to();
    }

    @Test
    void anAggregateThatCannotBeIsADeadLetter() throws Exception {
        commands.send("a", new Deposit("a\u0000b", 1));
        commands.send("a", new Deposit("a", 2));

        deliver(toAccounts());

        assertThat(outcomes).hasSize(1);
        assertThat(deadLetters()).extracting(DeadLetter::position).containsExactly(1L);
    }

    @Test
    void aCommandOfNewerCodeIsADeadLetterAndHoldsUpNobody() throws Exception {
        var newer = new EventStore(
                log,
                MessageSerializer.builder(MessageTypes.of(SendLetterTomorrow.class))
                        .upcasters(Upcasters.builder()
                                .startsAt(new SchemaVersion("letter.send", 2))
                                .build())
                        .build());
        new CommandLog(newer).send("letters", new SendLetterTomorrow("ada", 1, "Monday"));
        commands.send("letters", new SendLetter("ada", 2));

        deliver(delivery()
                .toHandler(
                        SendLetter.class,
                        command -> letters.add(command.message().number())));

        assertThat(letters).containsExactly(2);
        assertThat(deadLetters()).extracting(DeadLetter::position).containsExactly(1L);
    }

    @Test
    void sendingTheSameEnvelopeAgainChangesNothing() {
        var command = Envelope.of(new SendLetter("ada", 1));

        UUID first = commands.send("letters", command);
        UUID second = commands.send("letters", command);

        assertThat(second).isEqualTo(first).isEqualTo(command.id());
        assertThat(store.headPosition()).isEqualTo(1);
    }

    @Test
    void everyProblemIsToldAtOnce() {
        var broken = delivery()
                .toHandler(SendLetterTomorrow.class, command -> {})
                .toHandler(SendLetter.class, command -> {})
                .toHandler(SendLetter.class, SendLetter::to, command -> {});

        assertThatIllegalStateException()
                .isThrownBy(broken::build)
                .withMessageContaining("SendLetterTomorrow is not registered")
                .withMessageContaining("SendLetter has two handlers");
        assertThatIllegalStateException().isThrownBy(delivery()::build).withMessageContaining("no command");
    }

    private List<DeadLetter> deadLetters() {
        return storage.deadLetters().list(DeadLetterFilter.of("commands"), 100);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
