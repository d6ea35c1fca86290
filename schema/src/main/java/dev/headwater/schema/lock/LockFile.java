package dev.headwater.schema.lock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes the text of a schema lock: types by name, versions by number, the same on every system. */
final class LockFile {

    private static final String FORMAT = "headwater-schema-lock";
    private static final int FORMAT_VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final ObjectWriter WRITER = JSON.writer()
            .with(new DefaultPrettyPrinter(
                            Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER))
                    .withObjectIndenter(new DefaultIndenter("  ", "\n")));

    private LockFile() {}

    static SortedMap<String, LockedType> read(Path file) {
        try {
            return parse(file, Files.readString(file));
        } catch (IOException e) {
            throw new SchemaLockException("The schema lock " + file + " cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw unusable(file, "it is not JSON at line " + e.getLocation().getLineNr());
        }
    }

    static void write(Path file, SortedMap<String, LockedType> types) {
        var root = JSON.createObjectNode().put(FORMAT, FORMAT_VERSION);
        var byName = root.putObject("types");
        types.forEach((name, type) -> {
            var entry = byName.putObject(name);
            if (type.retired()) {
                entry.put("retired", true);
            }
            var versions = entry.putObject("versions");
            type.versions().forEach((version, schema) -> versions.set(Integer.toString(version), schema));
        });
        try {
            Files.writeString(file, WRITER.writeValueAsString(root) + "\n", StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new SchemaLockException("The schema lock " + file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** The schema as it is when it has been written to a lock and read again, so that both can be compared. */
    static JsonNode asRead(JsonNode schema) {
        return JSON.readTree(schema.toString());
    }

    private static SortedMap<String, LockedType> parse(Path file, String text) {
        var root = JSON.readTree(text);
        if (root.path(FORMAT).asInt(0) != FORMAT_VERSION) {
            throw unusable(file, "it does not begin with \"" + FORMAT + "\": " + FORMAT_VERSION);
        }
        var types = new TreeMap<String, LockedType>();
        for (var entry : root.path("types").properties()) {
            types.put(entry.getKey(), type(file, entry.getKey(), entry.getValue()));
        }
        return types;
    }

    private static LockedType type(Path file, String name, JsonNode entry) {
        var versions = new TreeMap<Integer, JsonNode>();
        for (var version : entry.path("versions").properties()) {
            if (!version.getKey().matches("[1-9][0-9]{0,8}") || !(version.getValue() instanceof ObjectNode)) {
                throw unusable(file, "'" + name + "' has a version '" + version.getKey() + "' that is none");
            }
            versions.put(Integer.valueOf(version.getKey()), version.getValue());
        }
        if (versions.isEmpty()) {
            throw unusable(file, "'" + name + "' has no versions");
        }
        return new LockedType(entry.path("retired").asBoolean(false), versions);
    }

    private static SchemaLockException unusable(Path file, String reason) {
        return new SchemaLockException(
                "The schema lock " + file + " cannot be used, because " + reason + ": restore it from version control",
                null);
    }
}
