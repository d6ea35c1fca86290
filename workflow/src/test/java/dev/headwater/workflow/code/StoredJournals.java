package dev.headwater.workflow.code;

import static java.util.stream.Collectors.toCollection;

import dev.headwater.export.LogExport;
import dev.headwater.export.LogImport;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.code.Shop.PaymentOutcome;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Logs with journals as releases wrote them: exports, a folder for each release that has changed the format, with a
 * file for each sample.
 */
final class StoredJournals {

    private static final int ATTEMPTS = 20;
    private static final JsonMapper JSON = JsonMapper.shared();

    private StoredJournals() {}

    /**
     * A log, and the code that has written its journals.
     *
     * @param log with journals of instances that have come to their end
     * @param definitions of their workflows
     */
    record Sample(EventStorage log, List<? extends WorkflowDefinition<?, ?>> definitions) {}

    /** What this code writes; each has every call, or everything that goes wrong with orders. */
    static final Map<String, Supplier<Sample>> WRITTEN_NOW = Map.of(
            "every-call",
            () -> everyCall("good"),
            "every-call-undone",
            () -> everyCall("bad"),
            "orders",
            StoredJournals::orders,
            "given-up",
            StoredJournals::givenUp);

    private static Sample everyCall(String input) {
        var run = new EveryCallTest.Run(1, new Simulation.Troubles());
        var wrongs = run.wrongs(input);
        if (!wrongs.isEmpty()) {
            throw new IllegalStateException("no good sample: " + wrongs);
        }
        return new Sample(run.simulation().storage(), run.definitions());
    }

    private static Sample orders() {
        var scenario = new OrderScenario(1, new Simulation.Troubles()).run();
        return new Sample(scenario.simulation().storage(), List.of(scenario.definition()));
    }

    /** An event comes before it is awaited, and a compensation that never succeeds is given up after some attempts. */
    private static Sample givenUp() {
        var simulation = new Simulation(1, new Simulation.Troubles());
        var definition = WorkflowDefinition.of("given_up", 1, String.class, String.class, (wf, input) -> {
                    wf.sleep(Duration.ofMinutes(1));
                    wf.await(PaymentOutcome.class);
                    wf.compensateWith("hopeless", undo -> {
                        throw new IllegalStateException("cannot be undone");
                    });
                    throw wf.failure("on purpose");
                })
                .awaiting(PaymentOutcome.class, PaymentOutcome::order);
        simulation.run(definition);
        simulation.start(definition, "1", "input");
        simulation.happen(new StreamId("payment-1"), new PaymentOutcome.PaymentCompleted("1"));
        if (simulation.settle(ATTEMPTS)) {
            throw new IllegalStateException("no good sample: it has ended before it was given up");
        }
        simulation.happen(
                Remarks.stream(definition.name()),
                new Remarks.SkipRequested(definition.name(), "1", "hopeless", "ann", "is not worth it"));
        simulation.settle();
        return new Sample(simulation.storage(), List.of(definition));
    }

    /**
     * Writes the samples of a release that has changed the format.
     *
     * @param args the folder of the release
     */
    public static void main(String[] args) throws IOException {
        var folder = Files.createDirectories(Path.of(args[0]));
        for (var sample : WRITTEN_NOW.entrySet()) {
            LogExport.of(sample.getValue().get().log()).to(folder.resolve(sample.getKey() + ".ndjson"));
        }
    }

    /** The folders of the releases, the oldest first. */
    static List<Path> releases() throws IOException, URISyntaxException {
        var folder = Path.of(StoredJournals.class.getResource("/journals").toURI());
        try (var releases = Files.list(folder)) {
            return releases.sorted().toList();
        }
    }

    static EventStorage read(Path file) throws IOException {
        var log = new InMemoryEventStorage();
        LogImport.into(log).from(file);
        return log;
    }

    static EventStore toolkit(EventStorage log) {
        return ToolkitStore.of(new EventStore(log, Shop.TYPES), Simulation.BUILT_IN);
    }

    private static List<StoredEvent> events(EventStorage log) {
        return toolkit(log).readLog(0, EventQuery.all().withReserved()).toList();
    }

    /** What code and journals disagree about, in each prefix of each journal. */
    static List<String> disagreements(EventStorage log, List<? extends WorkflowDefinition<?, ?>> definitions) {
        var surroundings = new Surroundings(
                toolkit(log),
                command -> {
                    throw new IllegalStateException("a replay executes nothing");
                },
                new VirtualThreads(1),
                Receipts.none());
        var found = new ArrayList<String>();
        for (var definition : definitions) {
            var journals = events(log).stream()
                    .map(StoredEvent::stream)
                    .filter(stream -> stream.category().equals("$" + definition.name()))
                    .distinct()
                    .toList();
            if (journals.isEmpty()) {
                found.add("there is no journal of " + definition.name());
            }
            for (var journal : journals) {
                var entries = surroundings.store().readStream(journal).toList();
                for (int length = 1; length <= entries.size(); length++) {
                    var prefix = journal + ", the first " + length + ": ";
                    Rehearsal.of(definition, surroundings, entries.subList(0, length))
                            .ifPresent(problem -> found.add(prefix + problem.getMessage()));
                }
            }
        }
        return found;
    }

    /** Every field of what the toolkit stores, as in {@code $workflow.kept 1 /position NUMBER}. */
    static Set<String> format(EventStorage log) {
        return events(log).stream()
                .filter(event -> event.type().startsWith("$"))
                .flatMap(event -> {
                    var fields = new ArrayList<String>();
                    var encoded = event.encoded();
                    collect(
                            encoded.type() + " " + encoded.schemaVersion() + " ",
                            JSON.readTree(encoded.payload()),
                            fields);
                    return fields.stream();
                })
                .collect(toCollection(TreeSet::new));
    }

    private static void collect(String path, JsonNode node, List<String> fields) {
        if (node.isObject()) {
            node.properties().forEach(field -> collect(path + "/" + field.getKey(), field.getValue(), fields));
        } else if (node.isArray()) {
            node.forEach(element -> collect(path + "[]", element, fields));
        } else {
            fields.add(path + " " + node.getNodeType());
        }
    }
}
