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
     * The newest checkpoint is looked up once for each owner, and of the letters only so many are looked at that the
     * cost does not grow with their number.
     */
    private static final String OVERVIEW = """
            SELECT s.name, s.paused, s.paused_by, s.paused_at, s.replaced_by, l.number, l.reason,
                p.segment, p.position, p.open, p.owner
            FROM {schema}.subscriptions s
            CROSS JOIN LATERAL (
                SELECT count(*) AS number, mode() WITHIN GROUP (ORDER BY d.fingerprint) AS reason
                FROM (SELECT fingerprint FROM {schema}.dead_letters
                    WHERE subscription = s.name LIMIT {limit} + 1) d) l
            LEFT JOIN LATERAL (
                SELECT g.segment, g.owner,
                    CASE WHEN c.segment IS NULL THEN g.position ELSE c.position END AS position,
                    CASE WHEN c.segment IS NULL THEN g.open ELSE c.open END AS open
                FROM (
                    SELECT DISTINCT o.owner FROM {schema}.subscription_segments o WHERE o.subscription = s.name) o
                LEFT JOIN LATERAL (
                    SELECT n.segments, n.epochs, n.positions, n.open FROM {schema}.subscription_checkpoints n
                    WHERE n.subscription = s.name AND n.owner = o.owner
                    ORDER BY n.number DESC LIMIT 1) n ON true
                JOIN {schema}.subscription_segments g
                    ON g.subscription = s.name AND g.owner IS NOT DISTINCT FROM o.owner
                LEFT JOIN LATERAL unnest(n.segments, n.epochs, n.positions, n.open) c (segment, epoch, position, open)
                    ON c.segment = g.segment AND c.epoch = g.epoch) p ON true
            WHERE ? OR s.name = ?
            ORDER BY s.name, p.segment""".replace("{limit}", Integer.toString(Letters.COUNTED));

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
