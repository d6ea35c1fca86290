package dev.headwater.workflow.code;

import dev.headwater.MessageContext;
import dev.headwater.workflow.Step;
import dev.headwater.workflow.StepFailedException;
import dev.headwater.workflow.StepRetry;
import dev.headwater.workflow.spi.StepReceipts;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A step of a lane, with what was chosen for it. */
final class StepCall implements Step {

    /** The longest pause that is spent on the thread; a longer one is a timer. */
    static final Duration SHORT_PAUSE = Duration.ofSeconds(5);

    private static final Duration USUAL_LIMIT = Duration.ofMinutes(1);
    private static final int MOST_BYTES = 1024 * 1024;

    private final Lane lane;
    private final Turn turn;
    private final String name;
    private final StepRetry retry;
    private final Duration limit;
    private final Optional<Action> undo;

    private StepCall(Lane lane, String name, StepRetry retry, Duration limit, Optional<Action> undo) {
        this.lane = lane;
        this.turn = lane.turn();
        this.name = name;
        this.retry = retry;
        this.limit = limit;
        this.undo = undo;
    }

    static StepCall of(Lane lane, String name) {
        return new StepCall(lane, name, StepRetry.DEFAULT, USUAL_LIMIT, Optional.empty());
    }

    @Override
    public Step retrying(StepRetry policy) {
        return new StepCall(lane, name, policy, limit, undo);
    }

    @Override
    public Step within(Duration newLimit) {
        return new StepCall(lane, name, retry, newLimit, undo);
    }

    @Override
    public Step undoneBy(Action newUndo) {
        return new StepCall(lane, name, retry, limit, Optional.of(newUndo));
    }

    @Override
    public <T> T call(Class<T> type, Effect<T> effect) {
        return perform(type, false, (place, key) -> inTime(() -> effect.call(key)));
    }

    @Override
    public void run(Action action) {
        perform(
                Void.class,
                false,
                (place, key) -> inTime(() -> {
                    action.run(key);
                    return null;
                }));
    }

    @Override
    public <X, T> T transaction(Class<X> transaction, Class<T> type, TransactionalEffect<? super X, T> effect) {
        return perform(type, true, (place, key) -> inTime(() -> once(key, transaction, effect)));
    }

    /** Another branch of the turn may record something meanwhile; that is no reason to give up. */
    private <X> JsonNode once(String key, Class<X> transaction, TransactionalEffect<? super X, ?> effect)
            throws Exception {
        while (true) {
            long version = turn.locked(() -> turn.journal().version());
            var claim = new StepReceipts.Claim(key, turn.stream(), version);
            try {
                return turn.surroundings().receipts().once(claim, transaction, effect);
            } catch (JournalMovedException e) {
                boolean isOwnMove = turn.locked(() -> turn.journal().version() != version);
                if (!isOwnMove || turn.problem().isPresent()) {
                    throw e;
                }
            }
        }
    }

    /** One attempt. */
    private interface Attempt {
        @Nullable
        Object make(Place place, String key) throws Exception;
    }

    private @Nullable Object inTime(Callable<? extends @Nullable Object> effect) throws Exception {
        return turn.surroundings().hands().within(limit, () -> MessageContext.call(turn.metadata(), effect::call));
    }

    private <T> T perform(Class<T> type, boolean hasReceipt, Attempt attempt) {
        lane.enter();
        var place = lane.next();
        var key = turn.key(place);
        undo.ifPresent(action -> lane.undoing()
                .arm(
                        lane,
                        name,
                        wf -> inTime(() -> {
                            action.run(key);
                            return null;
                        })));
        var recorded = turn.locked(() -> recorded(place));
        var stepped = recorded.isPresent() ? recorded.get() : attempts(place, key, hasReceipt, attempt);
        if (stepped.failure().isPresent()) {
            var failure = stepped.failure().get();
            throw new StepFailedException(name, failure.kind(), failure.reason());
        }
        return turn.values().value(stepped.result(), type);
    }

    private Optional<Entry.Stepped> recorded(Place place) {
        var answers = turn.journal().at(place);
        Entry.AttemptFailed last = null;
        for (var answer : answers) {
            switch (answer) {
                case Entry.Stepped stepped
                when stepped.name().equals(name) -> {
                    return Optional.of(stepped);
                }
                case Entry.AttemptFailed failed when failed.name().equals(name) -> last = failed;
                case Entry.TimedOut ended -> last = null;
                default -> throw turn.contradiction(place, Lane.describe(answers), Words.step(name));
            }
        }
        lane.frontier(Words.step(name));
        if (last != null) {
            var ended = turn.ended(last.timer()).orElseThrow(() -> lane.stop(Stop.Why.WAITING));
            turn.takeOffer();
            turn.decide(new Entry.TimedOut(place, ended.position(), ended.timer(), ended.time()));
        }
        return Optional.empty();
    }

    private Entry.Stepped attempts(Place place, String key, boolean hasReceipt, Attempt attempt) {
        int made = turn.locked(() -> turn.journal().attempts(place));
        while (true) {
            made++;
            turn.beforeEffect();
            Exception failure;
            try {
                var result = turn.values().json(attempt.make(place, key));
                requireSmall(result);
                var receipt = hasReceipt ? Optional.of(key) : Optional.<String>empty();
                return decide(new Entry.Stepped(place, name, Optional.of(result), Optional.empty(), made, receipt));
            } catch (InterruptedException e) {
                throw turn.abandon(e);
            } catch (JournalMovedException e) {
                throw turn.abandon(e);
            } catch (Exception e) {
                failure = e;
            }
            if (made >= retry.attempts() || isHopeless(failure)) {
                return failed(place, made, failure);
            }
            pause(place, made, failure);
        }
    }

    private boolean isHopeless(Exception failure) {
        return failure instanceof TooLargeException
                || retry.hopeless().stream().anyMatch(type -> type.isInstance(failure));
    }

    private void requireSmall(JsonNode json) throws TooLargeException {
        int bytes = turn.outside(
                () -> turn.surroundings().store().serializer().mapper().writeValueAsBytes(json).length);
        if (bytes > MOST_BYTES) {
            throw new TooLargeException("its result takes " + bytes + " bytes as JSON: at most " + MOST_BYTES
                    + " are allowed; store it elsewhere and return a reference");
        }
    }

    private Entry.Stepped failed(Place place, int attempts, Exception failure) {
        return decide(new Entry.Stepped(
                place, name, Optional.empty(), Optional.of(Turn.refusal(failure)), attempts, Optional.empty()));
    }

    private Entry.Stepped decide(Entry.Stepped stepped) {
        return turn.locked(() -> {
            turn.decide(stepped);
            return stepped;
        });
    }

    private void pause(Place place, int made, Exception failure) {
        var pause = retry.pauseAfter(made);
        if (pause.compareTo(SHORT_PAUSE) <= 0) {
            turn.pause(pause);
            return;
        }
        throw turn.locked(() -> {
            turn.decide(new Entry.AttemptFailed(place, name, made, Turn.refusal(failure), pause, turn.nextTimer()));
            return lane.stop(Stop.Why.WAITING);
        });
    }

    /** A result that is too large to be recorded. */
    private static final class TooLargeException extends Exception {
        private static final long serialVersionUID = 1L;

        TooLargeException(String message) {
            super(message);
        }
    }
}
