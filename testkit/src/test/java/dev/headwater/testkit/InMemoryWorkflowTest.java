package dev.headwater.testkit;

import java.util.function.UnaryOperator;

class InMemoryWorkflowTest extends WorkflowContract<Object> {

    @Override
    protected ProcessSubject<Object> open() {
        return InMemoryProcessSubject.inRealTime(UnaryOperator.identity());
    }
}
