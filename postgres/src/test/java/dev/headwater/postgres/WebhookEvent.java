package dev.headwater.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.headwater.IntegrationEvent;
import dev.headwater.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import tools.jackson.databind.JsonNode;

/**
 * An event that is whatever JSON it is. A message class has one name, so every name gets this class once more, from a
 * class loader of its own.
 */
public record WebhookEvent(@JsonValue JsonNode json) implements IntegrationEvent {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public WebhookEvent {}

    /** Another class with the same name and content. */
    static Class<? extends Message> anotherClass() {
        return new OwnLoader().define().asSubclass(Message.class);
    }

    private static final class OwnLoader extends ClassLoader {

        OwnLoader() {
            super(WebhookEvent.class.getClassLoader());
        }

        Class<?> define() {
            try (var file = WebhookEvent.class.getResourceAsStream("WebhookEvent.class")) {
                var bytes = file.readAllBytes();
                return defineClass(WebhookEvent.class.getName(), bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
