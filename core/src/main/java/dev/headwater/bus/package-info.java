/**
 * Messages within one process: events and notifications to all who subscribed, a command to its one handler. Begin with
 * {@link dev.headwater.bus.EventBus} and {@link dev.headwater.bus.CommandBus}.
 *
 * <p>Nothing here is stored or survives the process: what must not be lost is the work of a subscription. The bus knows
 * neither stores nor subscriptions.
 */
package dev.headwater.bus;
