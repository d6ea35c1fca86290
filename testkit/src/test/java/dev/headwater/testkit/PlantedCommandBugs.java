package dev.headwater.testkit;

import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.Publisher;
import dev.headwater.broker.spi.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Ways of commands and their outcomes with one bug each. */
final class PlantedCommandBugs {

    private PlantedCommandBugs() {}

    private static boolean isOutcome(OutgoingRecord record) {
        return record.headers().stream()
                .anyMatch(header -> header.name().equals("ce_type")
                        && new String(Objects.requireNonNull(header.value()), StandardCharsets.UTF_8)
                                .startsWith("$outcome"));
    }

    private static OutgoingRecord withHeaders(OutgoingRecord record, Stream<RecordHeader> headers) {
        return new OutgoingRecord(
                record.topic(), record.partition(), record.key(), record.value(), headers.toList(), record.time());
    }

    /** Changes what is published. */
    abstract static class ChangesRecords extends SpoiledBroker {
        ChangesRecords(LogBroker broker) {
            super(broker);
        }

        abstract Stream<OutgoingRecord> change(OutgoingRecord record);

        @Override
        List<Accepted> publish(Publisher publisher, List<OutgoingRecord> records) throws InterruptedException {
            return super.publish(
                    publisher, records.stream().flatMap(this::change).toList());
        }
    }

    /** Leaves a header out. */
    static final class Loses extends ChangesRecords {
        private final String name;

        Loses(LogBroker broker, String name) {
            super(broker);
            this.name = name;
        }

        @Override
        Stream<OutgoingRecord> change(OutgoingRecord record) {
            var others =
                    record.headers().stream().filter(header -> !header.name().equals(name));
            return Stream.of(withHeaders(record, others));
        }
    }

    static final class AnswersTwice extends ChangesRecords {
        AnswersTwice(LogBroker broker) {
            super(broker);
        }

        @Override
        Stream<OutgoingRecord> change(OutgoingRecord record) {
            return isOutcome(record) ? Stream.of(record, record) : Stream.of(record);
        }
    }
}
