package dev.headwater.testkit;

import dev.headwater.Command;
import dev.headwater.MessageType;

/** The commands that the contract suites record and carry out. */
sealed interface ContractCommand extends Command<Void> {

    /** Counts so many steps, each an event. */
    @MessageType("contract.count")
    record Count(int steps) implements ContractCommand {}
}
