package dev.headwater.examples.shop;

import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a service is doing.
 *
 * @param position where its log ends
 * @param heard how far it has come in the topics of others, added up
 * @param handled how far everything has come in its log and in topics, added up: it grows as long as anything moves
 * @param lag how many events of its log and of topics it has yet to look at
 * @param letters how many events were set aside
 * @param retrying how many of them are tried again by themselves
 * @param unfinished how many instances of processes have something ahead of them
 * @param isBroughtIn whether all orders are in its log that it was to bring in
 * @param isFailed whether something was given up
 * @param state what stands still or goes wrong, in words; empty when there is nothing to say
 */
record ServiceReport(
        long position,
        long heard,
        long handled,
        long lag,
        long letters,
        long retrying,
        long unfinished,
        boolean isBroughtIn,
        boolean isFailed,
        String state) {

    static final JsonMapper JSON = JsonMapper.shared();

    /** What changes when something has happened, and does not when a failure only comes again. */
    record Stand(long position, long handled, long unfinished, boolean isBroughtIn) {}

    Stand stand() {
        return new Stand(position, handled, unfinished, isBroughtIn);
    }

    /** Whether it has nothing to do, unless somebody says something. */
    boolean isSettled() {
        return lag == 0 && retrying == 0 && unfinished == 0 && isBroughtIn && !isFailed;
    }

    /** The same, with something that cannot be mended by waiting. */
    ServiceReport failed(String reason) {
        return new ServiceReport(
                position, heard, handled, lag, letters, retrying, unfinished, isBroughtIn, true, reason);
    }

    ObjectNode toJson() {
        return JSON.createObjectNode()
                .put("position", position)
                .put("heard", heard)
                .put("handled", handled)
                .put("lag", lag)
                .put("letters", letters)
                .put("retrying", retrying)
                .put("unfinished", unfinished)
                .put("broughtIn", isBroughtIn)
                .put("failed", isFailed)
                .put("state", state);
    }

    static ServiceReport of(JsonNode json) {
        return new ServiceReport(
                json.get("position").asLong(),
                json.get("heard").asLong(),
                json.get("handled").asLong(),
                json.get("lag").asLong(),
                json.get("letters").asLong(),
                json.get("retrying").asLong(),
                json.get("unfinished").asLong(),
                json.get("broughtIn").asBoolean(),
                json.get("failed").asBoolean(),
                json.get("state").asString());
    }

    /** For people. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "position %,9d  heard %,9d  lag %,8d  letters %,d%s",
                position,
                heard,
                lag,
                letters,
                state.isEmpty() ? "" : "  " + state);
    }
}
