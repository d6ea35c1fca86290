package dev.headwater.benchmarks;

import dev.headwater.benchmarks.Comparison.Target;
import dev.headwater.benchmarks.Experiment.Contestant;
import dev.headwater.benchmarks.Reactions.Kind;
import dev.headwater.subscription.Subscription;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is measured away from the middle of the road: repetitions, contention, large logs, held snapshots. */
final class Stress {

    private static final String FRESH = "stress";
    private static final String TEMPLATE = "stress_template";
    private static final String LARGE = "stress_large";
    private static final String EVENTS = "events/s";
    private static final int BESIDE = 50;
    private static final int STATUSES = 200;
    private static final int MANY_KEYS = 1_000;
    private static final int EVENTS_OF_A_KEY = 100;
    /** Some of what is measured here takes long even when everything is done only once. */
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private final Server server;
    private final Scale scale;
    private final SampleEvents samples;
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<Bound> bounds = new ArrayList<>();

    private Stress(Server server, Scale scale, SampleEvents samples) {
        this.server = server;
        this.scale = scale;
        this.samples = samples;
    }

    /** The outcome of all of it. */
    record Result(List<Comparison> comparisons, List<Bound> bounds) {}

    static Result compare(Server server, Scale scale, SampleEvents samples) throws Exception {
        var stress = new Stress(server, scale, samples);
        stress.prepare();
        stress.repeats();
        stress.contention();
        stress.besideSubscriptions();
        server.drop(TEMPLATE);
        stress.status();
        for (long events : scale.largeLogs()) {
            stress.largeLog(events);
        }
        stress.reactions();
        stress.slowReactions();
        return new Result(stress.comparisons, stress.bounds);
    }

    /** Appends are measured on a log that has grown, as plain ones are: the plans of an empty one are another thing. */
    private void prepare() throws Exception {
        var url = server.create(TEMPLATE, null);
        try (var headwater = Headwater.open(url)) {
            Fill.orders(headwater.store(), samples, scale.orders());
        }
        Fill.vacuum(url);
    }

    private void repeats() throws Exception {
        var none = new Contestant("none repeated", new Repeats(0, samples));
        var some = new Contestant("1 % repeated", new Repeats(1, samples));
        var many = new Contestant("5 % repeated", new Repeats(5, samples));
        var rounds = onGrown(none, some, many);
        comparisons.add(rounds.compare("append, 32 writers, 1 % repeated", EVENTS, none, some, Target.none()));
        comparisons.add(rounds.compare("append, 32 writers, 5 % repeated", EVENTS, none, many, Target.none()));
    }

    private void contention() throws Exception {
        int contenders = scale.contenders();
        var alone = new Contestant("4 writers alone", new Contenders(0, false, samples));
        var beside = new Contestant("4 writers beside them", new Contenders(contenders, false, samples));
        var fighting = new Contestant("contenders", new Contenders(contenders, true, samples));
        var rounds = onGrown(alone, beside, fighting);
        var work = contenders + " contenders for one aggregate: ";
        comparisons.add(rounds.compare(work + "bystanders", EVENTS, alone, beside, Target.none()));
        bounds.add(millis(work + "a bystander's p50", rounds.of(beside)));
        bounds.add(new Bound(
                work + "appends won", "/s", rounds.of(fighting), Measurement::perSecond, Double.POSITIVE_INFINITY));
    }

    private void besideSubscriptions() throws Exception {
        var alone = new Contestant("no subscription", new BesideSubscriptions(0, samples));
        var beside = new Contestant("beside " + BESIDE, new BesideSubscriptions(BESIDE, samples));
        comparisons.add(onGrown(alone, beside)
                .compare(
                        "append beside " + BESIDE + " subscriptions that want nothing of it",
                        EVENTS,
                        alone,
                        beside,
                        Target.none()));
    }

    private void status() throws Exception {
        var url = server.create(FRESH, null);
        try (var headwater = Headwater.open(url)) {
            Fill.interleaved(headwater.store(), samples, scale.aggregates(), 1);
            for (int i = 0; i < STATUSES; i++) {
                Subscription<Connection> subscription =
                        Subscription.named("status-" + i).projecting((events, connection) -> {});
                headwater.subscriptions().start(subscription);
            }
            var asking = new Contestant(
                    "status",
                    (database, pace) -> ClosedLoop.run(
                            pace,
                            Thread.ofPlatform().factory(),
                            List.of(() -> headwater.subscriptions().status().size())));
            bounds.add(millis(
                    "status() of " + STATUSES + " subscriptions: p50",
                    run(url, asking).of(asking)));
        }
        server.drop(FRESH);
    }

