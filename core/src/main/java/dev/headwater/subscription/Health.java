package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import dev.headwater.subscription.SubscriptionStatus.Segment;
import dev.headwater.subscription.SubscriptionStatus.State;
import java.util.Optional;

/**
 * The state of a subscription that needs somebody first, and why.
 *
 * @param reason empty when there is nothing to say
 */
record Health(State state, String reason) {

    /**
     * Finds the state.
     *
     * @param outage why the leases have not been renewed for longer than they last
     */
    static Health of(Activity activity, SubscriptionOverview overview, long head, Optional<Coordinator.Outage> outage) {
        return switch (activity.state()) {
            case FAILED -> new Health(State.FAILED, failure(activity));
            case FORGOTTEN -> new Health(State.FORGOTTEN, "somebody has forgotten it");
            case STOPPED -> new Health(State.STOPPED, "");
            case PAUSED -> paused(overview);
            default ->
                outage.map(Health::notRenewed)
                        .or(() -> beyond(overview, head))
                        .or(() -> retrying(activity))
                        .or(() -> catchingUp(activity))
                        .or(() -> degraded(overview))
                        .orElse(new Health(State.RUNNING, ""));
        };
    }

    private static Health paused(SubscriptionOverview overview) {
        return overview.replacedBy()
                .map(successor -> new Health(State.REPLACED, "'" + successor + "' has taken its place"))
                .orElseGet(() -> new Health(
                        State.PAUSED,
                        overview.pause()
                                .map(pause -> "by " + pause.who() + " since " + pause.since())
                                .orElse("")));
    }

    private static Health notRenewed(Coordinator.Outage outage) {
        return new Health(
                State.NOT_RENEWED,
                "its leases cannot be renewed since " + outage.since() + ": " + Failure.inBrief(outage.reason()));
    }

    private static Optional<Health> beyond(SubscriptionOverview overview, long head) {
        return overview.segments().stream()
                .filter(segment -> segment.position() > head)
                .mapToLong(Segment::position)
                .boxed()
                .max(Long::compare)
                .map(position -> new Health(
                        State.BEYOND_THE_LOG,
                        "its checkpoints stand at " + position + ", and the log ends at " + head
                                + ": reset it if the log was restored"));
    }

    private static Optional<Health> retrying(Activity activity) {
        return activity.state() == State.RETRYING
                ? Optional.of(new Health(State.RETRYING, failure(activity)))
                : Optional.empty();
    }

    private static String failure(Activity activity) {
        return activity.lastError().map(Failure::inBrief).orElse("");
    }

    private static Optional<Health> catchingUp(Activity activity) {
        return activity.catchingUp() ? Optional.of(new Health(State.CATCHING_UP, "")) : Optional.empty();
    }

    private static Optional<Health> degraded(SubscriptionOverview overview) {
        var letters = overview.letters();
        return letters.number() == 0
                ? Optional.empty()
                : Optional.of(new Health(
                        State.DEGRADED,
                        (letters.more() ? "more than " : "") + letters.number() + " dead letters"
                                + letters.commonestReason()
                                        .map(reason -> ", most often " + reason)
                                        .orElse("")));
    }
}
