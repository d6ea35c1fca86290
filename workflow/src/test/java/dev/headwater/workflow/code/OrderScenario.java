package dev.headwater.workflow.code;

import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.code.Shop.Kind;
import dev.headwater.workflow.code.Shop.OrderEvent.OrderCreated;
import dev.headwater.workflow.code.Shop.PaymentOutcome;
import dev.headwater.workflow.code.Shop.StockOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One order of each kind through the whole process, whatever goes wrong meanwhile, and what must be true in the end.
 */
final class OrderScenario {

    private final Simulation simulation;
    private final WorkflowDefinition<OrderCreated, String> definition;

    OrderScenario(long seed, Simulation.Troubles troubles) {
        simulation = new Simulation(seed, troubles);
        definition = new OrderProcess(simulation.world()).definition();
        simulation.run(definition);
    }

    static String id(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    OrderScenario run() {
        for (var kind : Kind.values()) {
            simulation.happen(StreamId.of("order", id(kind)), new OrderCreated(id(kind), kind));
            if (kind == Kind.CANCELLED) {
                cancel(id(kind), "somebody");
                cancel(id(kind), "somebody else");
            }
        }
        simulation.settle();
        return this;
    }

    private void cancel(String id, String by) {
        simulation.happen(
                Remarks.stream(definition.name()),
                new Remarks.CancelRequested(definition.name(), id, by, "changed my mind"));
    }

    Simulation simulation() {
        return simulation;
    }

    String state(Kind kind) {
        return simulation.orders().load(id(kind)).state();
    }

    StreamId journal(Kind kind) {
        return definition.journal(id(kind));
    }

    WorkflowDefinition<OrderCreated, String> definition() {
        return definition;
    }

    /** Everything that is wrong in the end; nothing, when all is well. */
    List<String> wrongs() {
        var wrongs = new ArrayList<>(simulation.world().wrongs());
        for (var kind : Kind.values()) {
            wrongsOf(kind).forEach(wrong -> wrongs.add(id(kind) + ": " + wrong));
        }
        if (!simulation.timers().isEmpty()) {
            wrongs.add("timers are left over: " + simulation.timers());
        }
        return wrongs;
    }

    private List<String> wrongsOf(Kind kind) {
        var wrongs = new ArrayList<String>();
        var id = id(kind);
        var entries = simulation.journal(journal(kind));
        var ended = simulation.ended(journal(kind));
        if (ended.isEmpty()) {
            return List.of("has not ended: " + entries);
        }
        var order = simulation.orders().load(id).state();
        var payment = simulation.payments().load(id).state();
        var stock = simulation.stock().load(id).state();
        boolean isShipped = order.equals("shipped");
        if (isShipped != (ended.get().how() == Entry.How.COMPLETED)) {
            wrongs.add("the order is " + order + " and its workflow " + ended.get());
        }
        if (!isShipped && !order.equals("cancelled")) {
            wrongs.add("the order is " + order);
        }
        if (isShipped ? !payment.equals("paid") : payment.equals("paid")) {
            wrongs.add("the order is " + order + " and " + payment);
        }
        if (isShipped ? !stock.equals("reserved") : stock.equals("reserved")) {
            wrongs.add("the order is " + order + " and its stock " + stock);
        }
        if (isShipped != simulation.world().isBooked("shop.order-" + id + "/0/1")) {
            wrongs.add("the order is " + order + ", and its booking is not what it should be");
        }
        if (count(entries, Entry.Started.class) != 1 || count(entries, Entry.Ended.class) != 1) {
            wrongs.add("begins or ends more than once: " + entries);
        }
        if (places(entries) != Set.copyOf(placesOf(entries)).size()) {
            wrongs.add("has come twice to the same place: " + entries);
        }
        if (paid(id) > 1) {
            wrongs.add("has paid " + paid(id) + " times");
        }
        wrongs.addAll(lost(entries));
        wrongs.addAll(unexpected(kind, isShipped));
        wrongs.addAll(late(kind));
        return wrongs;
    }

    /**
     * What an order of a kind must not come to; a late answer may come in time after all, when time stood still for
     * longer.
     */
    private static List<String> unexpected(Kind kind, boolean isShipped) {
        return switch (kind) {
            case DECLINED, OUT_OF_STOCK, UNBOOKABLE, STUBBORN, CANCELLED ->
                isShipped ? List.of("was shipped") : List.of();
            case PLAIN, EAGER, LATE_PAYMENT, LATE_STOCK -> List.of();
        };
    }

    /** What an instance has kept and neither taken nor given away. */
    private static List<String> lost(List<Entry> entries) {
        var lost = new ArrayList<Long>();
        for (var entry : entries) {
            switch (entry) {
                case Entry.Kept kept -> lost.add(kept.position());
                case Entry.Received received -> lost.remove(received.position());
                case Entry.Unclaimed unclaimed -> lost.remove(unclaimed.position());
                default -> {}
            }
        }
        return lost.isEmpty() ? List.of() : List.of("events are lost: " + lost);
    }

    private long paid(String id) {
        return simulation.stream(StreamId.of("payment", id)).stream()
                .filter(event -> event.event() instanceof PaymentOutcome.PaymentCompleted)
                .count();
    }

    private static long count(List<Entry> entries, Class<? extends Entry> type) {
        return entries.stream().filter(type::isInstance).count();
    }

    private static List<String> placesOf(List<Entry> entries) {
        return entries.stream()
                .filter(entry -> entry instanceof Entry.Stepped
                        || entry instanceof Entry.Sent
                        || entry instanceof Entry.Executed
                        || entry instanceof Entry.Received)
                .map(entry -> ((Entry.Answer) entry).place().toString())
                .toList();
    }

    private static int places(List<Entry> entries) {
        return placesOf(entries).size();
    }

    /** An event that was in the log before a time ended must not have lost against it. */
    private List<String> late(Kind kind) {
        var wrongs = new ArrayList<String>();
        for (var entry : simulation.journal(journal(kind))) {
            if (entry instanceof Entry.TimedOut timedOut
                    && timedOut.place().lane().equals(Place.MAIN)) {
                var types = awaited(kind, timedOut.place());
                simulation.log().stream()
                        .filter(event -> event.position() < timedOut.position() && isOf(event, id(kind), types))
                        .forEach(event -> wrongs.add("has timed out at " + timedOut + " although there was " + event));
            }
        }
        return wrongs;
    }

    private List<String> awaited(Kind kind, Place place) {
        return simulation.journal(journal(kind)).stream()
                .filter(entry -> entry instanceof Entry.Awaiting awaiting
                        && awaiting.place().equals(place))
                .flatMap(entry -> ((Entry.Awaiting) entry).types().stream())
                .toList();
    }

    private static boolean isOf(StoredEvent event, String id, List<String> types) {
        if (!types.contains(event.type())) {
            return false;
        }
        return switch (event.event()) {
            case PaymentOutcome outcome -> outcome.order().equals(id);
            case StockOutcome outcome -> outcome.order().equals(id);
            default -> false;
        };
    }
}
