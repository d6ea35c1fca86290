package dev.headwater.bus;

import java.util.function.Consumer;
import org.slf4j.Logger;

/** Logs failures at error level: handler, event type, id and exception, without the payload. */
record LoggingFailureListener(Logger log) implements Consumer<HandlerFailure> {

    @Override
    public void accept(HandlerFailure failure) {
        log.error(
                "Handler {} failed on {} {}",
                failure.handler(),
                failure.envelope().message().getClass().getName(),
                failure.envelope().id(),
                failure.exception());
    }
}
