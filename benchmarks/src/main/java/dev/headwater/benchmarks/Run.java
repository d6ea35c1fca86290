package dev.headwater.benchmarks;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One run of the benchmarks on one server.
 *
 * @param suite what is measured
 * @param scale how much
 * @param server where
 */
record Run(Suite suite, Scale scale, Server server) {

    private static final double QUIET_LOAD_PER_CORE = 0.25;

    /** Measures everything and says what came out. */
    Report report(String command) throws Exception {
        double load = Host.load();
        if (load > QUIET_LOAD_PER_CORE * Runtime.getRuntime().availableProcessors()) {
            Progress.say("The machine is busy with something else: do not trust the figures (load " + load + ")");
        }
        var samples = new SampleEvents();
        var facts = facts(command, samples);
        facts.add(String.format(Locale.ROOT, "load average of the machine before the run: %.2f", load));
        var comparisons = new ArrayList<Comparison>();
        var bounds = new ArrayList<Bound>();
        SmallHeap.Result smallHeap = null;
        if (suite.includes(Suite.APPEND)) {
            comparisons.addAll(Appends.compare(server, scale, samples));
        }
        if (suite.includes(Suite.READ)) {
            var read = Reads.compare(server, scale, samples);
            comparisons.add(read.comparison());
            smallHeap = read.smallHeap();
        }
        if (suite.includes(Suite.AGGREGATE)) {
            comparisons.add(Aggregates.compare(server, scale, samples));
        }
        if (suite.includes(Suite.EVOLUTION)) {
            comparisons.addAll(Evolving.compare(scale, samples));
        }
        if (suite.includes(Suite.SUBSCRIPTIONS)) {
            var subscribing = Subscribing.compare(server, scale, samples);
            comparisons.addAll(subscribing.comparisons());
            bounds.addAll(subscribing.bounds());
        }
        if (suite.includes(Suite.STRESS)) {
            var stress = Stress.compare(server, scale, samples);
            comparisons.addAll(stress.comparisons());
            bounds.addAll(stress.bounds());
        }
        return new Report(facts, List.copyOf(comparisons), bounds, smallHeap);
    }

    private List<String> facts(String command, SampleEvents samples) throws SQLException {
        var facts = new ArrayList<String>();
        facts.add("command: `" + command + "`");
        facts.add("machine: " + Host.machine());
        facts.add("Java: " + Host.java());
        facts.add("PostgreSQL: " + server.version() + (server.isEmbedded() ? ", embedded" : ", given"));
        facts.add("settings: " + String.join(", ", server.settings()));
        facts.add(String.format(
                Locale.ROOT,
                "%d rounds of %.1f s for each side, after a warm-up of the same length; JSON of %.0f bytes on average",
                scale.rounds(),
                scale.pace().window().toNanos() / 1e9,
                samples.meanBytes()));
        return facts;
    }
}
