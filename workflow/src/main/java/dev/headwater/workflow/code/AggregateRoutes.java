package dev.headwater.workflow.code;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Execution;
import dev.headwater.store.StreamId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Knows which aggregates commands are for. Thread-safe. */
public final class AggregateRoutes implements Aggregates {

    private final Map<Class<?>, Route<?>> routes = new ConcurrentHashMap<>();

    /** Routes nothing yet. */
    public AggregateRoutes() {}

    private record Route<C extends Command<?>>(
            Class<C> type, DeciderRepository<? super C, ?, ?> repository, Function<? super C, String> id) {

        StreamId stream(Command<?> command) {
            return repository.stream(id.apply(type.cast(command)));
        }

        Decision decide(Envelope<? extends Command<?>> envelope) {
            var command = type.cast(envelope.message());
            var decided = repository.decide(
                    id.apply(command), new Envelope<>(envelope.id(), envelope.time(), envelope.metadata(), command));
            return switch (decided.execution()) {
                case Execution.Accepted(var stream, long version)
                when decided.hasEvents() -> new Decision.Events(decided.part(), version);
                case Execution.Accepted(var stream, long version) -> new Decision.NothingToDo(stream, version);
                case Execution.Refused(var kind, var reason) -> new Decision.Refused(stream(command), kind, reason);
            };
        }
    }

    /** Commands of a type, and of all that it permits if it is sealed, are for these aggregates. */
    public <C extends Command<?>> AggregateRoutes add(
            Class<C> type, DeciderRepository<? super C, ?, ?> repository, Function<? super C, String> id) {
        routes.put(type, new Route<>(type, repository, id));
        return this;
    }

    @Override
    public Decision decide(Envelope<? extends Command<?>> command) {
        var type = command.message().getClass();
        return Optional.<Route<?>>ofNullable(routes.get(type))
                .or(() -> routes.values().stream()
                        .filter(route -> route.type().isAssignableFrom(type))
                        .findFirst())
                .orElseThrow(() -> new IllegalArgumentException("Nobody has said which aggregates the command "
                        + type.getName() + " is for: name them with aggregates(…), or send the command instead"))
                .decide(command);
    }
}
