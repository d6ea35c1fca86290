package dev.headwater.workflow.code;

import dev.headwater.workflow.code.Entry.Answer;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/** Calls in words: the same for an entry and for the call that has made it. */
final class Words {

    private Words() {}

    static String of(Answer entry) {
        return switch (entry) {
            case Entry.Stepped stepped -> step(stepped.name());
            case Entry.AttemptFailed failed -> step(failed.name());
            case Entry.Executed executed -> execute(executed.command());
            case Entry.Sent sent -> send(sent.command());
            case Entry.Awaiting awaiting ->
                awaiting.types().isEmpty()
                        ? sleep(awaiting.atMost())
                        : await(awaiting.types(), awaiting.atMost().isPresent());
            case Entry.Received received -> "await(" + received.type() + ")";
            case Entry.TimedOut timedOut -> "the end of the time of timer " + timedOut.timer();
            case Entry.Forked forked -> fork(forked.kind(), forked.branches());
            case Entry.Chose chose -> "the end of branch " + chose.branch();
            case Entry.ChildStarted child -> child(child.workflow(), child.id());
            case Entry.ChildReceived received -> "the end of a child";
        };
    }

    static String step(String name) {
        return "step(" + name + ")";
    }

    static String execute(String command) {
        return "execute(" + command + ")";
    }

    static String send(String command) {
        return "send(" + command + ")";
    }

    static String await(Collection<String> types, boolean limited) {
        return "await(" + String.join(" or ", types) + (limited ? ", with a time limit)" : ")");
    }

    static String sleep(Optional<Duration> time) {
        return "sleep(" + time.map(Duration::toString).orElse("") + ")";
    }

    static String fork(String kind, Collection<String> branches) {
        return kind + "(" + String.join(", ", branches) + ")";
    }

    static String child(String workflow, String id) {
        return "child(" + workflow + ", " + id + ")";
    }
}
