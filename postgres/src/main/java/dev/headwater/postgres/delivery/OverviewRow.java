package dev.headwater.postgres.delivery;

import dev.headwater.subscription.SubscriptionOverview;
import dev.headwater.subscription.SubscriptionOverview.Letters;
import dev.headwater.subscription.SubscriptionOverview.Pause;
import dev.headwater.subscription.SubscriptionStatus.Segment;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The segments that one owner has, or nobody, with what is known of their subscription.
 *
 * @param subscription the subscription without its segments
 * @param segments none when it has none
 */
record OverviewRow(SubscriptionOverview subscription, List<Segment> segments) {

    /** Where a segment stands in an epoch. */
    private record Place(int segment, long epoch, Segment at) {}

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
        return new OverviewRow(subscription, segments(row));
    }

    private static Pause pause(ResultSet row) throws SQLException {
        return new Pause(
                row.getString("paused_by"), row.getTimestamp("paused_at").toInstant());
    }

    /**
     * A segment stands where the newest checkpoint of its owner says. One of which that says nothing, or speaks of
     * another epoch, stands where it changed hands.
     */
    private static List<Segment> segments(ResultSet row) throws SQLException {
        var moved = new HashMap<Integer, Place>();
        places(row, "moved_").forEach(place -> moved.put(place.segment(), place));
        var segments = new ArrayList<Segment>();
        for (var place : places(row, "")) {
            var latest = moved.get(place.segment());
            segments.add(latest != null && latest.epoch() == place.epoch() ? latest.at() : place.at());
        }
        return segments;
    }

    private static List<Place> places(ResultSet row, String prefix) throws SQLException {
        var array = row.getArray(prefix + "segments");
        if (array == null) {
            return List.of();
        }
        var owner = Optional.ofNullable(row.getString("owner"));
        var segments = (Integer[]) array.getArray();
        var epochs = (Long[]) row.getArray(prefix + "epochs").getArray();
        var positions = (Long[]) row.getArray(prefix + "positions").getArray();
        var openArray = row.getArray(prefix + "open");
        var open = openArray == null ? new byte[segments.length][] : (byte[][]) openArray.getArray();
        var places = new ArrayList<Place>(segments.length);
        for (int i = 0; i < segments.length; i++) {
            long position = OpenPositions.decode(positions[i], open[i]).complete();
            places.add(new Place(segments[i], epochs[i], new Segment(segments[i], position, owner)));
        }
        return places;
    }

    /** Puts the segments of each subscription, whose rows follow one another, together. */
    static List<SubscriptionOverview> overviews(List<OverviewRow> rows) {
        var overviews = new ArrayList<SubscriptionOverview>();
        for (int i = 0; i < rows.size(); ) {
            var subscription = rows.get(i).subscription();
            var segments = new ArrayList<Segment>();
            for (; i < rows.size() && Objects.equals(rows.get(i).subscription(), subscription); i++) {
                segments.addAll(rows.get(i).segments());
            }
            segments.sort(Comparator.comparingInt(Segment::number));
            overviews.add(new SubscriptionOverview(
                    subscription.name(),
                    segments,
                    subscription.pause(),
                    subscription.replacedBy(),
                    subscription.letters()));
        }
        return overviews;
    }
}
