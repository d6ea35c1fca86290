package dev.headwater.examples.shop.ordering;

import dev.headwater.EncodedMessage;
import dev.headwater.MessageSerializer;
import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A storage that is written to as the first version of the shop did, so that there is something old to read.
 *
 * @param storage where the events go
 */
public record FirstVersion(EventStorage storage) implements EventStorage {

    private static final JsonMapper JSON = MessageSerializer.defaultMapper().build();

    @Override
    public AppendResult append(EncodedAppend append) {
        var parts = append.parts().stream()
                .map(part -> new EncodedAppend.Part(
                        part.stream(),
                        part.expected(),
                        part.events().stream()
                                .map(event -> new EncodedAppend.Event(toFirst(event.message()), event.tags()))
                                .toList()))
                .toList();
        return storage.append(new EncodedAppend(parts, append.condition()));
    }

    private static EncodedMessage toFirst(EncodedMessage message) {
        if (!message.type().equals(OrderVersions.CREATED)) {
            return message;
        }
        var created = (ObjectNode) JSON.readTree(message.payload());
        OrderVersions.toFirst(created);
        return new EncodedMessage(
                message.id(), message.type(), 1, message.time(), message.metadata(), JSON.writeValueAsBytes(created));
    }

    @Override
    public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
        return storage.readStream(stream, direction, beyond, limit);
    }

    @Override
    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
        return storage.readLog(query, direction, beyond, limit);
    }

    @Override
    public long headPosition() {
        return storage.headPosition();
    }

    @Override
    public long positionBefore(Instant time) {
        return storage.positionBefore(time);
    }

    @Override
    public long streamVersion(StreamId stream) {
        return storage.streamVersion(stream);
    }

    @Override
    public Hints onAppend(Runnable hint) {
        return storage.onAppend(hint);
    }

    @Override
    public void close() {
        storage.close();
    }
}
