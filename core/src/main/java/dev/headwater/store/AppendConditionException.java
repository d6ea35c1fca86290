package dev.headwater.store;

import dev.headwater.HeadwaterException;

/**
 * An event that the append's condition rules out has been appended meanwhile. Nothing was stored; read again and decide
 * again.
 */
public final class AppendConditionException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final transient AppendCondition condition;
    private final long conflictPosition;

    /** Creates the exception for the event at {@code conflictPosition}. */
    public AppendConditionException(AppendCondition condition, long conflictPosition) {
        super(
                "The append expected no event matching " + condition.query().anyOf() + " after position "
                        + condition.after()
                        + " but there is one at position " + conflictPosition
                        + ": nothing was stored; read again and decide again",
                null);
        this.condition = condition;
        this.conflictPosition = conflictPosition;
    }

    /** The condition that does not hold. */
    public AppendCondition condition() {
        return condition;
    }

    /** The position of an event that breaks it. */
    public long conflictPosition() {
        return conflictPosition;
    }
}
