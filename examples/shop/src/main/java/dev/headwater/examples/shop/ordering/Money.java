package dev.headwater.examples.shop.ordering;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;

/** An exact amount in the shop's one currency; nothing here rounds. */
public record Money(@JsonValue BigDecimal amount) {

    public static final Money ZERO = new Money(BigDecimal.ZERO);

    /** Takes the amount with the scale that it has. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Money {}

    public static Money of(String amount) {
        return new Money(new BigDecimal(amount));
    }

    public Money plus(Money other) {
        return new Money(amount.add(other.amount));
    }

    public Money times(long quantity) {
        return new Money(amount.multiply(BigDecimal.valueOf(quantity)));
    }

    public boolean isMoreThan(Money other) {
        return amount.compareTo(other.amount) > 0;
    }

    public boolean isPositive() {
        return amount.signum() > 0;
    }
}
