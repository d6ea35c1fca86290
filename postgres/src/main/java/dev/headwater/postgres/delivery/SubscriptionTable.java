package dev.headwater.postgres.delivery;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.subscription.SubscriptionOverview;
import dev.headwater.subscription.SubscriptionOverview.Letters;
import dev.headwater.subscription.UnknownSubscriptionException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The subscriptions that are known, and what people have decided about them. */
final class SubscriptionTable {

    /**
     * A row for each owner of segments, which says where they stood when they changed hands, and what the newest
     * checkpoint says of them. Of the letters only so many are looked at that the cost does not grow with their number.
     */
    private static final String OVERVIEW = """
            SELECT s.name, s.paused, s.paused_by, s.paused_at, s.replaced_by, l.number, l.reason, g.owner,
                g.segments, g.epochs, g.positions, g.open,
                n.segments AS moved_segments, n.epochs AS moved_epochs, n.positions AS moved_positions, n.open AS moved_open
            FROM {schema}.subscriptions s
            CROSS JOIN LATERAL (
                SELECT count(*) AS number, mode() WITHIN GROUP (ORDER BY d.fingerprint) AS reason
                FROM (SELECT fingerprint FROM {schema}.dead_letters
                    WHERE subscription = s.name LIMIT {limit} + 1) d) l
            LEFT JOIN LATERAL (
                SELECT o.owner, array_agg(o.segment) AS segments, array_agg(o.epoch) AS epochs,
                    array_agg(o.position) AS positions,
                    CASE WHEN count(o.open) > 0 THEN array_agg(o.open) END AS open
                FROM {schema}.subscription_segments o WHERE o.subscription = s.name
                GROUP BY o.owner) g ON true
            LEFT JOIN LATERAL (
                SELECT c.segments, c.epochs, c.positions, c.open FROM {schema}.subscription_checkpoints c
                WHERE c.subscription = s.name AND c.owner = g.owner
                ORDER BY c.number DESC LIMIT 1) n ON true
            WHERE ? OR s.name = ?
            ORDER BY s.name""".replace("{limit}", Integer.toString(Letters.COUNTED));

    private final LimitedConnections connections;
    private final String overview;
    private final String pause;
    private final String resume;
    private final String replace;

    SubscriptionTable(LimitedConnections connections, Schema schema) {
        this.connections = connections;
        this.overview = schema.in(OVERVIEW);
        this.pause = schema.in("""
                UPDATE {schema}.subscriptions SET
                    paused = true,
                    paused_by = CASE WHEN paused THEN paused_by ELSE ? END,
                    paused_at = CASE WHEN paused THEN paused_at ELSE now() END
                WHERE name = ?""");
        this.resume = schema.in("UPDATE {schema}.subscriptions SET paused = false WHERE name = ?");
        this.replace = schema.in("UPDATE {schema}.subscriptions SET paused = true, replaced_by = ? WHERE name = ?");
    }

    List<SubscriptionOverview> overview(Optional<String> subscription) {
        return OverviewRow.overviews(connections.query(
                "Reading what is known of subscriptions",
                OverviewRow::of,
                overview,
                subscription.isEmpty(),
                subscription.orElse("")));
    }

    void pause(String subscription, String who) {
        changeKnown(
                "Pausing", subscription, connection -> LimitedConnections.update(connection, pause, who, subscription));
    }

    void resume(String subscription) {
        var replaced = overview(Optional.of(subscription)).stream()
                .flatMap(found -> found.replacedBy().stream())
                .findFirst();
        if (replaced.isPresent()) {
            throw new IllegalStateException("The subscription '" + subscription + "' cannot go on: '" + replaced.get()
                    + "' has taken its place for good");
        }
        changeKnown(
                "Resuming", subscription, connection -> LimitedConnections.update(connection, resume, subscription));
    }

    /** Says that another subscription has taken the place of one, in a transaction of the caller's. */
    void replace(Connection connection, String former, String successor) throws SQLException {
        LimitedConnections.update(connection, replace, successor, former);
    }

    /** Does in a transaction what changes one subscription, and refuses when there is none. */
    void changeKnown(String doing, String subscription, Connections.Work<Integer> change) {
        if (connections.inTransaction(doing + " '" + subscription + "'", change) == 0) {
            throw new UnknownSubscriptionException(
                    subscription,
                    overview(Optional.empty()).stream()
                            .map(SubscriptionOverview::name)
                            .toList());
        }
    }
}
