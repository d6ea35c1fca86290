package dev.headwater.workflow.code;

import dev.headwater.DomainEvent;
import dev.headwater.MessageTypes;
import dev.headwater.workflow.WorkflowDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Says which instance of a workflow an event belongs to: the newest version's word, then that of older ones. */
final class Correlator {

    private record Rule(Class<? extends DomainEvent> type, Function<DomainEvent, String> id) {}

    private final List<Rule> starters = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();

    /** @param versions of one workflow, the newest first */
    Correlator(List<? extends WorkflowDefinition<?, ?>> versions) {
        versions.getFirst().starters().forEach(starter -> starters.add(rule(starter)));
        rules.addAll(starters);
        for (var version : versions) {
            version.correlations().forEach(each -> rules.add(rule(each)));
            version.starters().forEach(each -> rules.add(rule(each)));
        }
    }

    private static <E extends DomainEvent> Rule rule(WorkflowDefinition.Starter<E, ?> starter) {
        return rule(starter.type(), starter.id());
    }

    private static <E extends DomainEvent> Rule rule(WorkflowDefinition.Correlation<E> correlation) {
        return rule(correlation.type(), correlation.id());
    }

    private static <E extends DomainEvent> Rule rule(Class<E> type, Function<? super E, String> id) {
        return new Rule(type, event -> id.apply(type.cast(event)));
    }

    /** The names of the types that belong to instances. */
    Set<String> types(MessageTypes types) {
        var names = new LinkedHashSet<String>();
        rules.forEach(rule -> names.addAll(types.namesOf(rule.type())));
        return names;
    }

    /** What keeps the workflow from being run with these types. */
    List<String> problems(String workflow, MessageTypes types) {
        var known = new HashSet<Class<?>>();
        types.all().forEach(each -> known.add(each.type()));
        return rules.stream()
                .map(Rule::type)
                .distinct()
                .filter(type -> known.stream().noneMatch(type::isAssignableFrom))
                .map(
                        type -> "'" + workflow + "' needs " + type.getName()
                                + ", which the store does not know: pass it, or the sealed interface that permits it, to MessageTypes")
                .toList();
    }

    boolean isStarter(DomainEvent event) {
        return starters.stream().anyMatch(rule -> rule.type().isInstance(event));
    }

    /** The instance; none when the function says null, which is that the event belongs to nobody. */
    Optional<String> id(DomainEvent event) {
        return rules.stream()
                .filter(rule -> rule.type().isInstance(event))
                .findFirst()
                .flatMap(rule -> Optional.ofNullable(rule.id().apply(event)));
    }
}
