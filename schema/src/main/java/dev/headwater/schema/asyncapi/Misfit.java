package dev.headwater.schema.asyncapi;

/**
 * A message that its receiver cannot read.
 *
 * @param channel the topic
 * @param message the name of its type
 * @param version the schema version that the sender writes
 * @param field where in the payload, as in {@code $.items[*].price}; {@code $} for all of it
 * @param explanation one sentence for people
 */
public record Misfit(String channel, String message, int version, String field, String explanation) {

    @Override
    public String toString() {
        return channel + ", " + message + " version " + version + ", " + field + ": " + explanation;
    }
}
