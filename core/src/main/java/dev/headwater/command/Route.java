package dev.headwater.command;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Execution;
import dev.headwater.bus.MessageHandler;
import dev.headwater.store.StreamId;
import java.util.Objects;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the commands of a type go. */
sealed interface Route<C extends Command<?>> {

    /** The key of a command that is recorded in a stream; fails when it has none. */
    String key(StreamId stream, C command);

    /** Carries out a command; fails when it has no key. */
    void carryOut(Envelope<C> command) throws Exception;

    /** To an aggregate, in the order of its stream. */
    record ToAggregate<C extends Command<?>>(
            DeciderRepository<? super C, ?, ?> repository, Function<? super C, String> id, ExecutionListener listener)
            implements Route<C> {

        private static final Logger LOG = LoggerFactory.getLogger(CommandDelivery.class);

        @Override
        public String key(StreamId stream, C command) {
            return repository.stream(idOf(command)).name();
        }

        @Override
        public void carryOut(Envelope<C> command) throws Exception {
            var execution = repository.execute(idOf(command.message()), command);
            if (execution instanceof Execution.Refused refused) {
                LOG.debug(
                        "The command {} of {} was refused: {}",
                        command.id(),
                        command.message().getClass().getName(),
                        refused.kind());
            }
            listener.executed(command, execution);
        }

        private String idOf(C command) {
            return Objects.requireNonNull(
                    id.apply(command), "The function for the aggregate of a command has returned null");
        }
    }

    /** To a handler, in the order of the stream in which they are recorded. */
    record InStreamOrder<C extends Command<?>>(MessageHandler<C> handler) implements Route<C> {

        @Override
        public String key(StreamId stream, C command) {
            return stream.name();
        }

        @Override
        public void carryOut(Envelope<C> command) throws Exception {
            handler.handle(command);
        }
    }

    /** To a handler, in the order of a key. */
    record InKeyOrder<C extends Command<?>>(Function<? super C, String> key, MessageHandler<C> handler)
            implements Route<C> {

        @Override
        public String key(StreamId stream, C command) {
            return Objects.requireNonNull(
                    key.apply(command), "The function for the key of a command has returned null");
        }

        @Override
        public void carryOut(Envelope<C> command) throws Exception {
            Objects.requireNonNull(
                    key.apply(command.message()), "The function for the key of a command has returned null");
            handler.handle(command);
        }
    }
}
