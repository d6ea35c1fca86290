package dev.headwater.workflow.code;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.MessageTypes;
import dev.headwater.store.StoredEvent;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a turn reads and writes besides entries: results, and the events that they name by position. */
final class Values {

    private final Turn turn;

    Values(Turn turn) {
        this.turn = turn;
    }

    JsonNode json(@Nullable Object value) {
        return turn.outside(
                () -> turn.surroundings().store().serializer().mapper().valueToTree(value));
    }

    /** A value as it was recorded. */
    <T extends @Nullable Object> T value(Optional<JsonNode> json, Class<T> type) {
        return turn.outside(() -> Endings.value(
                json, type, turn.surroundings().store().serializer().mapper()));
    }

    /** The registered name of a command. */
    String nameOf(Command<?> command) {
        return turn.outside(() -> types().require(command.getClass()).name());
    }

    MessageTypes types() {
        return turn.surroundings().store().serializer().types();
    }

    /** The names of the types whose events belong to instances of the workflow. */
    Set<String> awaitable() {
        var names = new HashSet<String>();
        turn.definition().correlations().forEach(each -> names.addAll(types().namesOf(each.type())));
        turn.definition().starters().forEach(each -> names.addAll(types().namesOf(each.type())));
        return names;
    }

    /** The event at a position, which is of this type. */
    DomainEvent event(long position, String type) {
        return turn.outside(() -> stored(position, type).event());
    }

    Instant timeOf(long position, String type) {
        return turn.outside(() -> stored(position, type).time());
    }

    private StoredEvent stored(long position, String type) {
        var known = turn.locked(() -> turn.journal().events().get(position));
        if (known == null) {
            known = turn.offer() instanceof Offer.Event offered
                            && offered.event().position() == position
                    ? offered.event()
                    : read(position, type);
            var found = known;
            turn.locked(() -> turn.journal().events().put(position, found));
        }
        return known;
    }

    private StoredEvent read(long position, String type) {
        var page = turn.surroundings()
                .store()
                .readLogPage(position - 1, Everything.QUERY, 1)
                .events();
        if (page.isEmpty() || page.getFirst().position() != position) {
            throw new WorkflowStuckException(
                    turn.name() + " has taken the event at position " + position + ", which the log does not hold",
                    null);
        }
        return page.getFirst().current().stream()
                .filter(event -> event.type().equals(type))
                .findFirst()
                .orElseThrow(() -> new WorkflowStuckException(
                        turn.name() + " has taken an event of the type '" + type + "' at position " + position
                                + ", and its upcasters no longer make one of it",
                        null));
    }
}
