package dev.headwater.examples.shop.ordering;

import dev.headwater.EncodedMessage;
import dev.headwater.MessageSerializer;
import dev.headwater.store.AppendResult;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.ForwardingEventStorage;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A storage that is written to as the first version of the shop did, so that there is something old to read. */
public final class FirstVersion extends ForwardingEventStorage {

    private static final JsonMapper JSON = MessageSerializer.defaultMapper().build();

    public FirstVersion(EventStorage storage) {
        super(storage);
    }

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
        return super.append(new EncodedAppend(parts, append.condition()));
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
}
