package dev.headwater.evolution;

import dev.headwater.EncodedMessage;
import dev.headwater.HeadwaterException;
import dev.headwater.MessageSerializer;
import dev.headwater.SchemaVersion;
import dev.headwater.UndecodableMessageException;
import dev.headwater.Upcasting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The steps by which messages of old schema versions become current ones, each from one {@link SchemaVersion} to the
 * next.
 *
 * <p>There is one chain for every way that a message comes back: store, subscription, replay of an aggregate, dead
 * letter, broker. What is stored is never changed. Events at their current version are not touched and cost nothing.
 *
 * <p>When a {@link MessageSerializer} is built every version below that of a registered class must lead to current
 * ones; a hole, a loop, two steps from one version, a step that leads to an unknown type or past the class fail there
 * and are named. A type that began with a later version says so ({@link Builder#startsAt}); one that others were
 * renamed or split into begins where they arrive. Steps are pure functions. Immutable and thread-safe if they are.
 *
 * <pre>{@code
 * var upcasters = Upcasters.builder()
 *         .step("order.placed", 1, JsonEdit.elements("items", item -> ...))
 *         .rename(new SchemaVersion("order.dispatched", 1), new SchemaVersion("order.shipped", 1))
 *         .build();
 * }</pre>
 */
public final class Upcasters implements Upcasting {

    private final Map<SchemaVersion, Step> steps;
    private final Map<SchemaVersion, Set<SchemaVersion>> targets;
    private final Map<String, Integer> firstVersions;
    private final Map<String, Set<String>> sources;

    private Upcasters(Map<SchemaVersion, Step> steps, Map<String, Integer> firstVersions) {
        this.steps = Map.copyOf(steps);
        this.targets = targets(steps);
        this.firstVersions = Map.copyOf(firstVersions);
        this.sources = sources(steps);
    }

    /** Makes the messages that one message has become. */
    @FunctionalInterface
    interface Transformation {
        List<Part> apply(JsonNode json, JsonMapper mapper);
    }

    /**
     * A step.
     *
     * @param to what it can lead to
     */
    record Step(Set<SchemaVersion> to, Transformation transformation) {}

    /** Starts with no steps. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Map<SchemaVersion, Set<SchemaVersion>> steps() {
        return targets;
    }

    @Override
    public OptionalInt firstVersion(String type) {
        var declared = firstVersions.get(type);
        return declared == null ? OptionalInt.empty() : OptionalInt.of(declared);
    }

    @Override
    public Set<String> storedNames(Set<String> types) {
        if (types.stream().noneMatch(sources::containsKey)) {
            return types;
        }
        var names = new LinkedHashSet<>(types);
        types.forEach(type -> names.addAll(sources.getOrDefault(type, Set.of())));
        return names;
    }

    @Override
    public List<Part> upcast(EncodedMessage encoded, JsonNode json, JsonMapper mapper) {
        try {
            return upcast(new SchemaVersion(encoded.type(), encoded.schemaVersion()), json, mapper);
        } catch (UpcastFailedException e) {
            var later = transientCause(e);
            throw later != null
                    ? later
                    : new UndecodableMessageException(encoded, String.valueOf(e.getMessage()), e.getCause());
        }
    }

    /** What may go well later, such as when keys are out of reach, whatever it was wrapped in on its way here. */
    private static @Nullable HeadwaterException transientCause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HeadwaterException own && own.isTransient()) {
                return own;
            }
        }
        return null;
    }

    private List<Part> upcast(SchemaVersion version, JsonNode json, JsonMapper mapper) {
        var step = steps.get(version);
        if (step == null) {
            return List.of(new Part(version, json));
        }
        var parts = apply(step, version, json, mapper);
        if (parts.size() == 1) {
            return upcast(parts.getFirst().as(), parts.getFirst().json(), mapper);
        }
        var all = new ArrayList<Part>();
        parts.forEach(part -> all.addAll(upcast(part.as(), part.json(), mapper)));
        return all;
    }

    private static List<Part> apply(Step step, SchemaVersion version, JsonNode json, JsonMapper mapper) {
        List<Part> parts;
        try {
            parts = step.transformation().apply(json, mapper);
        } catch (RuntimeException e) {
            throw new UpcastFailedException(version, e);
        }
        for (var part : parts) {
            if (!step.to().contains(part.as())) {
                throw new UpcastFailedException(
                        version,
                        new IllegalStateException(
                                "it made a message of the " + part.as() + ", which is not among its declared targets"));
            }
        }
        return parts;
    }

    private static Map<SchemaVersion, Set<SchemaVersion>> targets(Map<SchemaVersion, Step> steps) {
        var targets = new HashMap<SchemaVersion, Set<SchemaVersion>>();
        steps.forEach((from, step) -> targets.put(from, step.to()));
        return Map.copyOf(targets);
    }

    /** For each type the other types whose messages may have become it. */
    private static Map<String, Set<String>> sources(Map<SchemaVersion, Step> steps) {
        var sources = new HashMap<String, Set<String>>();
        for (var start : steps.keySet()) {
            var reached = new LinkedHashSet<SchemaVersion>();
            reach(start, steps, reached);
            for (var end : reached) {
                if (!end.type().equals(start.type())) {
                    sources.computeIfAbsent(end.type(), type -> new LinkedHashSet<>())
                            .add(start.type());
                }
            }
        }
        return sources;
    }

    private static void reach(SchemaVersion from, Map<SchemaVersion, Step> steps, Set<SchemaVersion> reached) {
        var step = steps.get(from);
        if (reached.add(from) && step != null) {
            step.to().forEach(to -> reach(to, steps, reached));
        }
    }

    /** Collects steps; two from one version are reported together by {@link #build()}. Not thread-safe. */
    public static final class Builder {

        private final Map<SchemaVersion, Step> steps = new LinkedHashMap<>();
        private final Map<String, Integer> firstVersions = new HashMap<>();
        private final List<String> problems = new ArrayList<>();

        private Builder() {}

        /** Makes the next version of a type by editing its JSON. */
        public Builder step(String type, int from, JsonEdit edit) {
            var version = new SchemaVersion(type, from);
            return add(version, version.next(), edit);
        }

        /**
         * Makes the next version of a type from an object of the former record, which lives on for this.
         *
         * @param former reads the JSON of the version {@code from}
         * @param upcast makes an object that is written as the next version, usually the present record
         */
        public <F> Builder step(String type, int from, Class<F> former, Function<? super F, ?> upcast) {
            var version = new SchemaVersion(type, from);
            return add(
                    version,
                    Set.of(version.next()),
                    (json, mapper) -> List.of(new Part(
                            version.next(), mapper.valueToTree(upcast.apply(mapper.treeToValue(json, former))))));
        }

        /**
         * Gives a type another name: messages of the version {@code from} are from now on of the version {@code to}.
         */
        public Builder rename(SchemaVersion from, SchemaVersion to) {
            return rename(from, to, JsonEdit.none());
        }

        /** Gives a type another name, and edits the JSON. */
        public Builder rename(SchemaVersion from, SchemaVersion to, JsonEdit edit) {
            return add(from, to, edit);
        }

        /**
         * Makes several messages, one or none of a message.
         *
         * <p>They keep its place: position, stream, version and time are shared, and so are fate and order. The first
         * has its id, the others ids derived from it.
         *
         * @param from what is split
         * @param to everything that the function can make
         * @param split makes them in order
         */
        public Builder split(SchemaVersion from, Set<SchemaVersion> to, Function<ObjectNode, List<Part>> split) {
            return add(from, Set.copyOf(to), (json, mapper) -> split.apply(JsonFields.requireObject("", json)));
        }

        /**
         * Makes nothing of a message: it has no meaning any more. It stays in the log, and readers no longer see it.
         */
        public Builder drop(SchemaVersion from) {
            return add(from, Set.of(), (json, mapper) -> List.of());
        }

        /** Declares that no message of an earlier version of a type was ever stored or sent. */
        public Builder startsAt(SchemaVersion first) {
            firstVersions.put(first.type(), first.version());
            return this;
        }

        /** All steps and declarations of another collection, for applications made of modules. */
        public Builder addAll(Upcasters others) {
            others.steps.forEach((from, step) -> add(from, step.to(), step.transformation()));
            firstVersions.putAll(others.firstVersions);
            return this;
        }

        /**
         * Returns the steps; whether they fit the classes is checked with them, see {@link MessageSerializer.Builder}.
         *
         * @throws IllegalArgumentException when a version has more than one step
         */
        public Upcasters build() {
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException(
                        "The upcasters contradict each other:\n  " + String.join("\n  ", problems));
            }
            return new Upcasters(steps, firstVersions);
        }

        private Builder add(SchemaVersion from, SchemaVersion to, JsonEdit edit) {
            return add(from, Set.of(to), (json, mapper) -> {
                edit.apply(JsonFields.requireObject("", json));
                return List.of(new Part(to, json));
            });
        }

        private Builder add(SchemaVersion from, Set<SchemaVersion> to, Transformation transformation) {
            if (steps.putIfAbsent(from, new Step(to, transformation)) != null) {
                problems.add("there are two steps from " + from + ": there can be only one");
            }
            return this;
        }
    }
}
