package dev.headwater.subscription;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.Metadata;
import dev.headwater.store.Append;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.Tagged;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What can be done with dead letters when their events are at hand: look into one, and correct it. Thread-safe.
 *
 * <p>The name is that of the place where the post opens letters that it can neither deliver nor return.
 */
public final class DeadLetterOffice {

    /** The metadata attribute of a corrected event that holds the id of the original. */
    public static final String CORRECTS = "headwater.corrects";

    private final EventStore store;
    private final DeadLetters letters;

    /** An office for the letters of subscriptions to one event store. */
    public DeadLetterOffice(EventStore store, DeadLetters letters) {
        this.store = store;
        this.letters = letters;
    }

    /**
     * A dead letter, opened.
     *
     * @param letter why it is one
     * @param event as it stands in the log; {@link StoredEvent#encoded()} has its bytes also when this code cannot
     *     decode it
     * @param history what was decided about it, oldest first
     */
    public record Opened(DeadLetter letter, StoredEvent event, List<DeadLetters.Decision> history) {

        /** Copies the history. */
        public Opened {
            history = List.copyOf(history);
        }
    }

    /** Opens the letter of the event at a position; nothing when that is not, or no longer, a dead letter. */
    public Optional<Opened> open(String subscription, long position) {
        return letters.list(DeadLetterFilter.of(subscription).at(position), 1).stream()
                .findFirst()
                .map(letter -> new Opened(letter, store.readEvent(position), letters.history(subscription, position)));
    }

    /**
     * Appends a corrected event in place of one that cannot be handled, and gives the letter of the original up; the
     * decision is in its history, with the id of the new event.
     *
     * <p>The new event stands at the end of the log, in the stream of the original, with its time, its conversation,
     * the original as its cause, and the original's id under {@link #CORRECTS}. So the order is another one: the
     * letters that wait behind the original are handled first, without it, and the correction after them. Every other
     * reader of the log, aggregates included, sees both events; those that did handle the original must take the new
     * one for a correction.
     *
     * <p>Repeating a call changes nothing, since the id of the new event is derived from the letter and the content,
     * but for what of it is encrypted, which is compared: it is safe, and the right thing to do, when the process has
     * ended before an answer came.
     *
     * @param who is kept in the history
     * @param reason is kept in the history
     * @return where the new event stands
     * @throws IllegalArgumentException when the event stands in a reserved stream
     * @throws IllegalStateException when the event is no dead letter, or was discarded or corrected otherwise
     * @throws dev.headwater.InvalidMessageException when the new event cannot be written
     */
    public AppendResult editAsNew(
            String subscription, long position, DomainEvent corrected, String who, String reason) {
        var original = store.readEvent(position);
        if (original.stream().isReserved()) {
            throw new IllegalArgumentException("What stands at position " + position
                    + " in the reserved stream '" + original.stream()
                    + "' cannot be corrected: mend its handler and retry the letter, or discard it");
        }
        var metadata = Metadata.causedBy(original.encoded())
                .with(CORRECTS, original.id().toString());
        var envelope = new Envelope<>(original.id(), original.time(), metadata, corrected);
        var content = contentOf(envelope);
        var id = idOf(subscription, original, content);
        var tags = corrected instanceof Tagged tagged ? tagged.tags() : original.tags();
        var append =
                Append.to(original.stream(), ExpectedVersion.any(), List.of(new NewEvent(envelope.withId(id), tags)));
        var correction = new DeadLetters.Correction(id, () -> store.append(append));
        var result = letters.correct(subscription, position, correction, who, reason);
        if (!content.isWhole()
                && !store.readEvent(result.firstPosition()).event().equals(corrected)) {
            throw new IllegalStateException("The event at position " + position + " was corrected otherwise for '"
                    + subscription + "', by the event at position " + result.firstPosition()
                    + ": look at its history");
        }
        return result;
    }

    /**
     * What of an event is written alike every time.
     *
     * @param isWhole whether that is all of it; encrypted values are not in it, nor anything that tells of them
     */
    private record Content(String type, String json, boolean isWhole) {}

    private Content contentOf(Envelope<? extends DomainEvent> envelope) {
        var serializer = store.serializer();
        var first = serializer.encode(envelope);
        var second = serializer.encode(envelope).payload();
        if (Arrays.equals(first.payload(), second)) {
            return new Content(first.type(), new String(second, UTF_8), true);
        }
        var mapper = serializer.mapper();
        var common = common(mapper.readTree(first.payload()), mapper.readTree(second));
        return new Content(first.type(), mapper.writeValueAsString(common), false);
    }

    /** What is the same on both sides; null stands where something is not. */
    private static JsonNode common(JsonNode one, JsonNode other) {
        if (one instanceof ObjectNode object && other instanceof ObjectNode fields) {
            object.properties().forEach(field -> field.setValue(common(field.getValue(), fields.path(field.getKey()))));
            return object;
        }
        if (one instanceof ArrayNode array && other instanceof ArrayNode elements) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, common(array.get(i), elements.path(i)));
            }
            return array;
        }
        return one.equals(other) ? one : NullNode.getInstance();
    }

    /** A UUID of version 8, made of the subscription, the original's id and the new content. */
    private static UUID idOf(String subscription, StoredEvent original, Content content) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((subscription + '\0' + original.id() + '\0' + content.type() + '\0').getBytes(UTF_8));
            var hash = ByteBuffer.wrap(digest.digest(content.json().getBytes(UTF_8)));
            long high = (hash.getLong() & ~0xF000L) | 0x8000L;
            long low = (hash.getLong() & ~(0b11L << 62)) | (0b10L << 62);
            return new UUID(high, low);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
