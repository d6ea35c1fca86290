/**
 * The event store on PostgreSQL as its users open it.
 *
 * <p>Begin with {@link dev.headwater.postgres.PostgresDatabase}, which hands out everything else. Here stand the
 * storages that are put together from the rooms below, each of which holds one concept: how events are appended, read
 * and delivered, read models, migrations. A room may use another one, without a circle, and never this package.
 */
package dev.headwater.postgres;
