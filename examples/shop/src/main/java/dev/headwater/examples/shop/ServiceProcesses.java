package dev.headwater.examples.shop;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The six services, each in a process of its own. Used by one thread. */
final class ServiceProcesses implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final long GLANCE_MILLIS = 50;

    private final List<RunningService> services = new ArrayList<>();

    private ServiceProcesses() {}

    /**
     * Starts all of them, and returns when they are at work.
     *
     * @param secrets what they read first
     */
    static ServiceProcesses start(List<String> arguments, List<String> secrets, PrintStream err)
            throws IOException, InterruptedException {
        var processes = new ServiceProcesses();
        try {
            for (var service : Service.values()) {
                processes.services.add(RunningService.start(service, arguments, secrets, err));
            }
            processes.awaitStart();
            err.println("Services: " + processes.processIds());
            return processes;
        } catch (IOException | InterruptedException | RuntimeException e) {
            processes.close();
            throw e;
        }
    }

    private void awaitStart() throws InterruptedException {
        long start = System.nanoTime();
        while (!services.stream().allMatch(RunningService::isAtWork)) {
            requireNoneGivenUp();
            if (System.nanoTime() - start > START_LIMIT.toNanos()) {
                throw new StalledException("These services are not at work after " + START_LIMIT.toSeconds()
                        + " seconds: "
                        + services.stream()
                                .filter(service -> !service.isAtWork())
                                .map(service -> service.service().toString())
                                .collect(Collectors.joining(", ")));
            }
            Thread.sleep(GLANCE_MILLIS);
        }
    }

    private String processIds() {
        return services.stream()
                .map(service -> service.service() + " " + service.processId())
                .collect(Collectors.joining(", "));
    }

    private void requireNoneGivenUp() {
        services.stream().filter(RunningService::isGivenUp).findFirst().ifPresent(service -> {
            throw new StalledException("The service " + service.service()
                    + " ended again and again before it was at work; what it said stands above");
        });
    }

    /**
     * How each of them is doing; nothing of one that does not answer.
     *
     * @throws StalledException when one cannot go on
     */
    Map<Service, Optional<ServiceReport>> reports() {
        requireNoneGivenUp();
        var answers = new EnumMap<Service, CompletableFuture<Optional<JsonNode>>>(Service.class);
        for (var service : services) {
            var answer = new CompletableFuture<Optional<JsonNode>>();
            answers.put(service.service(), answer);
            Thread.ofVirtual().start(() -> answer.complete(service.ask(ServiceProcess.REPORT)));
        }
        var reports = new EnumMap<Service, Optional<ServiceReport>>(Service.class);
        answers.forEach((service, answer) -> {
            var report = answer.join()
                    .filter(found -> found.has(ServiceProcess.REPORT))
                    .map(found -> ServiceReport.of(found.get(ServiceProcess.REPORT)));
            report.filter(ServiceReport::isFailed).ifPresent(failed -> {
                throw new StalledException("The service " + service + " has given up: " + failed.state()
                        + "; nothing was skipped, the same command goes on there");
            });
            reports.put(service, report);
        });
        return reports;
    }

    /** What all of them have done, and how many confirmations the present process has sent. */
    Account account() {
        var accounts = new ArrayList<ServiceAccount>();
        long sent = 0;
        for (var service : services) {
            var answer = service.ask(ServiceProcess.ACCOUNT)
                    .filter(found -> found.has(ServiceProcess.ACCOUNT))
                    .orElseThrow(() -> new StalledException("The service " + service.service()
                            + " does not say what it has done; the same command goes on there"));
            accounts.add(ServiceAccount.of(answer.get(ServiceProcess.ACCOUNT)));
            sent += answer.get("sent").asLong();
        }
        return new Account(ServiceAccount.sum(accounts), sent);
    }

    /**
     * What was done.
     *
     * @param sent how many confirmations the process that runs now has sent
     */
    record Account(ServiceAccount all, long sent) {}

    /** How many events they had tried again that earlier runs had set aside. */
    long retried() {
        return services.stream()
                .mapToLong(service -> Math.max(0, service.retried()))
                .sum();
    }

    /** Lets all of them finish what they have at hand. */
    @Override
    public void close() {
        services.forEach(RunningService::closeSoon);
        services.forEach(RunningService::close);
    }
}
