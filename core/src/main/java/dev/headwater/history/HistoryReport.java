package dev.headwater.history;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a {@link HistoryCheck} found.
 *
 * @param events how many stored events were checked
 * @param eventsByType the same by the name of the type as it is stored
 * @param failures what the present code cannot handle, one for each kind; none when it can be deployed
 */
public record HistoryReport(long events, Map<String, Long> eventsByType, List<HistoryFailure> failures) {

    /** Copies the collections. */
    public HistoryReport {
        eventsByType = Map.copyOf(eventsByType);
        failures = List.copyOf(failures);
    }

    /** Whether the present code can handle everything that was checked. */
    public boolean isClean() {
        return failures.isEmpty();
    }

    /** The failures, one a line, under a line with what was checked. */
    @Override
    public String toString() {
        var checked = "%d events of %d types were checked".formatted(events, eventsByType.size());
        return isClean()
                ? checked + ", and this code can handle them all"
                : failures.stream()
                        .map(HistoryFailure::toString)
                        .collect(Collectors.joining("\n  ", checked + ", and this code cannot handle:\n  ", ""));
    }
}
