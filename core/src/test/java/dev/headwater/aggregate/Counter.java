package dev.headwater.aggregate;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import java.util.Collections;
import java.util.List;

/** A counter in both styles. */
final class Counter {

    sealed interface CounterEvent extends DomainEvent {
        @MessageType("counter.increased")
        record Increased(int by) implements CounterEvent {}

        @MessageType("counter.reset")
        record Reset() implements CounterEvent {}
    }

    sealed interface CounterCommand {
        record Increase(int by, int times) implements CounterCommand {}

        record Reset() implements CounterCommand {}
    }

    record CounterState(int value) {}

    static final class CounterDecider implements Decider<CounterCommand, CounterState, CounterEvent> {
        @Override
        public CounterState initial() {
            return new CounterState(0);
        }

        @Override
        public List<CounterEvent> decide(CounterCommand command, CounterState state) {
            return switch (command) {
                case CounterCommand.Increase(int by, int times) -> {
                    if (by <= 0) {
                        throw new IllegalArgumentException("only upwards");
                    }
                    yield Collections.nCopies(times, new CounterEvent.Increased(by));
                }
                case CounterCommand.Reset() -> state.value() == 0 ? List.of() : List.of(new CounterEvent.Reset());
            };
        }

        @Override
        public CounterState evolve(CounterState state, CounterEvent event) {
            return switch (event) {
                case CounterEvent.Increased(int by) -> new CounterState(state.value() + by);
                case CounterEvent.Reset() -> new CounterState(0);
            };
        }
    }

    static final class CounterObject extends EventSourcedAggregate<CounterEvent> {
        private String id = "";
        private int value;

        static CounterObject named(String id) {
            var counter = new CounterObject();
            counter.id = id;
            return counter;
        }

        void increase(int by) {
            apply(new CounterEvent.Increased(by));
        }

        int value() {
            return value;
        }

        static CounterObject restore(CounterState state) {
            var counter = new CounterObject();
            counter.value = state.value();
            return counter;
        }

        @Override
        public String id() {
            return id;
        }

        void name(String newId) {
            id = newId;
        }

        @Override
        protected void when(CounterEvent event) {
            switch (event) {
                case CounterEvent.Increased(int by) -> value += by;
                case CounterEvent.Reset() -> value = 0;
            }
        }
    }

    private Counter() {}
}
