package dev.headwater.examples.shop;

import dev.headwater.subscription.SubscriptionStatus;

/** The work will not come to an end: a subscription has given up, or nothing happens any more. */
final class StalledException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StalledException(String message) {
        super(message);
    }

    StalledException(SubscriptionStatus status) {
        super(
                "The subscription '" + status.name() + "' failed " + status.failures() + " times after position "
                        + status.position() + " and gave up: "
                        + status.lastError().map(Throwable::toString).orElse("for no known reason")
                        + "; nothing was skipped, the same command goes on there",
                status.lastError().orElse(null));
    }
}
