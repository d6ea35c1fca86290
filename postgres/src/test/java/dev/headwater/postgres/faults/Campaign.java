package dev.headwater.postgres.faults;

import dev.headwater.embedded.EmbeddedDatabase;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/**
 * Kills applications and their PostgreSQL server at random moments, and compares journals, log and read model after
 * each kill. Not thread-safe.
 */
final class Campaign implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration FINISH_LIMIT = Duration.ofMinutes(3);
    /** Longer than workers seek the outcome of an append. */
    private static final Duration LONG_OUTAGE = Duration.ofSeconds(25);

    private static final int PROGRESS_EVERY = 50;

    private final CampaignPlan plan;
    private final Random random;
    private final long start = System.nanoTime();
    private final EmbeddedDatabase server;
    private final Application application;
    private final LogAudit audit = new LogAudit();
    private final List<WorkerSlot> workers = new ArrayList<>();
    private final Patience patience = new Patience(new CountDownLatch(1));

    private int workerKills;
    private int serverKills;
    private int lastLongOutage;
    private long excusedOutcomes;
    private long storedUnacknowledged;

    private Campaign(CampaignPlan plan, EmbeddedDatabase server) {
        this.plan = plan;
        this.random = new Random(plan.seed());
        this.server = server;
        this.application = Application.open(server.jdbcUrl(), Application.SCHEMA, PlantedBug.NONE);
    }

    /** Runs a campaign in an empty folder; fails with what is wrong, and with the seed. */
    static CampaignResult run(CampaignPlan plan, Path folder) throws Exception {
        try (var server = EmbeddedDatabase.start();
                var campaign = new Campaign(plan, server)) {
            return campaign.run(folder);
        } catch (AssertionError e) {
            throw new AssertionError("In the campaign " + plan + ": " + e.getMessage(), e);
        }
    }

    private CampaignResult run(Path folder) throws Exception {
        try (var connection = DriverManager.getConnection(server.jdbcUrl())) {
            Counters.create(connection);
        }
        for (int i = 0; i < plan.workers(); i++) {
            workers.add(new WorkerSlot(i, server.jdbcUrl(), folder, plan.bug(), random));
        }
        for (boolean serverIsVictim : schedule()) {
            if (serverIsVictim) {
                killServer();
            } else {
                killWorker(workers.get(random.nextInt(workers.size())));
            }
            compare();
            if (kills() % PROGRESS_EVERY == 0) {
                plan.progress().accept(result().toString());
            }
        }
        finish();
        return result();
    }

    /** In random order, true for the server and false for a worker. */
    private List<Boolean> schedule() {
        var schedule = new ArrayList<Boolean>();
        for (int i = 0; i < plan.kills(); i++) {
            schedule.add(i % 2 == 0);
        }
        Collections.shuffle(schedule, random);
        return schedule;
    }

    private void killWorker(WorkerSlot worker) throws Exception {
        if (random.nextInt(6) == 0) {
            worker.pass(Duration.ofMillis(random.nextInt(900)));
        } else {
            awaitWork(List.of(worker), 150);
            worker.pass(Duration.ofNanos(random.nextInt(30_000_000)));
        }
        worker.kill();
        workerKills++;
        readJournals();
        var pending = audit.pending(worker.number());
        audit.countAmbiguous(pending);
        // What the killed worker had sent may still be committed; at times it is repeated before that.
        if (random.nextBoolean()) {
            compare();
            storedUnacknowledged += audit.stored(pending);
        }
        worker.start(toRepeat(pending));
    }

    /** All but a few: those must be in the log completely or not at all, and nobody will ever know which. */
    private List<Intent> toRepeat(List<Intent> pending) {
        var repeated = new ArrayList<Intent>();
        for (var intent : pending) {
            if (intent.isUnconditional() && random.nextInt(4) == 0) {
                audit.abandon(intent);
            } else {
                repeated.add(intent);
            }
        }
        return repeated;
    }

    private void killServer() throws Exception {
        switch (random.nextInt(6)) {
            case 0 -> {} // whatever the workers are doing
            case 1, 2 -> awaitWork(workers, 100);
            default -> awaitWork(List.of(anyWorker()), 100);
        }
        anyWorker().pass(Duration.ofNanos(random.nextInt(30_000_000)));
        server.crash();
        serverKills++;
        readJournals();
        for (var worker : workers) {
            audit.countAmbiguous(audit.pending(worker.number()));
        }
        if (plan.isLongOutage(serverKills)) {
            lastLongOutage = serverKills;
            anyWorker().pass(LONG_OUTAGE);
        } else {
            anyWorker().pass(Duration.ofMillis(random.nextInt(200)));
        }
        server.restart();
    }

    private WorkerSlot anyWorker() {
        return workers.get(random.nextInt(workers.size()));
    }

    /** Waits until each of the workers has its start behind it and up to so many more appends acknowledged. */
    private void awaitWork(List<WorkerSlot> chosen, int atMost) throws InterruptedException {
        var goals = new HashMap<WorkerSlot, Long>();
        for (var worker : chosen) {
            goals.put(worker, worker.acknowledgements() + 1 + random.nextInt(atMost));
        }
        await(
                "the workers " + chosen + " are at work",
                () -> goals.entrySet().stream()
                        .allMatch(goal ->
                                goal.getKey().isReady() && goal.getKey().acknowledgements() >= goal.getValue()));
    }

    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        long began = System.nanoTime();
        readJournals();
        while (!condition.getAsBoolean()) {
            Verdict.require(System.nanoTime() - began < LIMIT.toNanos(), "Expected within %s that %s", LIMIT, what);
            anyWorker().pass(Duration.ofMillis(5));
            workers.forEach(WorkerSlot::requireAlive);
            readJournals();
        }
    }

    private void readJournals() {
        for (var worker : workers) {
            worker.news().forEach(audit::note);
        }
    }

    private void compare() throws Exception {
        readJournals();
        var acknowledged = audit.takeDue();
        patience.untilAvailable(() -> {
            audit.readLog(application.store());
            return true;
        });
        readJournals();
        audit.check(acknowledged);
        try (var connection = DriverManager.getConnection(server.jdbcUrl())) {
            var counters = Counters.read(connection);
            patience.untilAvailable(() -> {
                audit.readLog(application.store());
                return true;
            });
            audit.checkCounters(counters);
        }
        checkUnknownOutcomes();
    }

    /** Only a server that stays away may leave an append without a known outcome; what it did is seen soon after. */
    private void checkUnknownOutcomes() {
        boolean expected = lastLongOutage > 0 && serverKills - lastLongOutage <= 1;
        Verdict.require(
                expected || audit.unknownOutcomes() == excusedOutcomes,
                "%d appends ended without a known outcome, although the server came back in time",
                audit.unknownOutcomes() - excusedOutcomes);
        excusedOutcomes = audit.unknownOutcomes();
    }

    private void finish() throws Exception {
        await("all workers are at work", () -> workers.stream().allMatch(WorkerSlot::isReady));
        for (var worker : workers) {
            worker.finish(FINISH_LIMIT);
        }
        compare();
        compare();
        long head = application.store().headPosition();
        Verdict.require(audit.isCounted(), "The projection has not caught up with the head of the log at %d", head);
        Verdict.require(
                audit.unsettled().isEmpty(), "Appends whose outcome the log does not confirm: %s", audit.unsettled());
        var fromTheBeginning = LogDigest.of(application.store(), head);
        Verdict.require(
                fromTheBeginning.equals(audit.digest()),
                "Read again from the beginning the log is %s, read step by step it was %s",
                fromTheBeginning,
                audit.digest());
    }

    private int kills() {
        return workerKills + serverKills;
    }

    private CampaignResult result() {
        return new CampaignResult(
                workerKills,
                serverKills,
                audit.acknowledgedEvents(),
                audit.digest().position(),
                audit.ambiguousAppends(),
                storedUnacknowledged,
                audit.unknownOutcomes(),
                Duration.ofNanos(System.nanoTime() - start));
    }

    @Override
    public void close() {
        workers.forEach(WorkerSlot::close);
        application.close();
    }
}
