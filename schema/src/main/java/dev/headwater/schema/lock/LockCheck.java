package dev.headwater.schema.lock;

import static dev.headwater.schema.lock.LockProblem.broken;
import static dev.headwater.schema.lock.LockProblem.stale;

import dev.headwater.SchemaVersion;
import dev.headwater.Upcasting;
import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.compatibility.Compatibility;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Compares what the code writes and reads today with everything that a lock remembers. */
final class LockCheck {

    private static final Comparator<Integer> NEWEST_FIRST = Comparator.reverseOrder();

    private final SortedMap<String, LockedType> locked;
    private final SortedMap<String, MessageSchema> current = new TreeMap<>();
    private final Upcasting upcasters;
    private final List<LockProblem> problems = new ArrayList<>();

    LockCheck(SortedMap<String, LockedType> locked, List<MessageSchema> current, Upcasting upcasters) {
        this.locked = locked;
        current.forEach(schema -> this.current.put(schema.type(), schema));
        this.upcasters = upcasters;
    }

    List<LockProblem> problems() {
        var names = new TreeSet<>(locked.keySet());
        names.addAll(current.keySet());
        names.forEach(this::checkType);
        return problems;
    }

    private void checkType(String name) {
        var before = locked.get(name);
        var now = current.get(name);
        if (now == null) {
            checkVanished(name, Objects.requireNonNull(before, "a name is in the lock or in the code"));
        } else if (before == null) {
            problems.add(stale(name, now.version(), name + " version " + now.version() + " is new."));
        } else if (before.retired()) {
            problems.add(broken(
                    name,
                    now.version(),
                    name + " was retired, and the name is used again: old messages of that name would be taken for"
                            + " new ones.",
                    "Give the message another name, or delete \"retired\" from the lock if it is the same one."));
        } else {
            checkKnown(before, now);
        }
    }

    private void checkVanished(String name, LockedType before) {
        if (before.retired()) {
            return;
        }
        before.versions().keySet().stream()
                .filter(version -> isStuck(name, version))
                .max(Comparator.naturalOrder())
                .ifPresent(version -> problems.add(broken(
                        name,
                        version,
                        name + " version " + version + " is in the lock, but no class is registered under the name.",
                        "Register its class again, or an upcaster from version " + version + " to what it is called"
                                + " now; if nothing stored under the name has to be read any more, add"
                                + " \"retired\": true to '" + name + "' in the lock.")));
    }

    private void checkKnown(LockedType before, MessageSchema now) {
        if (now.version() < before.latest()) {
            problems.add(broken(
                    now.type(),
                    now.version(),
                    now.type() + " has version " + now.version() + " in the code, but version " + before.latest()
                            + " is in the lock.",
                    "Versions never go down: give the class version " + before.latest() + " again, or version "
                            + (before.latest() + 1) + " with an upcaster from " + before.latest() + "."));
            return;
        }
        checkSteps(before, now);
        if (now.version() > before.latest()) {
            problems.add(stale(
                    now.type(),
                    now.version(),
                    now.type() + " version " + now.version() + " is new, after version " + before.latest() + "."));
        } else {
            checkSameVersion(before.latestSchema(), now);
        }
    }

    /** Only the last version without a way on is named: those before it are led there first. */
    private void checkSteps(LockedType before, MessageSchema now) {
        before.versions().headMap(now.version()).keySet().stream()
                .sorted(NEWEST_FIRST)
                .filter(version -> isStuck(now.type(), version))
                .findFirst()
                .ifPresent(version -> problems.add(broken(
                        now.type(),
                        version,
                        now.type() + " has version " + now.version() + " in the code, but no upcaster leads there from"
                                + " version " + version + ".",
                        "Register an upcaster from version " + version + " to " + (version + 1) + ".")));
    }

    /** Where a step begins a chain begins that leads to a class: the serializer has checked that. */
    private boolean isStuck(String name, int version) {
        return !upcasters.hasStepFrom(new SchemaVersion(name, version));
    }

    private void checkSameVersion(JsonNode before, MessageSchema now) {
        var schema = LockFile.asRead(now.schema());
        if (schema.equals(before)) {
            return;
        }
        var differences = differences(before, schema);
        if (differences.isEmpty()) {
            problems.add(stale(
                    now.type(),
                    now.version(),
                    now.type() + " version " + now.version() + " changed in a way that every message of that version"
                            + " still fits."));
            return;
        }
        var remedy = "Undo the change of " + now.type() + ", or give the class version " + (now.version() + 1)
                + " and register an upcaster from version " + now.version() + ".";
        differences.forEach((path, explanation) -> problems.add(broken(
                now.type(),
                now.version(),
                now.type() + " version " + now.version() + ": " + explanation + ".",
                remedy)));
    }

    private static Map<String, String> differences(JsonNode before, JsonNode now) {
        var byPath = new TreeMap<String, String>();
        for (var difference : Compatibility.BACKWARD.differences(before, now)) {
            byPath.merge(difference.path(), difference.explanation(), (one, other) -> one + "; " + other);
        }
        Losses.between(before, now).forEach((path, sentence) -> byPath.putIfAbsent("$." + path, sentence));
        return byPath;
    }
}
