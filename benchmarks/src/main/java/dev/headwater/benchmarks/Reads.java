package dev.headwater.benchmarks;

import dev.headwater.benchmarks.Comparison.Target;
import dev.headwater.benchmarks.Experiment.Contestant;

/** Reads of a log that is written once: all of it, and all of it in a small heap. */
final class Reads {

    private static final String DATABASE = "read";

    private Reads() {}

    /** The outcome of both. */
    record Result(Comparison comparison, SmallHeap.Result smallHeap) {}

    static Result compare(Server server, Scale scale, SampleEvents samples) throws Exception {
        Progress.say("read: preparing a log of " + scale.logEvents() + " events");
        var url = server.create(DATABASE, null);
        try (var headwater = Headwater.open(url)) {
            Fill.orders(headwater.store(), samples, scale.logEvents() / SampleEvents.STEPS);
        }
        Fill.vacuum(url);
        server.checkpoint();
        var keyset = new Contestant("keyset SELECT", LogReads::raw);
        var log = new Contestant("Headwater", LogReads::headwater);
        var comparison = new Experiment("read", (trial, pace) -> trial.run(url, pace), keyset, log)
                .run(scale.rounds(), scale.pace())
                .compare("read the whole log", "events/s", keyset, log, Target.ratio(0.5));
        var smallHeap = SmallHeap.read(url, scale.logEvents());
        server.drop(DATABASE);
        return new Result(comparison, smallHeap);
    }
}
