package dev.headwater.testkit;

import java.util.function.UnaryOperator;

class InMemoryLogBrokerTest extends LogBrokerContract {

    @Override
    protected Subject open() {
        return new InMemoryBrokerSubject(UnaryOperator.identity());
    }
}
