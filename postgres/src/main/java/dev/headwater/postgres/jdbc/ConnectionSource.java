package dev.headwater.postgres.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Where a connection comes from that is closed by whoever asked for it. */
@FunctionalInterface
public interface ConnectionSource {

    /** Gives out a connection. */
    Connection connect() throws SQLException;
}
