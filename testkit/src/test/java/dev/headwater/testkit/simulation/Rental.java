package dev.headwater.testkit.simulation;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.command.CommandDelivery;
import dev.headwater.workflow.Awaited;
import dev.headwater.workflow.WorkflowContext;
import dev.headwater.workflow.WorkflowDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Somebody rents a car: a ticket outside, and a car that answers or does not. */
final class Rental {

    record Wish(String who, String note) {}

    sealed interface CarEvent extends DomainEvent {
        String rental();

        @MessageType("car.reserved")
        record Reserved(String rental, String car) implements CarEvent {}

        @MessageType("car.freed")
        record Freed(String rental) implements CarEvent {}
    }

    sealed interface CarCommand extends Command<Void> {
        String rental();

        @MessageType("car.reserve")
        record Reserve(String rental, String note) implements CarCommand {}

        @MessageType("car.free")
        record Free(String rental) implements CarCommand {}
    }

    static final MessageTypes TYPES = MessageTypes.of(CarEvent.class, CarCommand.class);

    /** Reserves a car once, and frees it once; reserves none for whom it does not like. */
    private static final Decider<CarCommand, String, CarEvent> CARS = new Decider<>() {
        @Override
        public String initial() {
            return "";
        }

        @Override
        public List<CarEvent> decide(CarCommand command, String state) {
            return switch (command) {
                case CarCommand.Reserve(var rental, var note)
                when state.isEmpty() && !note.equals("refused") ->
                    List.of(new CarEvent.Reserved(rental, "car of " + note));
                case CarCommand.Free(var rental) when state.equals("reserved") -> List.of(new CarEvent.Freed(rental));
                default -> List.of();
            };
        }

        @Override
        public String evolve(String state, CarEvent event) {
            return event instanceof CarEvent.Reserved ? "reserved" : "freed";
        }
    };

    private Rental() {}

    /** What is outside of all processes: tickets by key, with how often they were written and torn up. */
    static final class Desk {
        final Map<String, Integer> written = new TreeMap<>();
        final Map<String, Integer> torn = new TreeMap<>();
    }

    /** The code of a workflow. */
    interface Code {
        String run(WorkflowContext wf, Wish wish) throws Exception;
    }

    static WorkflowDefinition<Wish, String> workflow(Code code) {
        return WorkflowDefinition.of("rental", 1, Wish.class, String.class, code::run)
                .awaiting(CarEvent.Reserved.class, CarEvent::rental);
    }

    /** The code as it should be. */
    static String rent(WorkflowContext wf, Wish wish, Desk desk, Runnable disturb) {
        var ticket = wf.step("ticket")
                .undoneBy(key -> {
                    disturb.run();
                    desk.torn.merge(key, 1, Integer::sum);
                    disturb.run();
                })
                .call(String.class, key -> {
                    disturb.run();
                    desk.written.merge(key, 1, Integer::sum);
                    disturb.run();
                    return "ticket of " + wish.who();
                });
        wf.send(new CarCommand.Reserve(wf.id(), wish.note()), new CarCommand.Free(wf.id()));
        return switch (wf.await(CarEvent.Reserved.class, Duration.ofMinutes(15))) {
            case Awaited.Received<CarEvent.Reserved>(var reserved) -> ticket + ", " + reserved.car();
            case Awaited.TimedOut<CarEvent.Reserved>() -> throw wf.failure("no car in time");
        };
    }

    /** The application: the workflow, and what delivers commands. */
    static void start(SimulatedProcess process, Code code) {
        var cars = DeciderRepository.of(process.store(), "car", CarEvent.class, CARS);
        process.workflows()
                .run(workflow(code))
                .commands(CommandDelivery.named("cars", TYPES)
                        .toHandler(
                                CarCommand.class,
                                CarCommand::rental,
                                command -> cars.execute(command.message().rental(), command)))
                .start();
    }
}
