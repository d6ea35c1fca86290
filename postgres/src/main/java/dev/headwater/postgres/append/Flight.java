package dev.headwater.postgres.append;

import dev.headwater.store.AppendCondition;
import dev.headwater.store.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What one call to the server settles: the members of a batch, and contenders, who depend on a member and need not be
 * sent. Once it is known what became of the members it is known for most contenders, too: a stream is no longer as they
 * expect it, or an event was stored that their condition rules out. Not thread-safe.
 */
final class Flight {

    private final AppendBatch batch;
    private final List<Waiter> members = new ArrayList<>();
    private final List<Waiter> contenders = new ArrayList<>();
    private final Map<StreamId, Long> lately;
    private List<? extends AppendOutcome> outcomes = List.of();
    private Map<StreamId, Long> versions = Map.of();

    /** How many waited when it landed. */
    int queued;

    /**
     * A flight with one member.
     *
     * @param lately which versions streams have come to, as the flight before has told; a hint, no more
     */
    Flight(Waiter leader, Map<StreamId, Long> lately) {
        this.lately = lately;
        batch = AppendBatch.of(leader.append);
        members.add(leader);
    }

    AppendBatch batch() {
        return batch;
    }

    /**
     * Takes along an append as a member or a contender; false when there is no room for it. Who expects a version that
     * is most likely past gives its place as a member to one who does not.
     */
    boolean board(Waiter waiter) {
        if (batch.isTooLargeWith(waiter.append)) {
            return false;
        }
        if (batch.tryAdd(waiter.append)) {
            members.add(waiter);
        } else {
            int overtaken = batch.tryOvertake(waiter.append, lately);
            contenders.add(overtaken < 0 ? waiter : members.set(overtaken, waiter));
        }
        return true;
    }

    boolean isFull() {
        return batch.isFull();
    }

    /** Whether an id of a member may be in the log. */
    boolean isDoubtful() {
        return members.stream().anyMatch(member -> member.isDoubtful);
    }

    /** Everybody on board, whether there is an outcome or not. */
    List<Waiter> everybody() {
        var all = new ArrayList<>(members);
        all.addAll(contenders);
        return all;
    }

    /** An append that was refused, if it is not a repetition. */
    record Refused(Waiter waiter, AppendOutcome.Refusal refusal) {}

    /**
     * Tells all whose outcome needs no look into the log, and returns the refused.
     *
     * @param answers one for each member of the batch
     */
    List<Refused> settle(List<? extends AppendOutcome> answers) {
        outcomes = answers;
        var refused = new ArrayList<Refused>();
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            switch (answers.get(i)) {
                case AppendOutcome.Refusal refusal -> refused.add(new Refused(member, refusal));
                case AppendOutcome outcome -> member.finish(outcome);
            }
        }
        versions = versionsTold();
        contenders.removeIf(contender -> {
            var outcome = outcome(contender);
            switch (outcome) {
                case AppendOutcome.Refusal refusal -> refused.add(new Refused(contender, refusal));
                case AppendOutcome other -> contender.finish(other);
                case null -> {
                    return false;
                }
            }
            return true;
        });
        return refused;
    }

    /** Contenders that the flight has not settled. */
    List<Waiter> leftOver() {
        return contenders;
    }

    /** The versions of the streams after the batch, as far as its outcomes tell them. */
    Map<StreamId, Long> versions() {
        return versions;
    }

    private Map<StreamId, Long> versionsTold() {
        var told = new HashMap<StreamId, Long>();
        for (var outcome : outcomes) {
            switch (outcome) {
                case AppendOutcome.Stored(var result) ->
                    result.versions().forEach((stream, version) -> told.merge(stream, version, Math::max));
                case AppendOutcome.Conflict(var stream, var expected, long version) ->
                    told.merge(stream, version, Math::max);
                default -> {}
            }
        }
        return told;
    }

    private @Nullable AppendOutcome outcome(Waiter contender) {
        for (var part : contender.append.parts()) {
            var version = versions.get(part.stream());
            if (version != null && !part.expected().accepts(version)) {
                return new AppendOutcome.Conflict(part.stream(), part.expected(), version);
            }
        }
        var condition = contender.append.condition();
        var violation = condition.isPresent() ? violation(condition.get()) : OptionalLong.empty();
        if (violation.isPresent()) {
            return new AppendOutcome.Violated(condition.get(), violation.getAsLong());
        }
        return lockTimeout().orElse(null);
    }

    private OptionalLong violation(AppendCondition condition) {
        for (int i = 0; i < members.size(); i++) {
            if (outcomes.get(i) instanceof AppendOutcome.Stored(var result)) {
                long position = result.firstPosition();
                for (var part : members.get(i).append.parts()) {
                    for (var event : part.events()) {
                        if (position > condition.after()
                                && condition.query().matches(event.message().type(), part.stream(), event.tags())) {
                            return OptionalLong.of(position);
                        }
                        position++;
                    }
                }
            }
        }
        return OptionalLong.empty();
    }

    /** Who did not come into the critical section has waited for all on board. */
    private Optional<AppendOutcome> lockTimeout() {
        return outcomes.getFirst() instanceof AppendOutcome.Failed failed && failed.holders() != null
                ? Optional.of(failed)
                : Optional.empty();
    }

    /** The last resort: nobody is left without an outcome. */
    void breakOff(AppendOutcome outcome) {
        members.forEach(member -> member.finish(outcome));
    }
}
