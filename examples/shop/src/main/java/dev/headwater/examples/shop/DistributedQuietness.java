package dev.headwater.examples.shop;

import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Whether anything is left to do in any of the services. Nobody sees all of them at one moment: they have ended when
 * each of them says twice that it has nothing to do, and the second time stands where it stood the first time. Whatever
 * had been on its way between them would have moved somebody.
 */
final class DistributedQuietness {

    private static final Duration GLANCE = Duration.ofMillis(300);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

    private final ServiceProcesses services;
    private final DataSource readModels;
    private final Duration longestStandstill;
    private final PrintStream err;

    private List<Optional<ServiceReport.Stand>> before = List.of();
    private long lastMove = System.nanoTime();
    private long lastLines = System.nanoTime();

    DistributedQuietness(
            ServiceProcesses services, DataSource readModels, Duration longestStandstill, PrintStream err) {
        this.services = services;
        this.readModels = readModels;
        this.longestStandstill = longestStandstill;
        this.err = err;
    }

    /**
     * Waits until every order has ended and everybody has heard of it.
     *
     * @throws StalledException when that will not come to an end by itself
     */
    void await() throws InterruptedException, SQLException {
        while (true) {
            long asked = System.nanoTime();
            var now = services.reports();
            var answered = Duration.ofNanos(System.nanoTime() - asked);
            boolean isAtRest = now.values().stream()
                    .allMatch(report -> report.filter(ServiceReport::isSettled).isPresent());
            var stands = now.values().stream()
                    .map(report -> report.map(ServiceReport::stand))
                    .toList();
            boolean hasMoved = !stands.equals(before);
            before = stands;
            if (hasMoved) {
                lastMove = System.nanoTime();
            } else if (isAtRest && unfinishedOrders() == 0) {
                tell(now);
                return;
            }
            var standstill = Duration.ofNanos(System.nanoTime() - lastMove);
            if (standstill.compareTo(longestStandstill) > 0) {
                throw stalled(now, standstill);
            }
            if (System.nanoTime() - lastLines > BETWEEN_LINES.toNanos()) {
                tell(now);
                if (standstill.compareTo(BETWEEN_LINES) > 0) {
                    err.printf(Locale.ROOT, "nothing has moved for %d seconds%n", standstill.toSeconds());
                }
            }
            if (!isAtRest || !hasMoved) {
                // Asking takes from what is asked for: half of the time at most.
                Thread.sleep(Math.max(GLANCE.toMillis(), answered.toMillis()));
            }
        }
    }

    private void tell(Map<Service, Optional<ServiceReport>> reports) {
        lastLines = System.nanoTime();
        reports.forEach((service, report) -> err.println(line(service, report)));
    }

    private static String line(Service service, Optional<ServiceReport> report) {
        return String.format(
                Locale.ROOT,
                "%-13s %s",
                service,
                report.map(ServiceReport::toString).orElse("does not answer"));
    }

    private long unfinishedOrders() throws SQLException {
        try (var connection = readModels.getConnection();
                var count = connection.prepareStatement(Quietness.UNFINISHED);
                var row = count.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private StalledException stalled(Map<Service, Optional<ServiceReport>> reports, Duration standstill)
            throws SQLException {
        var busy = reports.entrySet().stream()
                .filter(entry ->
                        entry.getValue().filter(ServiceReport::isSettled).isEmpty())
                .map(entry -> line(entry.getKey(), entry.getValue()).replaceAll(" +", " "))
                .collect(Collectors.joining("; "));
        return new StalledException(unfinishedOrders() + " orders have not ended, and nothing has moved for "
                + standstill.toSeconds() + " seconds"
                + (busy.isEmpty() ? "" : "; these have something to do: " + busy)
                + "; the same command goes on there");
    }
}
