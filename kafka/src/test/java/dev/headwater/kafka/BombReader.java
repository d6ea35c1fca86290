package dev.headwater.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.broker.spi.IncomingRecord;
import java.util.Map;

/** Reads a partition in a process of its own, and says what it got. */
final class BombReader {

    private BombReader() {}

    /**
     * Reads.
     *
     * @param arguments the servers and the topic
     */
    public static void main(String[] arguments) {
        try (var broker = new KafkaLogBroker(Map.of("bootstrap.servers", arguments[0]));
                var reader = broker.read(arguments[1])) {
            boolean atEnd = false;
            long after = 0;
            while (!atEnd) {
                var page = reader.read(0, after, 100, 1 << 20);
                page.records().forEach(record -> System.out.println(record.position() + " " + text(record)));
                after = page.through();
                atEnd = page.end();
            }
            System.out.println("end at " + after);
        }
    }

    private static String text(IncomingRecord record) {
        var value = record.value();
        return value == null ? record.unreadable().orElse("nothing") : new String(value, UTF_8);
    }
}
