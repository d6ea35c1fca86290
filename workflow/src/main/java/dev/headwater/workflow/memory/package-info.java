/** Processes in memory, for tests and for trying things out. */
package dev.headwater.workflow.memory;
