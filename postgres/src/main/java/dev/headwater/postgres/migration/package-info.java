/**
 * Bringing server and schema into a state that the store can work with, before it does anything else.
 *
 * <p>Begin with {@link dev.headwater.postgres.migration.Migrations}; the scripts are resources of this package. A
 * script that was released is never changed, and nothing here runs after the database was opened.
 */
package dev.headwater.postgres.migration;
