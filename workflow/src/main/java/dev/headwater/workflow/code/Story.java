package dev.headwater.workflow.code;

import dev.headwater.store.StoredEvent;

/** Tells entries of journals to people. */
public final class Story {

    private Story() {}

    /** Whether something of this type is an entry of a journal. */
    public static boolean tells(String type) {
        return JournalTypes.isEntry(type);
    }

    /** An entry in words; it is read by the toolkit's store. */
    public static String line(StoredEvent stored) {
        return switch ((Entry) stored.event()) {
            case Entry.Started started ->
                "started version " + started.version()
                        + (started.position().isPresent()
                                ? " with " + started.type().orElse("an event") + " at position "
                                        + started.position().getAsLong()
                                : " by call");
            case Entry.Stepped stepped ->
                "step " + stepped.name()
                        + stepped.failure()
                                .map(failure -> " failed: " + failure.kind() + ": " + failure.reason())
                                .orElse(" is done")
                        + (stepped.attempts() == 1 ? "" : ", after " + stepped.attempts() + " attempts");
            case Entry.Executed executed ->
                executed.refusal()
                        .map(refusal ->
                                executed.command() + " was refused: " + refusal.kind() + ": " + refusal.reason())
                        .orElse("executed " + executed.command() + " on " + executed.stream());
            case Entry.Sent sent -> "decided to send " + sent.command();
            case Entry.Awaiting awaiting ->
                (awaiting.types().isEmpty() ? "waits" : "awaits " + String.join(" or ", awaiting.types()))
                        + awaiting.atMost().map(limit -> " for " + limit).orElse("");
            case Entry.Received received -> "received " + received.type() + " at position " + received.position();
            case Entry.Kept kept -> "keeps " + kept.type() + " at position " + kept.position() + " for later";
            case Entry.TimedOut timedOut -> "the time has ended";
            case Entry.Forked forked -> "runs branches: " + String.join(", ", forked.branches());
            case Entry.Chose chose -> "branch " + chose.branch() + " was first";
            case Entry.ChildStarted child -> "started the child " + child.workflow() + " " + child.id();
            case Entry.ChildReceived received -> "the child has ended";
            case Entry.Versioned versioned -> "follows version " + versioned.version() + " of " + versioned.change();
            case Entry.Shown shown -> "shows " + shown.attributes();
            case Entry.AttemptFailed failed ->
                "attempt " + failed.attempt() + " of " + failed.name() + " failed: "
                        + failed.failure().kind() + ": " + failed.failure().reason() + "; the next one follows in "
                        + failed.pause();
            case Entry.Failing failing -> "fails: " + failing.reason();
            case Entry.Cancelling cancelling -> "is cancelled by " + cancelling.by() + ": " + cancelling.reason();
            case Entry.Compensated done -> "undid " + done.name();
            case Entry.Skipped skipped -> skipped.by() + " gave up undoing " + skipped.name() + ": " + skipped.reason();
            case Entry.Continued continued -> "goes on with run " + continued.run();
            case Entry.Ended ended -> "ended: " + ended.how();
            case Entry.Unclaimed unclaimed ->
                "did not take " + unclaimed.type() + " at position " + unclaimed.position();
            case Entry.ChildEnded told ->
                "told " + told.parent().workflow() + " " + told.parent().id();
        };
    }
}
