package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.store.Append;
import dev.headwater.store.AppendCondition;
import dev.headwater.store.AppendConditionException;
import dev.headwater.testkit.ContractEvent.Counted;

/** What the topics of appends that depend on events outside of their streams share. */
abstract class ConditionContract extends StorageContract {

    ConditionContract(EventStoreContract implementation) {
        super(implementation);
    }

    void requireAccepted(AppendCondition condition) {
        long head = store.headPosition();
        var result = store.append(Append.to(STREAM, ANY, new Counted(0)).onlyIf(condition));
        assertEquals(head + 1, result.lastPosition());
    }

    void requireRefused(AppendCondition condition, long conflictPosition) {
        var refusal = refused(
                AppendConditionException.class,
                () -> store.append(Append.to(STREAM, ANY, new Counted(0)).onlyIf(condition)));
        assertEquals(condition, refusal.condition());
        assertTrue(refusal.conflictPosition() > condition.after(), "a conflict after the position of the condition");
        assertEquals(conflictPosition, refusal.conflictPosition());
    }
}
