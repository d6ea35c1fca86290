package dev.headwater.export;

/**
 * What a complete export holds.
 *
 * @param events how many events
 * @param firstPosition the position of the first one; 0 when there is none
 * @param lastPosition the position of the last one; 0 when there is none
 * @param sha256 the checksum of everything before the last line, in hexadecimal; the same for the same selection from
 *     the same log
 */
public record ExportSummary(long events, long firstPosition, long lastPosition, String sha256) {}
