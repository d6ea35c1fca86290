package dev.headwater.broker;

import dev.headwater.subscription.RunningSubscription;
import java.util.function.LongSupplier;

/**
 * A subscription at work in one partition.
 *
 * @param head where the partition ends now
 */
record RunningPartition<T>(RunningSubscription<T> running, LongSupplier head) {}
