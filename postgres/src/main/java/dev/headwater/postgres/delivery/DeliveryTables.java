package dev.headwater.postgres.delivery;

/** The tables that the transaction of a page writes beside its handlers. */
record DeliveryTables(DeadLetterTable letters, EffectTable effects, CheckpointTable checkpoints) {}
