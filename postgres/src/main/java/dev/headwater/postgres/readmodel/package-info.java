/**
 * Tables that projections keep.
 *
 * <p>Begin with {@link dev.headwater.postgres.readmodel.ReadModelTable}. These tables are the user's: their rows are
 * written here, never their definitions, and nothing here knows of the tables of the store.
 */
package dev.headwater.postgres.readmodel;
