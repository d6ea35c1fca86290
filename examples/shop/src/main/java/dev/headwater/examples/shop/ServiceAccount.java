package dev.headwater.examples.shop;

import dev.headwater.examples.shop.analytics.Summary;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a service has done in the end.
 *
 * @param events how many it has written itself
 * @param parked how many events it has set aside
 * @param sequences how many keys those belong to
 * @param lag of its subscriptions, as the summary has them
 * @param workflows what has become of the instances of the order process that it runs
 * @param letters what was set aside, for people; empty when nothing was
 */
record ServiceAccount(
        long events,
        long parked,
        long sequences,
        SortedMap<String, Long> lag,
        Summary.Workflows workflows,
        String letters) {

    /** What all of them have done. */
    static ServiceAccount sum(Collection<ServiceAccount> all) {
        return all.stream()
                .reduce(ServiceAccount::plus)
                .orElseThrow(() -> new IllegalArgumentException("There is no service"));
    }

    private ServiceAccount plus(ServiceAccount other) {
        var both = new TreeMap<>(lag);
        other.lag.forEach((name, each) -> both.merge(name, each, Math::max));
        return new ServiceAccount(
                events + other.events,
                parked + other.parked,
                sequences + other.sequences,
                both,
                new Summary.Workflows(
                        workflows.completed() + other.workflows.completed(),
                        workflows.compensated() + other.workflows.compensated(),
                        workflows.running() + other.workflows.running(),
                        workflows.stuck() + other.workflows.stuck()),
                letters + other.letters);
    }

    ObjectNode toJson() {
        var json = ServiceReport.JSON
                .createObjectNode()
                .put("events", events)
                .put("parked", parked)
                .put("sequences", sequences)
                .put("letters", letters);
        json.putObject("workflows")
                .put("completed", workflows.completed())
                .put("compensated", workflows.compensated())
                .put("running", workflows.running())
                .put("stuck", workflows.stuck());
        var each = json.putObject("lag");
        lag.forEach(each::put);
        return json;
    }

    static ServiceAccount of(JsonNode json) {
        var lag = new TreeMap<String, Long>();
        json.get("lag")
                .properties()
                .forEach(each -> lag.put(each.getKey(), each.getValue().asLong()));
        var workflows = json.get("workflows");
        return new ServiceAccount(
                json.get("events").asLong(),
                json.get("parked").asLong(),
                json.get("sequences").asLong(),
                lag,
                new Summary.Workflows(
                        workflows.get("completed").asLong(),
                        workflows.get("compensated").asLong(),
                        workflows.get("running").asLong(),
                        workflows.get("stuck").asLong()),
                json.get("letters").asString());
    }
}
