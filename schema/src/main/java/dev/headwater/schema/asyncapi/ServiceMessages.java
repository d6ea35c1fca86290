package dev.headwater.schema.asyncapi;

import dev.headwater.Message;
import dev.headwater.MessageTypes.RegisteredType;
import dev.headwater.broker.spi.Topic;
import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.lock.MessageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Which messages a service sends to topics, and which it receives from them. Immutable and thread-safe.
 *
 * <pre>{@code
 * var ordering = ServiceMessages.of("ordering", "1.4.0", new OrderingMessages())
 *         .sends(Topic.of("ordering.order", 6), OrderEvent.class)
 *         .receives(Topic.of("payment.payment", 6), PaymentEvent.class)
 *         .asks(Topic.of("payment.commands", 6), "ordering.outcomes", PaymentCommand.class);
 * }</pre>
 */
public final class ServiceMessages {

    private final String name;
    private final String version;
    private final MessageModel model;
    private final List<Use> uses;
    private final List<MessageSchema> earlier;

    /** What is done with a topic. */
    enum Kind {
        SENDS,
        RECEIVES,
        ASKS,
        CARRIES_OUT
    }

    /**
     * A topic and what of it concerns the service.
     *
     * @param outcomes the topic of the outcomes of what it asks
     */
    record Use(Kind kind, Topic topic, List<Class<? extends Message>> types, Optional<String> outcomes) {

        boolean isSending() {
            return kind == Kind.SENDS || kind == Kind.ASKS;
        }
    }

    private ServiceMessages(
            String name, String version, MessageModel model, List<Use> uses, List<MessageSchema> earlier) {
        this.name = name;
        this.version = version;
        this.model = model;
        this.uses = List.copyOf(uses);
        this.earlier = List.copyOf(earlier);
    }

    /**
     * A service that sends and receives nothing yet.
     *
     * @param name of the service
     * @param version of the service
     * @param model its messages
     */
    public static ServiceMessages of(String name, String version, MessageModel model) {
        return new ServiceMessages(name, version, model, List.of(), List.of());
    }

    /** It also sends events of these types, also sealed ones, to a topic. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final ServiceMessages sends(Topic topic, Class<? extends Message>... types) {
        return with(new Use(Kind.SENDS, topic, Arrays.stream(types).toList(), Optional.empty()));
    }

    /** It also receives events of these types, also sealed ones, from a topic. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final ServiceMessages receives(Topic topic, Class<? extends Message>... types) {
        return with(new Use(Kind.RECEIVES, topic, Arrays.stream(types).toList(), Optional.empty()));
    }

    /**
     * It also sends commands of these types to the topic of the service that owns them.
     *
     * @param outcomes the topic where it is told what became of them
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final ServiceMessages asks(Topic topic, String outcomes, Class<? extends Message>... types) {
        return with(new Use(Kind.ASKS, topic, Arrays.stream(types).toList(), Optional.of(outcomes)));
    }

    /** It also carries out commands of these types, and tells what became of them where their senders say. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final ServiceMessages carriesOut(Topic topic, Class<? extends Message>... types) {
        return with(new Use(Kind.CARRIES_OUT, topic, Arrays.stream(types).toList(), Optional.empty()));
    }

    /**
     * Besides the version of its class a type may have these versions, which may still be in topics, and are read; such
     * as those of a schema registry.
     */
    public ServiceMessages withEarlier(Collection<MessageSchema> versions) {
        var all = new ArrayList<>(earlier);
        all.addAll(versions);
        return new ServiceMessages(name, version, model, uses, all);
    }

    private ServiceMessages with(Use use) {
        var all = new ArrayList<>(uses);
        all.add(use);
        return new ServiceMessages(name, version, model, all, earlier);
    }

    String name() {
        return name;
    }

    String version() {
        return version;
    }

    List<Use> uses() {
        return uses;
    }

    /**
     * The schemas of every version of what a use is about.
     *
     * @throws IllegalArgumentException when a type is not registered, or has no schema
     */
    List<MessageSchema> schemas(Use use) {
        var types = model.serializer().types();
        var schemas = new ArrayList<MessageSchema>();
        for (var type : use.types()) {
            var registered = types.all().stream()
                    .filter(each -> type.isAssignableFrom(each.type()))
                    .toList();
            if (registered.isEmpty()) {
                throw new IllegalArgumentException(
                        type.getName() + " is not registered in the service '" + name + "': pass it to MessageTypes");
            }
            registered.forEach(each -> schemas.addAll(versions(each)));
        }
        return schemas;
    }

    private List<MessageSchema> versions(RegisteredType type) {
        var versions = new ArrayList<MessageSchema>();
        earlier.stream()
                .filter(schema -> schema.type().equals(type.name()) && schema.version() != type.version())
                .forEach(versions::add);
        versions.add(model.schemas().schemaOf(type));
        return versions;
    }
}
