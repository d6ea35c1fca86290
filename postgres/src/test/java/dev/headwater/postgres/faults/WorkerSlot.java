package dev.headwater.postgres.faults;

import dev.headwater.testkit.JvmProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** A worker as the supervisor sees it: a process that is killed and started again, and the journal of each. */
final class WorkerSlot implements AutoCloseable {

    private final int number;
    private final String url;
    private final Path folder;
    private final PlantedBug bug;
    private final RandomGenerator seeds;

    private JvmProcess process;
    private Journal.Reader journal;
    private int incarnation;
    private int freshSchema;
    private boolean ready;
    private long acknowledgements;

    WorkerSlot(int number, String url, Path folder, PlantedBug bug, RandomGenerator seeds) throws IOException {
        this.number = number;
        this.url = url;
        this.folder = folder;
        this.bug = bug;
        this.seeds = seeds;
        start(List.of());
    }

    /** Starts the process, which first repeats what the one before left unsettled. */
    void start(List<Intent> retries) throws IOException {
        if (ready) {
            freshSchema++;
        }
        incarnation++;
        ready = false;
        var name = "worker" + number + "-" + incarnation;
        var retryFile = folder.resolve(name + ".retries");
        Files.writeString(
                retryFile, retries.stream().map(intent -> intent.text() + "\n").collect(Collectors.joining()));
        var assignment = new Assignment(
                url,
                number,
                incarnation,
                seeds.nextLong(),
                folder.resolve(name + ".journal"),
                retryFile,
                "fresh_" + number + "_" + freshSchema,
                bug);
        journal = new Journal.Reader(assignment.journal());
        process = JvmProcess.start(
                CrashWorker.class, folder.resolve("worker" + number + ".err"), assignment.toArguments());
    }

    /** What it has written down since the last call. */
    List<Entry> news() {
        var entries = journal.news().stream().map(Entry::parse).toList();
        for (var entry : entries) {
            if (entry instanceof Entry.Ready) {
                ready = true;
            } else if (entry instanceof Entry.Acknowledged) {
                acknowledgements++;
            }
        }
        return entries;
    }

    /** Kills the process; its journal can be read to the end afterwards. */
    void kill() {
        requireAlive();
        process.kill();
    }

    void requireAlive() {
        if (!process.isAlive()) {
            throw Verdict.failure(
                    "The worker %d ended with status %d; its errors:%n%s",
                    number, process.exitStatus(), process.errors());
        }
    }

    /** Lets time pass; ends early when the process ends. */
    void pass(Duration time) throws InterruptedException {
        process.awaitExit(time);
    }

    /** Lets it end by itself, with everything counted. */
    void finish(Duration limit) throws InterruptedException {
        process.tell("finish");
        if (!process.awaitExit(limit)) {
            throw Verdict.failure("The worker %d did not finish within %s:%n%s", number, limit, process.errors());
        }
        Verdict.require(
                process.exitStatus() == 0,
                "The worker %d ended with status %d; its errors:%n%s",
                number,
                process.exitStatus(),
                process.errors());
    }

    int number() {
        return number;
    }

    /** Whether this incarnation has its start behind it. */
    boolean isReady() {
        return ready;
    }

    /** How many appends all incarnations were acknowledged, as far as it is known here. */
    long acknowledgements() {
        return acknowledgements;
    }

    @Override
    public String toString() {
        return number + (ready ? "" : " (starting)") + " with " + acknowledgements + " acknowledgements";
    }

    @Override
    public void close() {
        process.close();
    }
}
