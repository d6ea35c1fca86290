package dev.headwater.testkit;

import java.util.function.UnaryOperator;

class InMemoryHostileRecordTest extends HostileRecordContract {

    @Override
    protected LogBrokerContract.Subject open() {
        return new InMemoryBrokerSubject(UnaryOperator.identity());
    }
}
