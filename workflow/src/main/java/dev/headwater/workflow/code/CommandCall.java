package dev.headwater.workflow.code;

import dev.headwater.Command;
import dev.headwater.aggregate.Execution;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.StreamId;
import java.util.Optional;
import java.util.OptionalLong;

/** A command that an aggregate decides on in a lane: its events and the outcome are one append. */
final class CommandCall {

    /** How often a command is decided when others are first. */
    private static final int DECISIONS = 10;

    private final Lane lane;
    private final Turn turn;
    private final Command<?> command;
    private final String type;

    CommandCall(Lane lane, Command<?> command) {
        this.lane = lane;
        this.turn = lane.turn();
        this.command = command;
        this.type = turn.values().nameOf(command);
    }

    Execution execute() {
        var place = lane.next();
        turn.hear(place, Words.execute(type), command);
        return outcome(turn.locked(() -> recorded(place)).orElseGet(() -> decide(place)));
    }

    private Optional<Entry.Executed> recorded(Place place) {
        var answers = turn.journal().at(place);
        if (answers.isEmpty()) {
            lane.frontier(Words.execute(type));
            return lane.undoes() ? formerlyAccepted(place) : Optional.empty();
        }
        if (answers.getFirst() instanceof Entry.Executed executed
                && executed.command().equals(type)) {
            return Optional.of(executed);
        }
        throw turn.contradiction(place, Lane.describe(answers), Words.execute(type));
    }

    /** What a former attempt of a compensation has brought about is not brought about again. */
    private Optional<Entry.Executed> formerlyAccepted(Place place) {
        return turn.journal().inFormerAttempts(place).stream()
                .filter(Entry.Executed.class::isInstance)
                .map(Entry.Executed.class::cast)
                .filter(former ->
                        former.command().equals(type) && former.refusal().isEmpty())
                .findFirst()
                .map(former -> {
                    var executed = new Entry.Executed(place, type, former.stream(), former.version(), Optional.empty());
                    turn.decide(executed);
                    return executed;
                });
    }

    private Entry.Executed decide(Place place) {
        var envelope = turn.command(command);
        for (int attempt = 1; ; attempt++) {
            var decision = turn.outside(() -> turn.surroundings().aggregates().decide(envelope));
            var executed = executed(place, decision);
            try {
                if (decision instanceof Aggregates.Decision.Events events) {
                    turn.record(executed, events.part());
                } else {
                    turn.locked(() -> {
                        turn.decide(executed);
                        return executed;
                    });
                }
                return executed;
            } catch (ConcurrencyException e) {
                if (attempt == DECISIONS) {
                    throw turn.abandon(e);
                }
            }
        }
    }

    private Entry.Executed executed(Place place, Aggregates.Decision decision) {
        return switch (decision) {
            case Aggregates.Decision.Events(var part, long version) ->
                new Entry.Executed(place, type, part.stream().name(), OptionalLong.of(version), Optional.empty());
            case Aggregates.Decision.NothingToDo(var stream, long version) ->
                new Entry.Executed(place, type, stream.name(), OptionalLong.of(version), Optional.empty());
            case Aggregates.Decision.Refused(var stream, var kind, var reason) ->
                new Entry.Executed(
                        place, type, stream.name(), OptionalLong.empty(), Optional.of(new Entry.Refusal(kind, reason)));
        };
    }

    private static Execution outcome(Entry.Executed executed) {
        return executed.refusal()
                .<Execution>map(refusal -> new Execution.Refused(refusal.kind(), refusal.reason()))
                .orElseGet(() -> new Execution.Accepted(
                        new StreamId(executed.stream()), executed.version().orElseThrow()));
    }
}
