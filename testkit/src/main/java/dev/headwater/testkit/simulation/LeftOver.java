package dev.headwater.testkit.simulation;

import dev.headwater.failure.Failure;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.memory.InMemoryProcessStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What has not come to an end in a simulation. */
final class LeftOver {

    private static final int MOST = 100;

    private LeftOver() {}

    static List<String> in(
            long head,
            InMemorySubscriptionStorage<Simulation> checkpoints,
            InMemoryProcessStorage<Simulation> processes) {
        var left = new ArrayList<String>();
        checkpoints.deadLetters().list(DeadLetterFilter.all(), MOST).forEach(letter -> left.add(of(letter)));
        for (var subscription : checkpoints.overview(Optional.empty())) {
            long position = subscription.segments().stream()
                    .mapToLong(SubscriptionStatus.Segment::position)
                    .min()
                    .orElse(head);
            if (position < head) {
                left.add("the subscription '" + subscription.name() + "' has come to position " + position + " of "
                        + head);
            }
        }
        for (var instance : processes.list(ProcessFilter.ALL, Optional.empty(), Integer.MAX_VALUE)) {
            if (!instance.state().isEnded() || instance.due().isPresent()) {
                left.add(instance.process() + " " + instance.id() + " is " + instance.state() + " in "
                        + instance.stage()
                        + instance.due()
                                .map(due -> ", with a time limit until " + due)
                                .orElse("")
                        + instance.problem().map(problem -> ": " + problem).orElse(""));
            }
        }
        return left;
    }

    private static String of(DeadLetter letter) {
        return "the event " + letter.position() + ", " + letter.type() + ", is a dead letter of '"
                + letter.subscription() + "', " + letter.state()
                + letter.failure()
                        .map(Failure::message)
                        .map(message -> ": " + message)
                        .orElse("");
    }
}
