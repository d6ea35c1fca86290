package dev.headwater.benchmarks;

import dev.headwater.benchmarks.Comparison.Target;
import dev.headwater.benchmarks.Experiment.Contestant;
import java.util.List;

/** Loads of aggregates against reads of their rows, on streams that are written once. */
final class Aggregates {

    private static final String DATABASE = "aggregate";

    private Aggregates() {}

    static Comparison compare(Server server, Scale scale, SampleEvents samples) throws Exception {
        Progress.say(
                "aggregate: preparing " + scale.aggregates() + " aggregates of " + AggregateLoads.EVENTS + " events");
        var url = server.create(DATABASE, null);
        List<String> ids;
        try (var headwater = Headwater.open(url)) {
            ids = Fill.aggregates(headwater.store(), samples, scale.aggregates(), AggregateLoads.EVENTS);
        }
        Fill.vacuum(url);
        server.checkpoint();
        var select =
                new Contestant("SELECT of the stream", (database, pace) -> AggregateLoads.raw(database, pace, ids));
        var load = new Contestant("Headwater", (database, pace) -> AggregateLoads.headwater(database, pace, ids));
        var comparison = new Experiment("aggregate", (trial, pace) -> trial.run(url, pace), select, load)
                .run(scale.rounds(), scale.pace())
                .compare(
                        "load an aggregate of " + AggregateLoads.EVENTS + " events",
                        "loads/s",
                        select,
                        load,
                        Target.ratio(0.7));
        server.drop(DATABASE);
        return comparison;
    }
}
