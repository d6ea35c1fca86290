package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.HeadwaterException;
import dev.headwater.Metadata;
import dev.headwater.UndecodableMessageException;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Projection;
import dev.headwater.subscription.SequenceKey;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.workflow.spi.InstanceChange;
import dev.headwater.workflow.spi.NoClaim;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StoredInstance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes the events of a process, a page in one transaction: reads the rows of its instances, follows the table in
 * memory, and writes rows and commands. The commands come last, since an append keeps others waiting until the commit;
 * where nothing can be undone they come first, since they alone can fail for the sake of an event.
 */
final class TableProjection<T> implements Projection<T> {

    private final TableProcess process;
    private final EventStore store;
    private final ProcessStorage<T> storage;
    private final JsonMapper mapper;

    /** @param store knows the toolkit's own records besides the application's */
    TableProjection(TableProcess process, EventStore store, ProcessStorage<T> storage) {
        this.process = process;
        this.store = store;
        this.storage = storage;
        this.mapper = store.serializer().mapper();
    }

    Subscription<T> subscription(StartFrom from) {
        var names = new LinkedHashSet<String>();
        process.types().forEach(type -> names.addAll(store.serializer().types().namesOf(type)));
        var events = EventQuery.ofTypes(names);
        return Subscription.named("$" + process.name())
                .events(process.table() == null ? events : events.or(TimeEnded.query()))
                .startingAt(from)
                .orderedBy(key())
                .retrying(RetryPolicy.DEFAULT.treating(UnreadableInstanceException.class, FailureKind.PERMANENT))
                .projecting(this);
    }

    /**
     * Events of an instance stay in order; one for which the function that tells the instance fails, fails by itself.
     */
    private SequenceKey key() {
        return event -> {
            try {
                var ids = event.current().stream()
                        .map(this::message)
                        .flatMap(message -> Stream.ofNullable(id(message)))
                        .distinct()
                        .toList();
                return switch (ids.size()) {
                    case 0 -> event.stream().name();
                    case 1 -> ids.getFirst();
                    default -> event.id().toString();
                };
            } catch (RuntimeException e) {
                if (e instanceof UndecodableMessageException
                        || (e instanceof HeadwaterException own && own.isTransient())) {
                    throw e;
                }
                return event.id().toString();
            }
        };
    }

    private @Nullable String id(DomainEvent event) {
        return event instanceof TimeEnded ended ? ended.instance() : process.id(event);
    }

    private DomainEvent message(StoredEvent event) {
        return isTime(event) ? (DomainEvent) store.serializer().decodeMessage(event.encoded()) : event.event();
    }

    private static boolean isTime(StoredEvent event) {
        return event.type().equals(TimeEnded.NAME);
    }

    /** An event with the instance that it belongs to, if there is one. */
    private record Correlated(
            StoredEvent stored, DomainEvent event, @Nullable String id) {

        /** What upcasters have made of one stored event is handled in one place. */
        void requireSameInstance(Correlated next) {
            if (stored.position() == next.stored.position() && id != null && next.id != null && !id.equals(next.id)) {
                throw new IllegalStateException("The event at position " + stored.position()
                        + " has become events of two instances: expected one, since they are taken in order");
            }
        }
    }

    @Override
    public void project(List<StoredEvent> events, T transaction) throws Exception {
        var correlated = correlate(events);
        var page = new Page(load(correlated, transaction));
        correlated.forEach(page::take);
        page.write(transaction);
    }

    private List<Correlated> correlate(List<StoredEvent> events) {
        var correlated = new ArrayList<Correlated>(events.size());
        for (var stored : events) {
            var event = message(stored);
            if (!(event instanceof TimeEnded ended) || ended.process().equals(process.name())) {
                var next = new Correlated(stored, event, id(event));
                if (!correlated.isEmpty()) {
                    correlated.getLast().requireSameInstance(next);
                }
                correlated.add(next);
            }
        }
        return correlated;
    }

    private Map<String, StoredInstance> load(List<Correlated> events, T transaction) throws Exception {
        Set<String> ids = new LinkedHashSet<>();
        for (var event : events) {
            var id = event.id();
            if (id != null) {
                ids.add(id);
            }
        }
        return ids.isEmpty() ? Map.of() : storage.load(process.name(), ids, transaction);
    }

    /** What a page of events leads to. */
    private final class Page {
        private final Map<String, StoredInstance> stored;
        private final Map<String, InstanceFold> instances = new HashMap<>();
        private final List<NoClaim> unclaimed = new ArrayList<>();
        private final CommandBatch commands = new CommandBatch(store);

        private Page(Map<String, StoredInstance> stored) {
            this.stored = stored;
        }

        private void take(Correlated correlated) {
            var event = correlated.event();
            var id = correlated.id();
            var table = process.table();
            var metadata = Metadata.causedBy(correlated.stored().encoded());
            send(placeOf(correlated.stored()), process.atOnce(event), metadata);
            if (id == null || table == null) {
                return;
            }
            var instance = instances.computeIfAbsent(
                    id, each -> new InstanceFold(process, table, each, stored.get(each), mapper));
            if (instance.hasTaken(correlated.stored())) {
                return;
            }
            if (event instanceof TimeEnded ended) {
                var outcome = instance.expire(correlated.stored(), ended.timer());
                follow(outcome, correlated, id, table, instance.becauseOfTime(correlated.stored()));
            } else {
                follow(instance.take(correlated.stored(), event), correlated, id, table, metadata);
            }
        }

        /** Where commands stand that no instance sends: by the stream of their event, if its name is not too long. */
        private String placeOf(StoredEvent event) {
            var stream = event.stream().name();
            return Table.isShort(stream) ? stream : event.id().toString();
        }

        private void follow(
                InstanceFold.Outcome outcome, Correlated correlated, String id, Table<?> table, Metadata metadata) {
            switch (outcome) {
                case InstanceFold.Outcome.Taken(var sent) -> send(id, sent, metadata);
                case InstanceFold.Outcome.Stale() -> {}
                case InstanceFold.Outcome.Unclaimed(var reason) -> {
                    if (process.claims()) {
                        var answer = table.answer(correlated.event());
                        send(id, answer, metadata);
                        unclaimed.add(new NoClaim(
                                id,
                                correlated.stored().position(),
                                correlated.stored().type(),
                                reason,
                                !answer.isEmpty()));
                    }
                }
            }
        }

        private void send(String id, List<Command<?>> sent, Metadata metadata) {
            if (!sent.isEmpty()) {
                var stream = new StreamId("$" + process.name() + "-" + id);
                sent.forEach(command -> commands.add(stream, command, metadata));
            }
        }

        private void write(T transaction) throws Exception {
            var changes = new ArrayList<InstanceChange>();
            for (var instance : instances.values()) {
                instance.change().ifPresent(changes::add);
            }
            var log = storage.within(transaction);
            if (log.isProvisional()) {
                save(changes, transaction);
                commands.append(log);
            } else {
                commands.append(log);
                save(changes, transaction);
            }
        }

        private void save(List<InstanceChange> changes, T transaction) throws Exception {
            if (!changes.isEmpty()) {
                storage.save(process.name(), changes, transaction);
            }
            if (!unclaimed.isEmpty()) {
                storage.saveUnclaimed(process.name(), unclaimed, transaction);
            }
        }
    }
}
