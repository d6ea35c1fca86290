package dev.headwater.broker.spi;

import java.util.List;

/**
 * A stretch of a partition.
 *
 * @param records its records, in order
 * @param through the position that the stretch reaches, from which the next one is read; it can be behind the last
 *     record
 * @param end whether nothing stood behind it
 */
public record RecordPage(List<IncomingRecord> records, long through, boolean end) {

    /** Copies the records. */
    public RecordPage {
        records = List.copyOf(records);
    }
}
