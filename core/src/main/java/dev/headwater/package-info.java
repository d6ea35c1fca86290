/**
 * Messages: their four kinds, names and versions, the envelope, and JSON both ways. Begin with
 * {@link dev.headwater.Message}, then {@link dev.headwater.MessageTypes} and {@link dev.headwater.MessageSerializer}.
 *
 * <p>Everything else is built on this package, so nothing here knows a bus, a store or any other package.
 */
package dev.headwater;
