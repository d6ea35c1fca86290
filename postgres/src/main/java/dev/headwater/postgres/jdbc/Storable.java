package dev.headwater.postgres.jdbc;

import dev.headwater.InvalidMessageException;
import dev.headwater.Metadata;
import dev.headwater.store.spi.EncodedAppend;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses before an append is sent what the database could not give back exactly. */
public final class Storable {

    private Storable() {}

    /** Refuses an append that holds a time or metadata which the database could not give back. */
    public static void require(EncodedAppend append) {
        for (var part : append.parts()) {
            for (var event : part.events()) {
                EventTime.requireStorable(event.message().time());
                requireText(event.message().metadata());
            }
        }
    }

    private static void requireText(Metadata metadata) {
        boolean text = isText(metadata.user())
                && isText(metadata.tenant())
                && isText(metadata.traceParent())
                && metadata.attributes().entrySet().stream()
                        .allMatch(attribute -> isText(attribute.getKey()) && isText(attribute.getValue()));
        if (!text) {
            throw new InvalidMessageException(
                    "The metadata of an event holds half a surrogate pair: it is not valid Unicode", null);
        }
    }

    private static boolean isText(@Nullable String value) {
        return value == null
                || value.chars().noneMatch(c -> Character.isSurrogate((char) c))
                || StandardCharsets.UTF_8.newEncoder().canEncode(value);
    }

    /** The names that a stored event can have at all: no type, category or tag holds a control character. */
    public static List<String> possible(Collection<String> names) {
        return names.stream()
                .filter(name -> name.chars().noneMatch(Character::isISOControl) && isText(name))
                .sorted()
                .toList();
    }
}
