package dev.headwater.broker;

import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.store.Origin;
import dev.headwater.store.spi.Arrival;
import java.util.Optional;

/** An event that is a record of a topic. */
record RecordArrival(IncomingRecord incoming, Origin origin, Optional<String> problem) implements Arrival {

    @Override
    public byte[] record() {
        return RecordBytes.write(incoming);
    }
}
