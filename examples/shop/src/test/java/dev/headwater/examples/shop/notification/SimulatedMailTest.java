package dev.headwater.examples.shop.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.examples.shop.ordering.CustomerId;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimulatedMailTest {

    private static final int ORDERS = 2_000;

    /** What becomes of the first four attempts for an order: the simple names of exceptions, or {@code sent}. */
    private static List<String> attempts(SimulatedMail mail, int order) {
        return IntStream.range(0, 4).mapToObj(attempt -> attempt(mail, order)).toList();
    }

    private static String attempt(SimulatedMail mail, int order) {
        try {
            mail.send(new UUID(0, order), confirmation("" + order, Optional.of(new CustomerId("17850"))));
            return "sent";
        } catch (TransientMailException | UnknownAddressException e) {
            return e.getClass().getSimpleName();
        }
    }

    private static OrderConfirmation confirmation(String order, Optional<CustomerId> customer) {
        return new OrderConfirmation(new OrderId(order), customer, Money.of("1"));
    }

    private static List<List<String>> fates(double failurePercent) {
        var mail = new SimulatedMail(failurePercent);
        return IntStream.range(0, ORDERS)
                .mapToObj(order -> attempts(mail, order))
                .toList();
    }

    @Test
    void everyProcessSeesTheSameFailuresAndMostOfThemPass() {
        var fates = fates(20);
        assertThat(fates(20)).isEqualTo(fates);

        long permanent = fates.stream()
                .filter(List.of(
                        "UnknownAddressException",
                        "UnknownAddressException",
                        "UnknownAddressException",
                        "UnknownAddressException")::equals)
                .count();
        long once = fates.stream()
                .filter(List.of("TransientMailException", "sent", "sent", "sent")::equals)
                .count();
        long twice = fates.stream()
                .filter(List.of("TransientMailException", "TransientMailException", "sent", "sent")::equals)
                .count();
        long never = fates.stream()
                .filter(List.of("sent", "sent", "sent", "sent")::equals)
                .count();
        assertThat(permanent + once + twice + never).isEqualTo(ORDERS);
        assertThat(never).isBetween(1_500L, 1_700L);
        assertThat(permanent).isBetween(60L, 140L);
        assertThat(once).isBetween(100L, 200L);
        assertThat(twice).isBetween(100L, 200L);
    }

    @Test
    void whatFailsSeldomFailsOftenToo() {
        var often = fates(30);
        var seldom = fates(0.5);
        assertThat(seldom).anyMatch(fate -> !fate.getFirst().equals("sent"));
        for (int order = 0; order < ORDERS; order++) {
            if (!seldom.get(order).getFirst().equals("sent")) {
                assertThat(seldom.get(order)).as("order %d", order).isEqualTo(often.get(order));
            }
        }
    }

    @Test
    void noneAndAllAreExact() {
        assertThat(fates(0)).allMatch(fate -> fate.getFirst().equals("sent"));
        assertThat(fates(100)).noneMatch(fate -> fate.getFirst().equals("sent"));
    }

    @Test
    void aPermanentFailureNamesWhomItIsAbout() {
        int order = fates(100)
                .indexOf(List.of(
                        "UnknownAddressException",
                        "UnknownAddressException",
                        "UnknownAddressException",
                        "UnknownAddressException"));
        var mail = new SimulatedMail(100);
        assertThatExceptionOfType(UnknownAddressException.class)
                .isThrownBy(
                        () -> mail.send(new UUID(0, 0), confirmation("" + order, Optional.of(new CustomerId("17850")))))
                .withMessage("The address of customer 17850, who placed order %d, is not known", order);
        assertThatExceptionOfType(UnknownAddressException.class)
                .isThrownBy(() -> mail.send(new UUID(0, 0), confirmation("" + order, Optional.empty())))
                .withMessage("The address of the guest, who placed order %d, is not known", order);
        assertThat(mail.sent()).isZero();
    }
}
