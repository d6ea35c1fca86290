package dev.headwater.workflow;

/**
 * A process as a table: in which stage which event leads to which commands and which stage, and how long a stage may
 * last. The mirror of a {@link dev.headwater.aggregate.Decider}: that makes events of commands, this makes commands of
 * events. Immutable and thread-safe.
 *
 * <pre>{@code
 * ProcessManager.named("fulfilment", 1, Stage.class, OrderPlaced.class)
 *         .startedBy(OrderPlaced.class, OrderPlaced::orderId, placed -> placed)
 *             .to(PAYING)
 *             .send(TakePayment.class, order -> new TakePayment(order.orderId(), order.total()))
 *         .expecting(PaymentOutcome.class, PaymentOutcome::orderId)
 *         .in(PAYING).atMost(ofMinutes(15))
 *             .on(PaymentTaken.class).to(PAID)
 *             .on(PaymentRefused.class).to(CANCELLED)
 *                 .send(CancelOrder.class, (order, refused) -> new CancelOrder(order.orderId(), refused.reason()))
 *             .onExpiry().to(CANCELLED)
 *                 .send(CancelOrder.class, order -> new CancelOrder(order.orderId(), "no answer"))
 *         .endingIn(PAID)
 *         .endingIn(CANCELLED)
 *             .on(PaymentTaken.class)
 *                 .send(RefundPayment.class, order -> new RefundPayment(order.orderId()))
 *         .build();
 * }</pre>
 *
 * <p>The functions of a table are pure. Nothing is replayed: the stage and what is remembered are stored after every
 * event, in one transaction with the commands and the checkpoint, so each event counts exactly once and the table may
 * change at any time, as long as stored stages and data can be read. Events of an instance are taken in the order of
 * the log.
 *
 * @param <S> the stages
 * @param <D> what is remembered between events, best a record; kept as JSON
 */
public final class ProcessManager<S extends Enum<S>, D> {

    private final TableModel<S, D> model;

    ProcessManager(TableModel<S, D> model) {
        this.model = model;
    }

    /**
     * Begins a table, which {@link ProcessTable#build} checks as a whole.
     *
     * @param name identifies the process for ever: letters, digits, dots and underscores, without a dash, since the
     *     commands of the instance {@code 4711} stand in the stream {@code $name-4711}
     * @param version of the table, from 1; shown with the instances, whose events may be taken by any version
     * @param stages each stands in the table
     * @param data what is remembered
     */
    public static <S extends Enum<S>, D> ProcessTable<S, D> named(
            String name, int version, Class<S> stages, Class<D> data) {
        return new ProcessTable<>(new TableModel<>(name, version, stages, data));
    }

    /** The name of the process. */
    public String name() {
        return model.name();
    }

    /** The version of the table. */
    public int version() {
        return model.version();
    }

    /** The table, to be read by people: a line for each event in each stage. */
    public String table() {
        return new TableText(model).table();
    }

    /**
     * The table as a state diagram of Mermaid.
     *
     * @see <a href="https://mermaid.js.org/syntax/stateDiagram.html">State diagrams of Mermaid</a>
     */
    public String diagram() {
        return new TableText(model).diagram();
    }

    TableModel<S, D> model() {
        return model;
    }

    /** Names the process. */
    @Override
    public String toString() {
        return "process '" + name() + "'";
    }
}
