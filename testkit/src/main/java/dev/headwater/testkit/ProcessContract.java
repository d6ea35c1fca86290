package dev.headwater.testkit;

import org.junit.jupiter.api.Nested;

/**
 * What process managers and policies promise on every database, as a JUnit suite: extend it and say how to open one.
 *
 * @param <T> the transaction of subscriptions
 */
public abstract class ProcessContract<T> {

    static final String ORDERS = "contract.orders";

    /** For subclasses. */
    protected ProcessContract() {}

    /** Opens an empty database; called once before each test. */
    protected abstract ProcessSubject<T> open() throws Exception;

    @Nested
    class Tables extends TableContract<T> {
        Tables() {
            super(ProcessContract.this);
        }
    }

    @Nested
    class Times extends TimeContract<T> {
        Times() {
            super(ProcessContract.this);
        }
    }

    @Nested
    class Policies extends PolicyContract<T> {
        Policies() {
            super(ProcessContract.this);
        }
    }
}
