package dev.headwater.examples.shop.analytics;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The tables of the read models, in a schema of the shop's own. */
public final class ReadModels {

    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtext('dev.headwater.examples.shop'))";

    private static final String TABLES = """
            CREATE SCHEMA IF NOT EXISTS shop;

            CREATE TABLE IF NOT EXISTS shop.orders (
                order_id text COLLATE "C" PRIMARY KEY,
                customer_id text,
                country text NOT NULL,
                lines int NOT NULL,
                total numeric NOT NULL,
                status text NOT NULL,
                ordered_at timestamptz NOT NULL
            );
            ALTER TABLE shop.orders ADD COLUMN IF NOT EXISTS cancel_reason text;
            COMMENT ON COLUMN shop.orders.customer_id IS 'null for a guest';
            COMMENT ON COLUMN shop.orders.cancel_reason IS 'null unless the status is CANCELLED';

            CREATE TABLE IF NOT EXISTS shop.payments (
                position bigint PRIMARY KEY,
                order_id text NOT NULL,
                outcome text NOT NULL,
                amount numeric NOT NULL
            );
            COMMENT ON COLUMN shop.payments.outcome IS 'COMPLETED, DECLINED or REFUNDED';

            CREATE TABLE IF NOT EXISTS shop.returns (
                credit_note text COLLATE "C" PRIMARY KEY,
                customer_id text,
                country text NOT NULL,
                lines int NOT NULL,
                total numeric NOT NULL,
                returned_at timestamptz NOT NULL
            );

            CREATE TABLE IF NOT EXISTS shop.sales_by_country (
                country text COLLATE "C" PRIMARY KEY,
                orders bigint NOT NULL,
                revenue numeric NOT NULL,
                returns bigint NOT NULL,
                returned numeric NOT NULL
            );

            CREATE TABLE IF NOT EXISTS shop.import_steps (
                position bigint PRIMARY KEY,
                invoice text,
                outcome text,
                rows_read int NOT NULL
            );
            COMMENT ON COLUMN shop.import_steps.outcome IS 'null when it is not the first time, or no invoice';

            CREATE TABLE IF NOT EXISTS shop.rejected_rows (
                position bigint,
                ordinal int,
                line bigint NOT NULL,
                reason text NOT NULL,
                fields json NOT NULL,
                PRIMARY KEY (position, ordinal)
            );
            """;

    private static final String CLEAR = """
            DELETE FROM shop.orders;
            DELETE FROM shop.payments;
            DELETE FROM shop.returns;
            DELETE FROM shop.sales_by_country;
            DELETE FROM shop.import_steps;
            DELETE FROM shop.rejected_rows;
            """;

    private ReadModels() {}

    /** Empties the read models for the one who holds the transaction, who should roll it back. */
    public static void clear(Connection transaction) throws SQLException {
        try (var statement = transaction.createStatement()) {
            statement.execute(CLEAR);
        }
    }

    /** Creates what is missing; several processes may do so at once. */
    public static void create(DataSource dataSource) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.execute(LOCK);
                statement.execute(TABLES);
                connection.commit();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }
}
