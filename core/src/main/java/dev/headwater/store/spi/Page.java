package dev.headwater.store.spi;

import java.util.List;

/**
 * A stretch of a stream or of the log, in the direction of reading.
 *
 * @param events the wanted events of the stretch
 * @param through the version or position that the stretch reaches, inclusive: the next page is read from here
 * @param end whether nothing stood beyond {@code through} when the page was read
 */
public record Page(List<EncodedEvent> events, long through, boolean end) {}
