package dev.headwater.benchmarks;

import dev.headwater.benchmarks.Comparison.Target;
import dev.headwater.benchmarks.Experiment.Contestant;
import java.util.ArrayList;
import java.util.List;

/** Subscriptions: replay, read models, latency, parked sequences, and what they cost when there is nothing to do. */
final class Subscribing {

    private static final String LOG = "subscribe";
    private static final String PARKED = "subscribe_parked";
    private static final String FRESH = "subscribe_fresh";
    private static final String EVENTS = "events/s";
    private static final int EVENTS_EACH = 100;
    /** A pass over the log with parked sequences need not be as long as a replay. */
    private static final int HEALTHY_SHARE = 5;

    /** One that reads, one that moves the checkpoint, the commit; the rest is the start and the end of a replay. */
    private static final double MOST_STATEMENTS = 3.5;

    private final Server server;
    private final Scale scale;
    private final SampleEvents samples;
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<Bound> bounds = new ArrayList<>();

    private Subscribing(Server server, Scale scale, SampleEvents samples) {
        this.server = server;
        this.scale = scale;
        this.samples = samples;
    }

    /** The outcome of all of it. */
    record Result(List<Comparison> comparisons, List<Bound> bounds) {}

    static Result compare(Server server, Scale scale, SampleEvents samples) throws Exception {
        var subscribing = new Subscribing(server, scale, samples);
        subscribing.replay();
        subscribing.parked();
        subscribing.latency();
        subscribing.restart();
        subscribing.idle();
        return new Result(subscribing.comparisons, subscribing.bounds);
    }

    private int keys() {
        return scale.logEvents() / EVENTS_EACH;
    }

    private void replay() throws Exception {
        Progress.say("subscriptions: preparing a log of " + scale.logEvents() + " events of " + keys() + " keys");
        var url = server.create(LOG, null);
        try (var headwater = Headwater.open(url)) {
            Fill.interleaved(headwater.store(), samples, keys(), EVENTS_EACH);
        }
        Counters.create(url);
        RawReplay.createCheckpoint(url);
        Fill.vacuum(url);
        server.checkpoint();

        var loop = new Contestant("JDBC loop", RawReplay::decode);
        var replay = new Contestant("Headwater", Replay::decode);
        comparisons.add(run(url, loop, replay)
                .compare("replay into a handler that does nothing", EVENTS, loop, replay, Target.ratio(0.6)));

        var upsert = new Contestant("JDBC loop, one upsert a page", RawReplay::count);
        var table = new Contestant("Headwater, table helper", Replay::countInTable);
        var batch = new Contestant("Headwater, addBatch for each event", Replay::countEachEvent);
        var rounds = run(url, upsert, table, batch);
        comparisons.add(rounds.compare(
                "replay into counters of " + keys() + " keys", EVENTS, upsert, table, Target.ratio(0.7)));
        comparisons.add(rounds.compare(
                "the same with a plain JDBC handler, a statement for each event",
                EVENTS,
                upsert,
                batch,
                Target.none()));
        bounds.add(new Bound(
                "statements to read, check and commit a page of " + Replay.PAGE + " events",
                "a page",
                List.of(Replay.statementsOfAPage(url)),
                Measurement::perSecond,
                MOST_STATEMENTS));
        server.drop(LOG);
    }

    private void parked() throws Exception {
        int healthy = keys() / HEALTHY_SHARE;
        Progress.say("subscriptions: parking " + keys() + " sequences");
        var url = server.create(PARKED, null);
        long after;
        try (var headwater = Headwater.open(url)) {
            Fill.interleaved(headwater.store(), samples, keys(), 1);
            after = headwater.store().headPosition();
            ParkedSequences.park(headwater, keys());
            Fill.interleaved(headwater.store(), samples, healthy, EVENTS_EACH);
        }
        Fill.vacuum(url);
        server.checkpoint();
        var none = new Contestant("nothing parked", new ParkedSequences(ParkedSequences.HEALTHY, after));
        var many = new Contestant("Headwater, parked", new ParkedSequences(ParkedSequences.SICK, after));
        comparisons.add(run(url, none, many)
                .compare(
                        "replay of healthy keys beside " + keys() + " parked sequences",
                        EVENTS,
                        none,
                        many,
                        Target.ratio(0.9)));
        server.drop(PARKED);
    }

    private void latency() throws Exception {
        var url = server.create(FRESH, null);
        var appends = new Contestant("Headwater", new AppendToHandler(samples));
        var rounds = run(url, appends).of(appends);
        var work = "append to handler at " + AppendToHandler.PER_SECOND + " events/s: ";
        bounds.add(new Bound(work + "p50", "ms", rounds, measurement -> measurement.p50Nanos() / 1e6, 5));
        bounds.add(new Bound(work + "p99", "ms", rounds, measurement -> measurement.p99Nanos() / 1e6, 25));
        server.drop(FRESH);
    }

    private void restart() throws Exception {
        var url = server.create(FRESH, null);
        bounds.add(RollingRestart.measure(url, scale.rounds()));
        server.drop(FRESH);
    }

    private void idle() throws Exception {
        Progress.say("subscriptions: " + Idleness.SUBSCRIPTIONS + " of them with nothing to do");
        var url = server.create(FRESH, null);
        bounds.addAll(Idleness.measure(server, url, scale));
        server.drop(FRESH);
    }

    private Rounds run(String url, Contestant... contestants) throws Exception {
        return new Experiment("subscriptions", (trial, pace) -> trial.run(url, pace), contestants)
                .run(scale.rounds(), scale.pace());
    }
}
