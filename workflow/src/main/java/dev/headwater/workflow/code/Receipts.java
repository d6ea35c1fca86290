package dev.headwater.workflow.code;

import dev.headwater.store.StreamId;
import dev.headwater.workflow.Step;
import dev.headwater.workflow.spi.StepReceipts;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Steps in the database that holds the journals. */
final class Receipts {

    private final @Nullable StepReceipts<?> receipts;
    private final JsonMapper mapper;

    private Receipts(@Nullable StepReceipts<?> receipts, JsonMapper mapper) {
        this.receipts = receipts;
        this.mapper = mapper;
    }

    static Receipts of(StepReceipts<?> receipts, JsonMapper mapper) {
        return new Receipts(receipts, mapper);
    }

    /** Where there are no transactions to offer. */
    static Receipts none() {
        return new Receipts(null, new JsonMapper());
    }

    /**
     * Causes an effect, or gives the result of the time when it was caused.
     *
     * @throws JournalMovedException when the journal has moved on; nothing was done
     */
    <X> JsonNode once(StepReceipts.Claim claim, Class<X> transaction, Step.TransactionalEffect<? super X, ?> effect)
            throws Exception {
        var used = receipts;
        if (used == null || !transaction.isAssignableFrom(used.transaction())) {
            throw new IllegalStateException(
                    "A step wants a transaction of the class " + transaction.getName() + ", and here is "
                            + (used == null
                                    ? "none: give the workflows transactionalSteps(…)"
                                    : used.transaction().getName())
                            + ", or use call() for this step");
        }
        return once(used, claim, transaction, effect);
    }

    private <T, X> JsonNode once(
            StepReceipts<T> used,
            StepReceipts.Claim claim,
            Class<X> transaction,
            Step.TransactionalEffect<? super X, ?> effect)
            throws Exception {
        var result = used.once(claim, given -> mapper.writeValueAsString(effect.call(transaction.cast(given))));
        return mapper.readTree(result.orElseThrow(() -> moved(claim.journal())));
    }

    private static JournalMovedException moved(StreamId journal) {
        return new JournalMovedException(journal, null);
    }
}
