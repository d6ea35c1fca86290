package dev.headwater.benchmarks;

import dev.headwater.benchmarks.Comparison.Target;
import dev.headwater.benchmarks.Experiment.Contestant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** Appends against INSERT and COPY, every measurement on a fresh copy of one and the same database. */
final class Appends {

    private static final String TEMPLATE = "append";
    private static final String COPY = "append_run";
    private static final String EVENTS = "events/s";

    private final Server server;
    private final Scale scale;
    private final SampleEvents samples;
    private final List<Comparison> results = new ArrayList<>();

    private Appends(Server server, Scale scale, SampleEvents samples) {
        this.server = server;
        this.scale = scale;
        this.samples = samples;
    }

    static List<Comparison> compare(Server server, Scale scale, SampleEvents samples) throws Exception {
        var appends = new Appends(server, scale, samples);
        appends.prepare();
        appends.oneWriter();
        appends.manyWriters();
        appends.manyEvents();
        server.drop(TEMPLATE);
        return appends.results;
    }

    private void prepare() throws Exception {
        Progress.say("append: preparing tables with " + scale.orders() * SampleEvents.STEPS + " events");
        var url = server.create(TEMPLATE, null);
        try (var headwater = Headwater.open(url)) {
            Fill.orders(headwater.store(), samples, scale.orders());
        }
        RawTable.createFrom(url);
        Fill.vacuum(url);
    }

    private Measurement onCopy(Trial trial, Pace pace) throws Exception {
        var url = server.create(COPY, TEMPLATE);
        server.checkpoint();
        var measurement = trial.run(url, pace);
        server.drop(COPY);
        return measurement;
    }

    private void oneWriter() throws Exception {
        var insert = new Contestant("INSERT on 1 connection", new RawInsert(1, samples));
        var one = new Contestant("Headwater, 1 writer", HeadwaterAppend.oneEvent(1, platform(), samples));
        var rounds = run(insert, one);
        results.add(rounds.compare("append 1 event, 1 writer", EVENTS, insert, one, new Target(0.8, 1.5)));
    }

    private void manyWriters() throws Exception {
        var insert = new Contestant("INSERT on 32 connections", new RawInsert(32, samples));
        var some = new Contestant("Headwater, 32 writers", HeadwaterAppend.oneEvent(32, platform(), samples));
        var hot = new Contestant("Headwater, hot stream", HeadwaterAppend.hotStream(32, platform(), samples));
        var many = new Contestant("Headwater, 256 writers", HeadwaterAppend.oneEvent(256, virtual(), samples));
        var rounds = run(insert, some, hot, many);
        results.add(rounds.compare("append 1 event each, 32 writers", EVENTS, insert, some, Target.ratio(2.0)));
        results.add(rounds.compare(
                "append 1 event each, 256 writers (virtual threads)", EVENTS, insert, many, Target.ratio(3.5)));
        results.add(rounds.compare(
                "hot stream: 32 writers, any version, one stream", EVENTS, some, hot, Target.ratio(0.8)));
    }

    private void manyEvents() throws Exception {
        var copy = new Contestant("COPY on 1 connection", new RawCopy(samples));
        var orders = new Contestant(
                "Headwater, 32 writers of 10 events", HeadwaterAppend.wholeOrders(32, platform(), samples));
        results.add(run(copy, orders)
                .compare("append 10 events each, 32 writers", "rows/s", copy, orders, Target.ratio(0.65)));
    }

    private Rounds run(Contestant... contestants) throws Exception {
        return new Experiment("append", this::onCopy, contestants).run(scale.rounds(), scale.pace());
    }

    private static ThreadFactory virtual() {
        return Thread.ofVirtual().factory();
    }

    private static ThreadFactory platform() {
        return Thread.ofPlatform().factory();
    }
}
