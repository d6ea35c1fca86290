/**
 * The insides of workflow code: the journal, one turn of an instance, and the reactor around it. Begin with
 * {@link dev.headwater.workflow.code.Entry} for what is recorded, and with {@link dev.headwater.workflow.code.Turn} for
 * how code is run against it.
 */
package dev.headwater.workflow.code;
