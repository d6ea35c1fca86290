package dev.headwater.postgres.delivery;

import dev.headwater.subscription.SubscriptionOverview;
import dev.headwater.subscription.SubscriptionOverview.Letters;
import dev.headwater.subscription.SubscriptionOverview.Pause;
import dev.headwater.subscription.SubscriptionStatus.Segment;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * A segment with what is known of its subscription.
 *
 * @param subscription the subscription without its segments
 * @param segment empty when it has none
 */
record OverviewRow(SubscriptionOverview subscription, Optional<Segment> segment) {

    static OverviewRow of(ResultSet row) throws SQLException {
        long letters = row.getLong("number");
        var replacedBy = Optional.ofNullable(row.getString("replaced_by"));
        var subscription = new SubscriptionOverview(
                row.getString("name"),
                List.of(),
                row.getBoolean("paused") && replacedBy.isEmpty() ? Optional.of(pause(row)) : Optional.empty(),
                replacedBy,
                new Letters(
                        Math.min(letters, Letters.COUNTED),
                        letters > Letters.COUNTED,
                        Optional.ofNullable(row.getString("reason"))));
        int number = row.getInt("segment");
        return new OverviewRow(
                subscription,
                row.wasNull()
                        ? Optional.empty()
                        : Optional.of(new Segment(
                                number,
                                OpenPositions.decode(row.getLong("position"), row.getBytes("open"))
                                        .complete(),
                                Optional.ofNullable(row.getString("owner")))));
    }

    private static Pause pause(ResultSet row) throws SQLException {
        return new Pause(
                row.getString("paused_by"), row.getTimestamp("paused_at").toInstant());
    }

    /** Puts the segments of each subscription, which follow one another, together. */
    static List<SubscriptionOverview> overviews(List<OverviewRow> rows) {
        var segments = new LinkedHashMap<SubscriptionOverview, List<Segment>>();
        rows.forEach(row -> segments.computeIfAbsent(row.subscription, subscription -> new ArrayList<>())
                .addAll(row.segment.stream().toList()));
        return segments.entrySet().stream()
                .map(entry -> new SubscriptionOverview(
                        entry.getKey().name(),
                        entry.getValue(),
                        entry.getKey().pause(),
                        entry.getKey().replacedBy(),
                        entry.getKey().letters()))
                .toList();
    }
}