    private void largeLog(long events) throws Exception {
        Progress.say("stress: the server makes up a log of " + events + " events");
        var url = server.create(LARGE, null);
        LargeLog.fill(url, samples, events);
        server.checkpoint();
        var none = new Contestant("no condition", Conditions.none(samples));
        var tags = new Contestant("condition by two tags", Conditions.byTags(false, samples));
        var type = new Contestant("condition by a tag and a type", Conditions.byType(false, samples));
        var besideTags = new Contestant("beside conditions by two tags", Conditions.byTags(true, samples));
        var besideType = new Contestant("beside conditions by a tag and a type", Conditions.byType(true, samples));
        var load = new Contestant("load 100 events", new LargeLoads());
        var rounds = run(url, none, tags, type, besideTags, besideType, load);
        var work = String.format(Locale.ROOT, "log of %,d events: ", events);
        comparisons.add(rounds.compare(
                work + "append under a condition by two tags, one on a third of them",
                EVENTS,
                none,
                tags,
                Target.none()));
        comparisons.add(rounds.compare(
                work + "append under a condition by that tag and a type that never occurs",
                EVENTS,
                none,
                type,
                Target.none()));
        bounds.add(millis99(work + "append: p99", rounds.of(none)));
        bounds.add(millis99(work + "a bystander of conditions by two tags: p99", rounds.of(besideTags)));
        bounds.add(millis99(work + "a bystander of conditions by a tag and a type: p99", rounds.of(besideType)));
        bounds.add(millis99(work + "load of a stream of 100 events: p99", rounds.of(load)));
        server.drop(LARGE);
    }

    private void reactions() throws Exception {
        var url = server.create(FRESH, null);
        long events = scale.logEvents();
        LargeLog.fill(url, samples, events);
        var nothing = new Contestant("reactor", new Reactions(Kind.REACTOR, events, 0, false, false));
        var snapshot = new Contestant("reactor, snapshot held", new Reactions(Kind.REACTOR, events, 0, false, true));
        var project = new Contestant("projection", new Reactions(Kind.PROJECTION, events, 0, false, false));
        var projectHeld =
                new Contestant("projection, snapshot held", new Reactions(Kind.PROJECTION, events, 0, false, true));
        var rounds = run(url, nothing, snapshot, project, projectHeld);
        comparisons.add(rounds.compare(
                "a reactor that does nothing, beside a held snapshot", EVENTS, nothing, snapshot, Target.none()));
        comparisons.add(rounds.compare(
                "a projection with pages of one event, beside a held snapshot",
                EVENTS,
                project,
                projectHeld,
                Target.none()));
        server.drop(FRESH);
    }

    private void slowReactions() throws Exception {
        int keys = Math.min(MANY_KEYS, scale.logEvents() / EVENTS_OF_A_KEY);
        var url = server.create(FRESH, null);
        try (var headwater = Headwater.open(url)) {
            Fill.interleaved(headwater.store(), samples, keys, EVENTS_OF_A_KEY);
        }
        Fill.vacuum(url);
        long events = (long) keys * EVENTS_OF_A_KEY;
        var single = new Contestant("one at a time", new Reactions(Kind.REACTOR, events, 5, true, false));
        var many = new Contestant("key by key", new Reactions(Kind.REACTOR, events, 5, false, false));
        comparisons.add(run(url, single, many)
                .compare("a reactor with an effect of 5 ms, one key and " + keys, EVENTS, single, many, Target.none()));
        server.drop(FRESH);
    }

    private Pace pace() {
        return scale.pace().window().compareTo(SHORTEST) < 0 ? Pace.of(SHORTEST) : scale.pace();
    }

    private static Bound millis(String work, List<Measurement> rounds) {
        return new Bound(work, "ms", rounds, measurement -> measurement.p50Nanos() / 1e6, Double.POSITIVE_INFINITY);
    }

    private static Bound millis99(String work, List<Measurement> rounds) {
        return new Bound(work, "ms", rounds, measurement -> measurement.p99Nanos() / 1e6, Double.POSITIVE_INFINITY);
    }

    private Rounds onGrown(Contestant... contestants) throws Exception {
        return new Experiment(
                        "stress",
                        (trial, pace) -> {
                            var url = server.create(FRESH, TEMPLATE);
                            var measurement = trial.run(url, pace);
                            server.drop(FRESH);
                            return measurement;
                        },
                        contestants)
                .run(scale.rounds(), pace());
    }

    private Rounds run(String url, Contestant... contestants) throws Exception {
        return new Experiment("stress", (trial, pace) -> trial.run(url, pace), contestants).run(scale.rounds(), pace());
    }
}
