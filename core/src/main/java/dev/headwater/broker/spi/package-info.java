/**
 * What a message broker does to carry records between services; applications do not use it. Begin with
 * {@link dev.headwater.broker.spi.LogBroker}.
 *
 * <p>Records are keys, values and headers here. What they mean, who reads them and what becomes of those that nobody
 * can handle is decided above.
 */
package dev.headwater.broker.spi;
