package dev.headwater.testkit;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.store.Tagged;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The events that the contract suites append. */
sealed interface ContractEvent extends DomainEvent {

    /** A text, for whatever only needs an event. */
    @MessageType("contract.noted")
    record Noted(String text) implements ContractEvent {}

    /** A number, for what needs a second type. */
    @MessageType("contract.counted")
    record Counted(long number) implements ContractEvent {}

    /** A seat taken in a course, found by the tags of both. */
    @MessageType("contract.enrolled")
    record Enrolled(String course, String student) implements ContractEvent, Tagged {
        @Override
        public Set<String> tags() {
            return Set.of("course:" + course, "student:" + student);
        }
    }

    /** Numbers that a careless JSON library changes. */
    @MessageType("contract.measured")
    record Measured(BigDecimal decimal, BigInteger whole, long number, double real) implements ContractEvent {}

    /** A bit of every kind of value. */
    @MessageType("contract.described")
    record Described(
            Optional<String> title,
            DayOfWeek day,
            Instant at,
            List<Part> parts,
            Map<String, List<Integer>> figures,
            @Nullable String remark)
            implements ContractEvent {}

    /** As deep as its chain of children. */
    @MessageType("contract.nested")
    record Nested(@Nullable Nested child) implements ContractEvent {

        /** A chain of so many objects. */
        static Nested ofDepth(int depth) {
            var chain = new Nested(null);
            for (int i = 1; i < depth; i++) {
                chain = new Nested(chain);
            }
            return chain;
        }
    }

    /** A value within a value. */
    record Part(String name, @Nullable BigDecimal price) {}
}
