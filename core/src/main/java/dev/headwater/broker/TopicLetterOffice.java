package dev.headwater.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.Metadata;
import dev.headwater.UuidV8;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetterOffice;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;

/**
 * What can be done with the dead letters of subscriptions to topics: look into one, and correct it. A letter holds the
 * whole message, so the topic may have forgotten it, and no broker is needed. Thread-safe.
 */
public final class TopicLetterOffice {

    private static final CloudEventWriter WRITER = new CloudEventWriter(URI.create("urn:headwater:correction"), true);

    private final SubscriptionStorage<?> storage;
    private final DeadLetters letters;
    private final MessageSerializer serializer;

    /**
     * An office for the letters that a storage keeps.
     *
     * @param letters of that storage
     * @param serializer reads and writes messages
     */
    public TopicLetterOffice(SubscriptionStorage<?> storage, DeadLetters letters, MessageSerializer serializer) {
        this.storage = storage;
        this.letters = letters;
        this.serializer = serializer;
    }

    /**
     * Opens the letter of the message at a position; nothing when that is not, or no longer, a dead letter.
     *
     * @param subscription the name in the partition, {@code <name>/<topic>/<partition>}
     */
    public Optional<DeadLetterOffice.Opened> open(String subscription, long position) {
        var letter = letters.list(DeadLetterFilter.of(subscription).at(position), 1).stream()
                .findFirst();
        return letter.flatMap(found -> storage.record(subscription, position)
                .map(record -> new DeadLetterOffice.Opened(
                        found,
                        event(subscription, RecordBytes.read(position, record)),
                        letters.history(subscription, position))));
    }

    /**
     * Puts a corrected message in the place of one that cannot be handled. It is handled by this subscription alone,
     * once, in the place of the original: what waits behind that follows it. It has the original's time and
     * conversation, the original as its cause, and the original's id under {@link DeadLetterOffice#CORRECTS}. Nothing
     * is told to anybody else.
     *
     * <p>Repeating a call changes nothing, as long as the same bytes are written for the message.
     *
     * @param subscription the name in the partition, {@code <name>/<topic>/<partition>}
     * @param who is kept in the history
     * @param reason is kept in the history
     * @return the id of the corrected message
     * @throws IllegalStateException when the message is no dead letter, or was discarded
     * @throws dev.headwater.InvalidMessageException when the new message cannot be written
     */
    public UUID editAsNew(String subscription, long position, Message corrected, String who, String reason) {
        var record = original(subscription, position);
        var original = event(subscription, record);
        var first = original.encoded().metadata().attributes().get(DeadLetterOffice.CORRECTS);
        var originalId = first == null ? original.id() : UUID.fromString(first);
        var metadata = Metadata.causedBy(original.encoded()).with(DeadLetterOffice.CORRECTS, originalId.toString());
        var encoded = serializer.encode(new Envelope<>(originalId, original.time(), metadata, corrected));
        var id = UuidV8.of(
                originalId, subscription + '\0' + encoded.type() + '\0' + new String(encoded.payload(), UTF_8));
        var message = serializer.encode(new Envelope<>(id, original.time(), metadata, corrected));
        var to = new CloudEventWriter.Address("", 0, original.stream().name());
        var written = WRITER.record(to, message, Optional.empty());
        var kept = new IncomingRecord(
                position, record.key(), written.value(), written.headers(), record.acceptedAt(), Optional.empty());
        var replacement = new DeadLetters.Replacement(id, message.type(), RecordBytes.write(kept));
        letters.replace(subscription, position, replacement, who, reason);
        return id;
    }

    private IncomingRecord original(String subscription, long position) {
        return storage.record(subscription, position)
                .map(record -> RecordBytes.read(position, record))
                .orElseThrow(() -> new IllegalStateException("The message at position " + position
                        + " is no dead letter of '" + subscription + "' that holds it: expected the name"
                        + " <name>/<topic>/<partition> of a subscription to a topic; look at its history"));
    }

    /** The name of a subscription ends with the topic and the partition that it is about. */
    private StoredEvent event(String subscription, IncomingRecord record) {
        int partition = subscription.lastIndexOf('/');
        int topic = subscription.lastIndexOf('/', Math.max(0, partition - 1));
        if (topic < 0) {
            throw new IllegalArgumentException("The name '" + subscription
                    + "' is of no subscription to a topic: expected <name>/<topic>/<partition>");
        }
        var reader = new CloudEventReader(
                subscription.substring(topic + 1, partition), Integer.parseInt(subscription.substring(partition + 1)));
        return new StoredEvent(reader.read(record), serializer);
    }
}
