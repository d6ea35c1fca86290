package dev.headwater.export;

import dev.headwater.store.EventQuery;
import dev.headwater.store.EventQuery.Criterion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The lines of an export that are no event of the log: its first one, the checkpoints, and the one that completes it.
 *
 * <p>They are CloudEvents too, so that every line is one. A reader knows which bytes a line must have, and compares
 * them; so nothing about it can be altered unnoticed.
 */
final class ControlLine {

    private static final int FORMAT = 1;
    private static final String TYPE = "dev.headwater.export.";

    private static final EventQuery WHOLE_LOG = EventQuery.all().withReserved();
    private static final Criterion OPEN = new Criterion(Set.of(), Set.of(), Set.of());

    /** The type comes first here and the id in the line of an event, so they are told apart whatever the type is. */
    private static final byte[] BEGINNING = utf8("{\"specversion\":\"1.0\",\"type\":\"" + TYPE);

    private ControlLine() {}

    /** The first line. */
    static byte[] started(Selection selection) {
        var data = Json.MAPPER.createObjectNode();
        data.put("format", FORMAT);
        data.put("after", selection.after());
        data.put("through", selection.through());
        put(data.putArray("query"), selection.query());
        var digest = Tally.sha256Digest().digest(Json.MAPPER.writeValueAsBytes(data));
        return line("started", selection, HexFormat.of().formatHex(digest), data);
    }

    /** The line that ends a chunk. */
    static byte[] checkpoint(Selection selection, Tally tally) {
        return tallied("checkpoint", selection, tally);
    }

    /** The last line. */
    static byte[] completed(Selection selection, Tally tally) {
        return tallied("completed", selection, tally);
    }

    private static byte[] tallied(String kind, Selection selection, Tally tally) {
        var summary = tally.summary();
        var data = Json.MAPPER.createObjectNode();
        data.put("events", summary.events());
        data.put("firstPosition", summary.firstPosition());
        data.put("lastPosition", summary.lastPosition());
        data.put("sha256", summary.sha256());
        return line(kind, selection, summary.sha256(), data);
    }

    private static byte[] line(String kind, Selection selection, String id, ObjectNode data) {
        var event = Json.MAPPER.createObjectNode();
        event.put("specversion", "1.0");
        event.put("type", TYPE + kind);
        event.put("source", selection.source().toString());
        event.put("id", id);
        event.put("datacontenttype", "application/json");
        event.set("data", data);
        return utf8(Json.MAPPER.writeValueAsString(event) + "\n");
    }

    /** Whether a line begins like one of these, as far as it goes. */
    static boolean is(byte[] line) {
        int length = Math.min(line.length, BEGINNING.length);
        return Arrays.equals(line, 0, length, BEGINNING, 0, length);
    }

    /** Whether a line says that this is the checksum of everything before it. */
    static boolean hasChecksum(byte[] line, String sha256) {
        return new String(line, StandardCharsets.UTF_8).contains("\"id\":\"" + sha256 + "\"");
    }

    /**
     * The selection that a first line speaks of.
     *
     * @throws IllegalArgumentException when it is no first line of this format; the message says why
     */
    static Selection readStarted(byte[] line) {
        if (!is(line)) {
            throw new IllegalArgumentException("is no export of an event log");
        }
        try {
            var event = Json.MAPPER.readTree(line);
            var data = event.path("data");
            int format = data.path("format").asInt(0);
            if (format != FORMAT) {
                throw new IllegalArgumentException(
                        "has format " + format + ": expected " + FORMAT + ", the only one that is known here");
            }
            var selection = new Selection(
                    URI.create(event.path("source").asString("")),
                    query(data.path("query")),
                    data.path("after").asLong(-1),
                    data.path("through").asLong(-1));
            if (!Arrays.equals(started(selection), line)) {
                throw new IllegalArgumentException("was altered: its first line is not as it was written");
            }
            return selection;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("was altered: its first line is no JSON", e);
        }
    }

    /** No criterion stands for the whole log, and an open one for all of it but reserved streams. */
    private static void put(ArrayNode node, EventQuery query) {
        if (!query.equals(WHOLE_LOG)) {
            (query.anyOf().isEmpty() ? List.of(OPEN) : query.anyOf()).forEach(each -> put(node.addObject(), each));
        }
    }

    private static void put(ObjectNode node, Criterion criterion) {
        putSorted(node.putArray("types"), criterion.types());
        putSorted(node.putArray("categories"), criterion.categories());
        putSorted(node.putArray("tags"), criterion.tags());
        if (criterion.reserved()) {
            node.put("reserved", true);
        }
    }

    private static EventQuery query(JsonNode node) {
        var criteria = node.valueStream().map(ControlLine::criterion).toList();
        if (criteria.isEmpty()) {
            return WHOLE_LOG;
        }
        return criteria.equals(List.of(OPEN)) ? EventQuery.all() : new EventQuery(criteria);
    }

    private static Criterion criterion(JsonNode node) {
        return new Criterion(
                texts(node.path("types")),
                texts(node.path("categories")),
                texts(node.path("tags")),
                node.path("reserved").asBoolean(false));
    }

    private static Set<String> texts(JsonNode node) {
        var texts = new TreeSet<String>();
        node.values().forEach(text -> texts.add(text.asString("")));
        return texts;
    }

    private static void putSorted(ArrayNode node, Collection<String> texts) {
        new TreeSet<>(texts).forEach(node::add);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
