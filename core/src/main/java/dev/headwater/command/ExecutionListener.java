package dev.headwater.command;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.aggregate.Execution;

/** Is told what became of commands that were delivered to aggregates. */
@FunctionalInterface
public interface ExecutionListener {

    /**
     * A command has its outcome, which is durable.
     *
     * <p>Called at least once for each command, by several threads at once for commands of different keys. What it
     * throws is a failure of the delivery, so the same command comes again, and with it this call.
     */
    void executed(Envelope<? extends Command<?>> command, Execution execution) throws Exception;
}
