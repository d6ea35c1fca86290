package dev.headwater.testkit;

import java.util.List;
import java.util.function.UnaryOperator;

class InMemoryCommandServiceTest extends CommandServiceContract<List<String>> {

    @Override
    protected Subject<List<String>> open() {
        return new InMemoryCommandSubject(UnaryOperator.identity());
    }
}
