package dev.headwater.broker;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Execution;
import dev.headwater.bus.CommandHandler;
import dev.headwater.store.ConcurrencyException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;

/** Carries out the commands of a type, each once. */
sealed interface CommandExecutor<C extends Command<?>> {

    /** The key in whose order commands are carried out. */
    String key(C command);

    /** The outcome that a command has already, unless that is among the {@link RecordedOutcomes}. */
    Optional<CommandOutcome> known(Envelope<C> command);

    /** Refuses a command unless it has an outcome; the one that stands. */
    CommandOutcome refuse(Envelope<C> command, String kind, String reason);

    /** Carries a command out and records its outcome. */
    CommandOutcome carryOut(Envelope<C> command) throws Exception;

    private static String required(@Nullable String key) {
        return Objects.requireNonNull(key, "The function for the key of a command has returned null");
    }

    private static JsonNode json(JsonMapper mapper, @Nullable Object answer) {
        return answer == null ? NullNode.getInstance() : mapper.valueToTree(answer);
    }

    /** By an aggregate, which keeps the outcomes itself. */
    record ByAggregate<C extends Command<?>>(
            DeciderRepository<? super C, ?, ?> repository, Function<? super C, String> id)
            implements CommandExecutor<C> {

        @Override
        public String key(C command) {
            return repository.stream(idOf(command)).name();
        }

        private String idOf(C command) {
            return required(id.apply(command));
        }

        @Override
        public Optional<CommandOutcome> known(Envelope<C> command) {
            return repository
                    .outcome(idOf(command.message()), command.id())
                    .map(execution -> outcome(command, execution));
        }

        @Override
        public CommandOutcome refuse(Envelope<C> command, String kind, String reason) {
            return outcome(command, repository.refuse(idOf(command.message()), command, kind, reason));
        }

        @Override
        public CommandOutcome carryOut(Envelope<C> command) {
            return outcome(command, repository.execute(idOf(command.message()), command));
        }

        private CommandOutcome outcome(Envelope<C> command, Execution execution) {
            return switch (execution) {
                case Execution.Accepted accepted -> new CommandOutcome.Answered(command.id(), NullNode.getInstance());
                case Execution.Refused(var kind, var reason) -> new CommandOutcome.Refused(command.id(), kind, reason);
            };
        }
    }

    /** By a handler, whose outcome is recorded afterwards. */
    record ByHandler<C extends Command<R>, R>(
            Function<? super C, String> key, CommandHandler<C, R> handler, RecordedOutcomes outcomes)
            implements CommandExecutor<C> {

        @Override
        public String key(C command) {
            return required(key.apply(command));
        }

        @Override
        public Optional<CommandOutcome> known(Envelope<C> command) {
            return Optional.empty();
        }

        @Override
        public CommandOutcome refuse(Envelope<C> command, String kind, String reason) {
            return outcomes.record(new CommandOutcome.Refused(command.id(), kind, reason), command);
        }

        @Override
        public CommandOutcome carryOut(Envelope<C> command) throws Exception {
            var mapper = outcomes.store().serializer().mapper();
            var answer = json(mapper, handler.handle(command));
            return outcomes.record(new CommandOutcome.Answered(command.id(), answer), command);
        }
    }

    /** By a handler, in the transaction in which the outcome is recorded. */
    record InTransaction<C extends Command<R>, R, T>(
            Function<? super C, String> key,
            Transactions<T> transactions,
            TransactionalCommandHandler<C, R, T> handler,
            RecordedOutcomes outcomes)
            implements CommandExecutor<C> {

        @Override
        public String key(C command) {
            return required(key.apply(command));
        }

        @Override
        public Optional<CommandOutcome> known(Envelope<C> command) {
            return Optional.empty();
        }

        @Override
        public CommandOutcome refuse(Envelope<C> command, String kind, String reason) {
            return outcomes.record(new CommandOutcome.Refused(command.id(), kind, reason), command);
        }

        /** The outcome stands alone in its stream, so of two that are at it at once only one can commit. */
        @Override
        public CommandOutcome carryOut(Envelope<C> command) throws Exception {
            try {
                transactions.run((transaction, store) -> {
                    var mapper = store.serializer().mapper();
                    var answer = json(mapper, handler.handle(command, transaction));
                    RecordedOutcomes.in(store).append(new CommandOutcome.Answered(command.id(), answer), command);
                });
            } catch (ConcurrencyException e) {
                return outcomes.find(command.id()).orElseThrow(() -> e);
            }
            return outcomes.find(command.id())
                    .orElseThrow(() -> new IllegalStateException("The transaction of "
                            + command.message().getClass().getName() + " " + command.id()
                            + " has left no outcome: run the work in a transaction, and commit it"));
        }
    }
}
