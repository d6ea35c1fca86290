package dev.headwater.bus;

import org.junit.jupiter.api.Nested;

/** The bus within the process is one of those that applications can be moved between. */
class InProcessBusOfAnyKindTest {

    @Nested
    class Synchronous extends EventBusOfAnyKind {
        @Override
        protected EventBus open() {
            return InProcessEventBus.builder().build();
        }
    }

    @Nested
    class Asynchronous extends EventBusOfAnyKind {
        @Override
        protected EventBus open() {
            return InProcessEventBus.builder().asynchronous().build();
        }
    }
}
