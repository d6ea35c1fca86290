/**
 * How stored messages of old schema versions become current ones. Begin with {@link dev.headwater.evolution.Upcasters},
 * the steps of an application, and {@link dev.headwater.evolution.JsonEdit}, the usual kind of step.
 *
 * <p>What the serializer asks of the steps, {@link dev.headwater.Upcasting}, and the check that they are complete stand
 * with the messages. Nothing here knows where messages are kept or changes what is stored.
 */
package dev.headwater.evolution;
