package dev.headwater.workflow.spi;

/**
 * A time limit that has ended.
 *
 * @param process the process
 * @param id its instance
 * @param timer the number of the time limit
 */
public record EndedTime(String process, String id, long timer) {}
