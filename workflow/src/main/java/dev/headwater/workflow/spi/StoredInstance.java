package dev.headwater.workflow.spi;

import dev.headwater.Metadata;
import dev.headwater.workflow.ProcessState;

/**
 * What is kept of an instance, as far as the next event needs it.
 *
 * @param id the instance
 * @param version of the process, which wrote the row
 * @param state what it is at
 * @param stage of a table, where it stands; empty otherwise
 * @param data what is remembered, as JSON
 * @param context what its messages carry: conversation, user, tenant and trace of what began it
 * @param timer the number of its latest time limit; 0 before the first
 * @param isTimed whether that limit still runs
 * @param position of the last event that it has taken
 */
public record StoredInstance(
        String id,
        int version,
        ProcessState state,
        String stage,
        String data,
        Metadata context,
        long timer,
        boolean isTimed,
        long position) {}
