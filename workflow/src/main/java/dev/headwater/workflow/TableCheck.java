package dev.headwater.workflow;

import dev.headwater.DomainEvent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds everything that is wrong with a table. */
final class TableCheck<S extends Enum<S>, D> {

    static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._]{0,98}[A-Za-z0-9])?");

    private final TableModel<S, D> model;
    private final List<String> problems = new ArrayList<>();

    TableCheck(TableModel<S, D> model) {
        this.model = model;
    }

    /** One line for each problem. */
    List<String> problems() {
        checkName(model.name()).forEach(problems::add);
        if (model.version() < 1) {
            problems.add("the version is " + model.version() + ": versions count from 1");
        }
        var expected = checkCorrelations();
        var stages = checkStages();
        stages.values().forEach(stage -> checkStage(stage, expected));
        checkUnclaimed();
        checkPaths(stages);
        return problems;
    }

    static List<String> checkName(String name) {
        return NAME.matcher(name).matches()
                ? List.of()
                : List.of("the name is '" + name + "': expected 1 to 100 letters, digits, dots and underscores, with a"
                        + " letter or digit at both ends; a dash would end the category of its streams");
    }

    /** The concrete classes that every stage takes or ignores. */
    private Set<Class<? extends DomainEvent>> checkCorrelations() {
        var all = new LinkedHashSet<Class<? extends DomainEvent>>();
        var expected = new LinkedHashSet<Class<? extends DomainEvent>>();
        for (var correlation : model.correlations()) {
            if (EventTypes.isOpen(correlation.type())) {
                problems.add(name(correlation.type())
                        + " is neither sealed nor concrete, so nobody knows which events it stands for: seal it, or give"
                        + " its events one by one");
                continue;
            }
            for (var type : EventTypes.concrete(correlation.type())) {
                if (!all.add(type)) {
                    problems.add(name(type) + " is given twice to startedBy or expecting: it belongs to one instance,"
                            + " by one function");
                } else if (!correlation.starts()) {
                    expected.add(type);
                }
            }
        }
        if (model.starts().isEmpty()) {
            problems.add("nothing begins an instance: give its first event with startedBy");
        }
        return expected;
    }

    private Map<S, TableModel.StageModel<S>> checkStages() {
        var known = new EnumMap<S, TableModel.StageModel<S>>(model.stages());
        for (var stage : model.rows()) {
            if (known.putIfAbsent(stage.stage(), stage) != null) {
                problems.add("the stage " + stage.stage() + " is given twice: write its rows under one");
            }
        }
        for (var stage : model.stages().getEnumConstants()) {
            if (!known.containsKey(stage)) {
                problems.add("the stage " + stage + " is missing: give what happens in it with in or endingIn");
            }
        }
        return known;
    }

    private void checkStage(TableModel.StageModel<S> stage, Set<Class<? extends DomainEvent>> expected) {
        var known = known();
        for (var row : stage.rows()) {
            var type = row.type();
            if (type != null && EventTypes.concrete(type).stream().noneMatch(known::contains)) {
                problems.add(stage.stage() + " has a row for " + name(type)
                        + ", which is not expected: say with expecting whose it is");
            }
        }
        var used = new LinkedHashSet<TableModel.Row<S>>();
        for (var type : known) {
            var rows = stage.rowsFor(type);
            checkOrder(rows, used, stage.stage() + " on " + name(type));
            if (rows.isEmpty() && expected.contains(type) && !stage.isEnding()) {
                problems.add(stage.stage() + " neither takes nor ignores " + name(type)
                        + ": give a row with on, or ignoring");
            }
        }
        for (var row : stage.rows()) {
            var type = row.type();
            if (!used.contains(row)
                    && type != null
                    && EventTypes.concrete(type).stream().anyMatch(known::contains)) {
                problems.add(stage.stage() + " has a row for " + name(type)
                        + " that is never used: rows before it take everything");
            }
        }
        checkLimit(stage);
    }

    private void checkLimit(TableModel.StageModel<S> stage) {
        if (stage.limit() != null && stage.expiry().isEmpty()) {
            problems.add(stage.stage() + " has a time limit without consequence: say with onExpiry where it leads");
        }
        if (stage.limit() == null && !stage.expiry().isEmpty()) {
            problems.add(stage.stage() + " has no time limit, so its onExpiry is never used: say how long with atMost");
        }
        var used = new LinkedHashSet<TableModel.Row<S>>();
        checkOrder(stage.expiry(), used, stage.stage() + " on expiry");
        if (used.size() < stage.expiry().size()) {
            problems.add(stage.stage() + " has an onExpiry that is never used: rows before it take everything");
        }
    }

    /** The rows with a condition come first, and one without is last. */
    private void checkOrder(List<TableModel.Row<S>> rows, Set<TableModel.Row<S>> used, String what) {
        for (var row : rows) {
            used.add(row);
            if (row.guard() == null) {
                return;
            }
        }
        if (!rows.isEmpty()) {
            problems.add(what + " has only rows with a condition: add one without, for every other case");
        }
    }

    private void checkUnclaimed() {
        var seen = new LinkedHashSet<Class<? extends DomainEvent>>();
        for (var row : model.unclaimed()) {
            var type = row.type();
            if (type == null) {
                continue;
            }
            for (var concrete : EventTypes.concrete(type)) {
                if (!known().contains(concrete)) {
                    problems.add("unclaimed answers " + name(concrete)
                            + ", which is not expected: say with expecting whose it is");
                }
                if (!seen.add(concrete)) {
                    problems.add("unclaimed answers " + name(concrete) + " twice: send both commands in one row");
                }
            }
        }
    }

    private Set<Class<? extends DomainEvent>> known() {
        var known = new LinkedHashSet<Class<? extends DomainEvent>>();
        model.correlations().forEach(correlation -> known.addAll(EventTypes.concrete(correlation.type())));
        return known;
    }

    private void checkPaths(Map<S, TableModel.StageModel<S>> stages) {
        var next = new HashMap<S, Set<S>>();
        stages.forEach((stage, rows) -> next.put(stage, targets(rows)));
        var reached = EnumSet.noneOf(model.stages());
        model.starts().forEach(start -> follow(start.row().target(), next, reached));
        for (var entry : stages.entrySet()) {
            var stage = entry.getKey();
            if (!reached.contains(stage)) {
                problems.add("the stage " + stage + " cannot be reached: no row leads to it");
            } else if (!entry.getValue().isEnding()) {
                var from = EnumSet.noneOf(model.stages());
                follow(stage, next, from);
                if (from.stream().noneMatch(each -> isEnding(stages.get(each)))) {
                    problems.add("the stage " + stage + " cannot be left to an end: no row leads from it to a stage"
                            + " given with endingIn");
                }
            }
        }
    }

    private boolean isEnding(TableModel.@Nullable StageModel<S> stage) {
        return stage != null && stage.isEnding();
    }

    private Set<S> targets(TableModel.StageModel<S> stage) {
        var targets = EnumSet.noneOf(model.stages());
        for (var rows : List.of(stage.rows(), stage.expiry())) {
            for (var row : rows) {
                var target = row.target();
                if (target != null) {
                    targets.add(target);
                }
            }
        }
        return targets;
    }

    private void follow(@Nullable S from, Map<S, Set<S>> next, Set<S> reached) {
        if (from != null && reached.add(from)) {
            next.getOrDefault(from, Set.of()).forEach(stage -> follow(stage, next, reached));
        }
    }

    private static String name(Class<?> type) {
        return type.getSimpleName();
    }
}
