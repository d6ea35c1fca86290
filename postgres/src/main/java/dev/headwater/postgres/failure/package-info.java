/**
 * The exception of this module, apart from everything else so that all of it can throw it.
 *
 * <p>{@link dev.headwater.postgres.failure.PostgresException} is for what does not pass by itself; what does is a
 * {@link dev.headwater.store.StoreUnavailableException}. Nothing that depends on another package of this module belongs
 * here.
 */
package dev.headwater.postgres.failure;
