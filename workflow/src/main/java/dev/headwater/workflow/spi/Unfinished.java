package dev.headwater.workflow.spi;

import java.time.Duration;
import java.util.Optional;

/**
 * The instances of one version of a process that have not ended.
 *
 * @param process the process
 * @param version that took their last event
 * @param number how many there are, 1 or more
 * @param timers how many of them have a time limit
 * @param overdue how long ago the earliest of those limits has ended, if it has
 * @param idle for how long the first of those has been where it is that are
 *     {@linkplain dev.headwater.workflow.ProcessState#isAtWork at work} and wait for nothing
 */
public record Unfinished(
        String process, int version, long number, long timers, Optional<Duration> overdue, Optional<Duration> idle) {}
