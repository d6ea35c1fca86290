package dev.headwater;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds out whether every old version of the registered types leads to what their classes read. */
final class UpcastingCheck {

    private final MessageTypes types;
    private final Map<SchemaVersion, Set<SchemaVersion>> steps;
    private final Upcasting upcasters;
    private final Set<String> problems = new LinkedHashSet<>();

    private UpcastingCheck(MessageTypes types, Upcasting upcasters) {
        this.types = types;
        this.upcasters = upcasters;
        this.steps = upcasters.steps();
    }

    /** Every problem, one sentence each. */
    static List<String> problems(MessageTypes types, Upcasting upcasters) {
        var check = new UpcastingCheck(types, upcasters);
        types.all().forEach(check::requireComplete);
        check.steps.keySet().forEach(check::requireEnd);
        return List.copyOf(check.problems);
    }

    /** A step from every version between the first one and that of the class. */
    private void requireComplete(MessageTypes.RegisteredType type) {
        for (int version = firstVersion(type); version < type.version(); version++) {
            var missing = new SchemaVersion(type.name(), version);
            if (!steps.containsKey(missing)) {
                problems.add("there is no step from " + missing + " to version " + (version + 1) + ", and "
                        + type.type().getName() + " has version " + type.version() + ": add step(\"" + type.name()
                        + "\", " + version + ", ...), or startsAt if no such message was ever stored");
            }
        }
    }

    /** Where others arrive that were renamed or split into it, unless it was there before. */
    private int firstVersion(MessageTypes.RegisteredType type) {
        var declared = upcasters.firstVersion(type.name());
        if (declared.isPresent()) {
            return declared.getAsInt();
        }
        int arrival = steps.entrySet().stream()
                .filter(step -> !step.getKey().type().equals(type.name()))
                .flatMap(step -> step.getValue().stream())
                .filter(to -> to.type().equals(type.name()))
                .mapToInt(SchemaVersion::version)
                .min()
                .orElse(1);
        boolean begunBefore =
                steps.keySet().stream().anyMatch(from -> from.type().equals(type.name()) && from.version() < arrival);
        return begunBefore ? 1 : arrival;
    }

    /** Where a step leads something goes on, or a class reads it. */
    private void requireEnd(SchemaVersion from) {
        var current = types.find(from.type());
        if (current.isPresent() && from.version() >= current.get().version()) {
            problems.add("there is a step from " + from + ", but "
                    + current.get().type().getName() + " reads version "
                    + current.get().version() + ": raise the version of the class, or remove the step");
        }
        if (isOnLoop(from)) {
            problems.add("the steps from " + from + " lead back to it");
        }
        for (var to : targets(from)) {
            if (!steps.containsKey(to)) {
                requireRead(from, to);
            }
        }
    }

    private void requireRead(SchemaVersion from, SchemaVersion to) {
        var type = types.find(to.type());
        if (type.isEmpty()) {
            problems.add("the step from " + from + " leads to the unknown type '" + to.type()
                    + "': register its class with MessageTypes, or add the step that leads on from " + to);
        } else if (type.get().version() != to.version()) {
            problems.add("the step from " + from + " leads to " + to + ", and there is none from there; "
                    + type.get().type().getName() + " reads version "
                    + type.get().version());
        }
    }

    private boolean isOnLoop(SchemaVersion start) {
        var open = new ArrayList<>(targets(start));
        var seen = new LinkedHashSet<SchemaVersion>();
        while (!open.isEmpty()) {
            var next = open.removeLast();
            if (next.equals(start)) {
                return true;
            }
            if (seen.add(next)) {
                open.addAll(targets(next));
            }
        }
        return false;
    }

    private Set<SchemaVersion> targets(SchemaVersion from) {
        return steps.getOrDefault(from, Set.of());
    }
}
