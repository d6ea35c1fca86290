package dev.headwater.subscription;

import dev.headwater.DomainEvent;
import dev.headwater.EncodedMessage;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/** Events as they would come from a storage, of any size. */
final class Stored {

    private static final MessageSerializer SERIALIZER = new MessageSerializer(MessageTypes.of(Sized.class));

    @MessageType("sized")
    record Sized() implements DomainEvent {}

    private Stored() {}

    static StoredEvent event(String stream, long position, int bytes) {
        return event(stream, position, new byte[bytes], Metadata.NONE);
    }

    static StoredEvent withMetadata(String text) {
        return event("s", 1, new byte[0], Metadata.NONE.with("text", text));
    }

    private static StoredEvent event(String stream, long position, byte[] payload, Metadata metadata) {
        var message = new EncodedMessage(new UUID(0, position), "sized", 1, Instant.EPOCH, metadata, payload);
        return new StoredEvent(new EncodedEvent(position, new StreamId(stream), 1, Set.of(), message), SERIALIZER);
    }
}
