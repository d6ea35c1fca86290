package dev.headwater.benchmarks;

import dev.headwater.EncodedMessage;
import dev.headwater.Envelope;
import dev.headwater.MessageSerializer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** Turns stored payloads into something else, on one thread; no server is involved. */
final class Decoding {

    /** How many events are one operation, so that reading the clock costs nothing. */
    private static final int BATCH = 500;

    private Decoding() {}

    /** What is done with a payload. */
    @FunctionalInterface
    interface Reading {
        Object read(EncodedMessage event);
    }

    /** Events of every type at their current version. */
    static List<EncodedMessage> current(SampleEvents samples) {
        var serializer = new MessageSerializer(SampleEvents.TYPES);
        var events = new ArrayList<EncodedMessage>(BATCH);
        for (int i = 0; i < BATCH; i++) {
            events.add(serializer.encode(
                    Envelope.of(samples.at(i, i / SampleEvents.STEPS).event())));
        }
        return events;
    }

    /** Typed events. */
    static Trial by(MessageSerializer serializer, List<EncodedMessage> events) {
        return repeating(events, serializer::decodeMessage);
    }

    /** A tree of each, and the JSON of that again. */
    static Trial trees(JsonMapper mapper, List<EncodedMessage> events) {
        return repeating(events, event -> mapper.writeValueAsBytes(mapper.readTree(event.payload())));
    }

    static Trial repeating(List<EncodedMessage> events, Reading reading) {
        return (url, pace) -> ClosedLoop.run(pace, Thread.ofPlatform().factory(), List.of(() -> {
            int kept = 0;
            for (var event : events) {
                kept += reading.read(event) == null ? 0 : 1;
            }
            return kept;
        }));
    }
}
