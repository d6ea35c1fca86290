package dev.headwater.workflow.code;

import dev.headwater.store.EventStore;

/**
 * What turns need from outside.
 *
 * @param store may append to reserved streams, and knows {@link JournalTypes#TYPES}; the ids that it gives are fresh
 *     ones, since an append that is made a second time with other content must never be taken for the first
 */
record Surroundings(EventStore store, Aggregates aggregates, Hands hands, Receipts receipts) {}
