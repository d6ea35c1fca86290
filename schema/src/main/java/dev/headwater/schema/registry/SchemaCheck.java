package dev.headwater.schema.registry;

import dev.headwater.Payload;
import dev.headwater.PayloadCheck;
import dev.headwater.schema.validation.SchemaValidator;
import dev.headwater.schema.validation.Violation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Holds what is written and what is read against the schemas of a {@link SchemaRegistry}.
 *
 * <p>A payload is checked against the schema of its own type and version. Writing a retired version is refused, reading
 * it is not. Schemas are compiled once and kept; that a version was registered, deprecated or retired is noticed within
 * the time of {@link Builder#refreshEvery}. When the registry cannot be reached, a version that was never seen fails
 * with the storage's own, transient exception, and all others are checked as before. Thread-safe.
 *
 * <pre>{@code
 * var serializer = MessageSerializer.builder(types).check(SchemaCheck.of(registry)).build();
 * }</pre>
 */
public final class SchemaCheck implements PayloadCheck {

    /** More versions than any system has; names come from outside, so there has to be an end. */
    private static final int MAX_VERSIONS = 10_000;

    private final SchemaRegistry registry;
    private final Predicate<String> whenWriting;
    private final Predicate<String> whenReading;
    private final boolean unregisteredPass;
    private final Duration refreshEvery;
    private final InstantSource clock;
    private final Map<Key, Known> versions = new ConcurrentHashMap<>();

    private record Key(String type, int version) {}

    /** What the registry said of a version, and until when that holds; without a validator, that there is none. */
    private record Known(@Nullable SchemaValidator validator, boolean isRetired, long untilMillis) {}

    private SchemaCheck(Builder builder) {
        this.registry = builder.registry;
        this.whenWriting = builder.whenWriting;
        this.whenReading = builder.whenReading;
        this.unregisteredPass = builder.unregisteredPass;
        this.refreshEvery = builder.refreshEvery;
        this.clock = builder.clock;
    }

    /** Checks all types in both directions. */
    public static SchemaCheck of(SchemaRegistry registry) {
        return builder(registry).build();
    }

    /** Starts the settings of a check. */
    public static Builder builder(SchemaRegistry registry) {
        return new Builder(registry);
    }

    @Override
    public List<String> beforeWriting(String type, int schemaVersion, Payload payload) {
        if (!whenWriting.test(type)) {
            return List.of();
        }
        var known = known(new Key(type, schemaVersion));
        if (known.isRetired()) {
            return List.of("version " + schemaVersion + " of '" + type + "' is retired; write a later one");
        }
        return problems(type, schemaVersion, known, payload);
    }

    @Override
    public List<String> afterReading(String type, int schemaVersion, Payload payload) {
        return whenReading.test(type)
                ? problems(type, schemaVersion, known(new Key(type, schemaVersion)), payload)
                : List.of();
    }

    private List<String> problems(String type, int version, Known known, Payload payload) {
        var validator = known.validator();
        if (validator != null) {
            var violations = validator.validate(payload);
            return violations.isEmpty()
                    ? List.of()
                    : violations.stream().map(Violation::toString).toList();
        }
        return unregisteredPass
                ? List.of()
                : List.of("no schema is registered for version " + version + " of '" + type
                        + "'; register it, or leave the type out of the check");
    }

    private Known known(Key key) {
        var known = versions.get(key);
        if (known != null && clock.millis() < known.untilMillis()) {
            return known;
        }
        try {
            var asked = ask(key, known);
            if (versions.size() >= MAX_VERSIONS) {
                versions.clear();
            }
            versions.put(key, asked);
            return asked;
        } catch (RuntimeException e) {
            if (known == null || known.validator() == null) {
                throw e;
            }
            return known;
        }
    }

    private Known ask(Key key, @Nullable Known known) {
        long until = clock.millis() + refreshEvery.toMillis();
        var found = registry.find(key.type(), key.version());
        if (found.isEmpty()) {
            return new Known(null, false, until);
        }
        var validator = known == null || known.validator() == null
                ? new SchemaValidator(found.get().schema().schema())
                : known.validator();
        return new Known(validator, found.get().state() == SchemaState.RETIRED, until);
    }

    /** The settings of a {@link SchemaCheck}. Not thread-safe. */
    public static final class Builder {

        private final SchemaRegistry registry;
        private Predicate<String> whenWriting = type -> true;
        private Predicate<String> whenReading = type -> true;
        private boolean unregisteredPass;
        private Duration refreshEvery = Duration.ofSeconds(10);
        private InstantSource clock = InstantSource.system();

        private Builder(SchemaRegistry registry) {
            this.registry = registry;
        }

        /** The names of the types that are checked before they are written; all by default. */
        public Builder whenWriting(Predicate<String> types) {
            this.whenWriting = types;
            return this;
        }

        /** The names of the types that are checked when they are read; all by default. */
        public Builder whenReading(Predicate<String> types) {
            this.whenReading = types;
            return this;
        }

        /** Lets messages pass for whose version no schema is registered; they are refused by default. */
        public Builder letUnregisteredPass() {
            this.unregisteredPass = true;
            return this;
        }

        /** How long an answer of the registry holds; 10 seconds by default. */
        public Builder refreshEvery(Duration duration) {
            this.refreshEvery = duration;
            return this;
        }

        /** The clock that answers age by; the system's by default. */
        public Builder clock(InstantSource source) {
            this.clock = source;
            return this;
        }

        /** Makes the check. */
        public SchemaCheck build() {
            return new SchemaCheck(this);
        }
    }
}
