/**
 * The small kernel under all statements: connections, parameters, errors, and values as PostgreSQL can hold them.
 *
 * <p>Begin with {@link dev.headwater.postgres.jdbc.Connections} and {@link dev.headwater.postgres.jdbc.Schema}. Nothing
 * here knows a table of the store: statements stand where they are used.
 */
package dev.headwater.postgres.jdbc;
