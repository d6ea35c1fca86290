package dev.headwater;

import java.time.Instant;
import java.util.UUID;

/**
 * A message as it is stored and sent: the envelope in the clear, the message as JSON in UTF-8.
 *
 * <p>The payload array is shared, not copied; nobody may change it.
 *
 * @param id the identity of the message
 * @param type the registered name of the message type
 * @param schemaVersion the schema version that the payload was written with
 * @param time when it happened, in business terms
 * @param metadata conversation, cause, user, tenant, trace
 * @param payload the message as JSON in UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // copied payloads would cost more than everything else on the read path
public record EncodedMessage(
        UUID id, String type, int schemaVersion, Instant time, Metadata metadata, byte[] payload) {}
