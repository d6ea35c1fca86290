/**
 * Processes: what follows from events, over time. Begin with {@link dev.headwater.workflow.ProcessManager} for a
 * process as a table, with {@link dev.headwater.workflow.Policy} for services that react to each other, and run either
 * with {@link dev.headwater.workflow.Workflows}.
 */
package dev.headwater.workflow;
