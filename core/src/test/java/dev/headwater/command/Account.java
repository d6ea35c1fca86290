package dev.headwater.command;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.store.EventStore;
import java.util.List;

/** An account that is not overdrawn. */
final class Account implements Decider<Account.AccountCommand, Long, Account.AccountEvent> {

    static final MessageTypes TYPES = MessageTypes.of(AccountCommand.class, AccountEvent.class, SendLetter.class);

    sealed interface AccountCommand extends Command<Void> {

        String account();

        @MessageType("account.deposit")
        record Deposit(String account, long amount) implements AccountCommand {}

        @MessageType("account.withdraw")
        record Withdraw(String account, long amount) implements AccountCommand {}
    }

    sealed interface AccountEvent extends DomainEvent {

        @MessageType("account.deposited")
        record Deposited(long amount) implements AccountEvent {}

        @MessageType("account.withdrawn")
        record Withdrawn(long amount) implements AccountEvent {}
    }

    @MessageType("letter.send")
    record SendLetter(String to, int number) implements Command<Void> {}

    static DeciderRepository<AccountCommand, Long, AccountEvent> in(EventStore store) {
        return DeciderRepository.of(store, "account", AccountEvent.class, new Account());
    }

    @Override
    public Long initial() {
        return 0L;
    }

    @Override
    public List<AccountEvent> decide(AccountCommand command, Long balance) {
        return switch (command) {
            case AccountCommand.Deposit(var account, long amount) -> List.of(new AccountEvent.Deposited(amount));
            case AccountCommand.Withdraw(var account, long amount) -> {
                if (amount > balance) {
                    throw new IllegalStateException("there is not enough");
                }
                yield List.of(new AccountEvent.Withdrawn(amount));
            }
        };
    }

    @Override
    public Long evolve(Long balance, AccountEvent event) {
        return switch (event) {
            case AccountEvent.Deposited(long amount) -> balance + amount;
            case AccountEvent.Withdrawn(long amount) -> balance - amount;
        };
    }
}
