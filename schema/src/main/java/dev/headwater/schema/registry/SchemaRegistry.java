package dev.headwater.schema.registry;

import dev.headwater.MessageSerializer;
import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.compatibility.Compatibility;
import dev.headwater.schema.compatibility.Compatibility.KnownUpcasters;
import dev.headwater.schema.validation.InvalidSchemaException;
import dev.headwater.schema.validation.SchemaValidator;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON Schemas of message types by version, each registered once and never changed.
 *
 * <p>What is registered is a schema that can be used, and gets along with the other versions of its type as the
 * {@link Compatibility} of the registry demands. Thread-safe; of several processes that register the same version at
 * once one wins, and the others learn whether they meant the same.
 *
 * <pre>{@code
 * var registry = SchemaRegistry.builder(new PostgresSchemaStorage(database)).build();
 * registry.register(new MessageSchema("order.placed", 2, schema), "ordering 4.1");
 * }</pre>
 */
public final class SchemaRegistry {

    private static final int MAX_ATTEMPTS = 100;
    private static final JsonMapper MAPPER = MessageSerializer.defaultMapper().build();
    private static final Pattern TYPE = Pattern.compile("\\P{Cntrl}{1,200}");

    private final SchemaStorage storage;
    private final Compatibility compatibility;
    private final KnownUpcasters upcasters;
    private final InstantSource clock;

    private SchemaRegistry(Builder builder) {
        this.storage = builder.storage;
        this.compatibility = builder.compatibility;
        this.upcasters = builder.upcasters;
        this.clock = builder.clock;
    }

    /** Starts the settings of a registry that keeps its schemas in a storage. */
    public static Builder builder(SchemaStorage storage) {
        return new Builder(storage);
    }

    /**
     * Registers a version. The same content again changes nothing and returns what was registered first; the order of
     * properties is no difference.
     *
     * @param given the schema; it is copied
     * @param author who answers for it: a person, or an application and its version
     * @throws InvalidSchemaException when the schema cannot be used
     * @throws SchemaConflictException when the version is registered with another content
     * @throws IncompatibleSchemaException when it does not get along with other versions
     */
    public RegisteredSchema register(MessageSchema given, String author) {
        requireNamed(given);
        requireValid(given);
        var schema = normalized(given);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            var others = storage.versions(schema.type());
            var known = others.stream()
                    .filter(other -> other.version() == schema.version())
                    .findAny();
            if (known.isPresent()) {
                return requireSame(schema, known.get());
            }
            requireCompatible(schema, others);
            var registered = new RegisteredSchema(
                    schema, author, clock.instant().truncatedTo(ChronoUnit.MICROS), SchemaState.ACTIVE);
            var judgedBeside = others.stream().map(RegisteredSchema::version).collect(Collectors.toSet());
            if (storage.add(registered, judgedBeside)) {
                return registered;
            }
        }
        throw new IllegalStateException("Version " + schema.version() + " of '" + schema.type()
                + "' could not be registered: other versions came between for " + MAX_ATTEMPTS + " times");
    }

    /** One version of a type. */
    public Optional<RegisteredSchema> find(String type, int version) {
        return storage.find(type, version);
    }

    /** All versions of a type, in ascending order; none when the type is unknown. */
    public List<RegisteredSchema> versions(String type) {
        return storage.versions(type);
    }

    /** The names of all types, in ascending order. */
    public List<String> types() {
        return storage.types();
    }

    /**
     * Changes the state of a version, in any direction.
     *
     * @throws IllegalArgumentException when there is no such version
     */
    public void changeState(String type, int version, SchemaState state) {
        if (!storage.changeState(type, version, state)) {
            throw new IllegalArgumentException("There is no version " + version + " of '" + type + "' to make " + state
                    + ": registered are "
                    + versions(type).stream().map(RegisteredSchema::version).toList());
        }
    }

    /** A copy with the numbers that reading gives, so that it equals what will come back. */
    private static MessageSchema normalized(MessageSchema given) {
        var json = (ObjectNode) MAPPER.readTree(MAPPER.writeValueAsBytes(given.schema()));
        return new MessageSchema(given.type(), given.version(), json);
    }

    private void requireCompatible(MessageSchema schema, List<RegisteredSchema> others) {
        var schemas = others.stream().map(RegisteredSchema::schema).toList();
        var differences = compatibility.differences(schema, schemas, upcasters);
        if (!differences.isEmpty()) {
            throw new IncompatibleSchemaException(schema, compatibility, differences);
        }
    }

    private static RegisteredSchema requireSame(MessageSchema schema, RegisteredSchema registered) {
        if (!registered.schema().schema().equals(schema.schema())) {
            throw new SchemaConflictException(registered);
        }
        return registered;
    }

    /** Throws when the schema cannot be compiled. */
    private static void requireValid(MessageSchema schema) {
        var unused = new SchemaValidator(schema.schema());
    }

    private static void requireNamed(MessageSchema schema) {
        if (!TYPE.matcher(schema.type()).matches()) {
            throw new IllegalArgumentException("The type of a schema is '" + schema.type()
                    + "': expected the name of a message type, 1 to 200 characters");
        }
        if (schema.version() < 1) {
            throw new IllegalArgumentException("The version of the schema of '" + schema.type() + "' is "
                    + schema.version() + ": versions count from 1");
        }
    }

    /** The settings of a {@link SchemaRegistry}. Not thread-safe. */
    public static final class Builder {

        private final SchemaStorage storage;
        private Compatibility compatibility = Compatibility.DEFAULT;
        private KnownUpcasters upcasters = KnownUpcasters.NONE;
        private InstantSource clock = InstantSource.system();

        private Builder(SchemaStorage storage) {
            this.storage = storage;
        }

        /** What versions of a type demand of each other; {@link Compatibility#DEFAULT} unless said otherwise. */
        public Builder compatibility(Compatibility mode) {
            this.compatibility = mode;
            return this;
        }

        /** The upcasters of the application, which stand in for backward compatibility; none by default. */
        public Builder upcasters(KnownUpcasters known) {
            this.upcasters = known;
            return this;
        }

        /** The clock that schemas are registered by; the system's by default. */
        public Builder clock(InstantSource source) {
            this.clock = source;
            return this;
        }

        /** Makes the registry. */
        public SchemaRegistry build() {
            return new SchemaRegistry(this);
        }
    }
}
