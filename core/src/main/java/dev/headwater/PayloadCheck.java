package dev.headwater;

import java.util.List;

/**
 * Looks at payloads before they are stored or sent and when they come back, for instance against a schema.
 *
 * <p>A message with problems is refused before it is written ({@link InvalidMessageException}); one that comes back
 * with problems is not decoded ({@link UndecodableMessageException}), so a subscription sets it aside as a dead letter.
 * A payload that cannot be parsed is refused likewise when the check lets {@link Payload#json}'s exception pass.
 * Implementations are thread-safe and never name content of the payload in a problem.
 */
public interface PayloadCheck {

    /** Lets everything pass. */
    PayloadCheck NONE = new PayloadCheck() {
        @Override
        public List<String> beforeWriting(String type, int schemaVersion, Payload payload) {
            return List.of();
        }

        @Override
        public List<String> afterReading(String type, int schemaVersion, Payload payload) {
            return List.of();
        }
    };

    /** Problems of a payload that is about to be stored or sent, one sentence each; empty when it may go. */
    List<String> beforeWriting(String type, int schemaVersion, Payload payload);

    /**
     * Problems of a payload as it was stored or received, before it is upcast or decoded; empty when it may be read.
     */
    List<String> afterReading(String type, int schemaVersion, Payload payload);
}
