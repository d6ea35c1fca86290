/**
 * Commands that travel through the log: recorded by {@link dev.headwater.command.CommandLog} or by whatever else
 * decides to send them, and carried out by {@link dev.headwater.command.CommandDelivery}.
 *
 * <p>For a command whose sender waits for the answer there is {@link dev.headwater.bus.CommandBus}.
 */
package dev.headwater.command;
