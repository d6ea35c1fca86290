package dev.headwater.schema.asyncapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import dev.headwater.Command;
import dev.headwater.IntegrationEvent;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.SchemaVersion;
import dev.headwater.broker.spi.Topic;
import dev.headwater.evolution.Upcasters;
import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.derivation.SchemaGenerator;
import dev.headwater.schema.lock.MessageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AsyncApiTest {

    private static final Topic ORDERS = new Topic("ordering.order", 6, 3, new Topic.Retention.For(Duration.ofDays(14)));
    private static final Topic PAYMENTS = Topic.of("payment.commands", 3);

    /** As the sender knows the messages. */
    static final class Sent {
        @MessageType("order.placed")
        record OrderPlaced(String orderId, List<Sent.Item> items, Optional<String> note) implements IntegrationEvent {}

        record Item(String article, long cents) {}

        @MessageType("order.noted")
        record OrderNoted(String text) implements IntegrationEvent {}

        @MessageType("payment.take")
        record TakePayment(String orderId, long cents) implements Command<String> {}
    }

    /** As a receiver knows them that wants less. */
    static final class Received {
        @MessageType("order.placed")
        record OrderPlaced(String orderId, List<Received.Item> items) implements IntegrationEvent {}

        record Item(long cents) {}

        @MessageType("payment.take")
        record TakePayment(String orderId, long cents) implements Command<String> {}
    }

    /** As a receiver knows them that wants what nobody sends. */
    static final class Misunderstood {
        @MessageType("order.placed")
        record OrderPlaced(String orderId, List<Misunderstood.Item> items, String currency)
                implements IntegrationEvent {}

        record Item(String cents) {}
    }

    @MessageType(value = "order.placed", version = 2)
    record OrderPlacedAgain(String orderId) implements IntegrationEvent {}

    private static ServiceMessages service(String name, MessageTypes types) {
        return service(name, new MessageSerializer(types));
    }

    private static ServiceMessages newer() {
        var upcasters = Upcasters.builder()
                .startsAt(new SchemaVersion("order.placed", 2))
                .build();
        var types = MessageTypes.of(OrderPlacedAgain.class);
        return service(
                        "ordering",
                        MessageSerializer.builder(types).upcasters(upcasters).build())
                .sends(ORDERS, OrderPlacedAgain.class);
    }

    private static ServiceMessages service(String name, MessageSerializer serializer) {
        MessageModel model = () -> serializer;
        return ServiceMessages.of(name, "1.0.0", model);
    }

    private static ServiceMessages ordering() {
        return service(
                        "ordering",
                        MessageTypes.of(Sent.OrderPlaced.class, Sent.OrderNoted.class, Sent.TakePayment.class))
                .sends(ORDERS, Sent.OrderPlaced.class, Sent.OrderNoted.class)
                .asks(PAYMENTS, "ordering.outcomes", Sent.TakePayment.class);
    }

    private static ServiceMessages payment() {
        return service("payment", MessageTypes.of(Received.OrderPlaced.class, Received.TakePayment.class))
                .receives(ORDERS, Received.OrderPlaced.class)
                .carriesOut(PAYMENTS, Received.TakePayment.class);
    }

    private static ServiceMessages receiving(Class<? extends Message> type) {
        return service("analytics", MessageTypes.of(type)).receives(ORDERS, type);
    }

    @Test
    void aDocumentIsValidAsyncApi() throws IOException {
        for (var service : List.of(ordering(), payment(), receiving(Misunderstood.OrderPlaced.class))) {
            assertThat(asyncApi().validate(AsyncApi.of(service).json())).isEmpty();
        }
    }

    @Test
    void whatIsNoDocumentIsFoundInvalid() throws IOException {
        var document = AsyncApi.of(ordering()).json();
        document.withObject("operations").withObject("send.ordering.order").put("action", "shout");

        assertThat(asyncApi().validate(document)).isNotEmpty();
    }

    @Test
    void theDocumentHasTopicsMessagesAndReplies() {
        var document = AsyncApi.of(ordering()).json();

        assertThat(document.at("/channels/ordering.order/bindings/kafka/partitions")
                        .asInt())
                .isEqualTo(6);
        assertThat(document.at("/channels/ordering.order/bindings/kafka/topicConfiguration/retention.ms")
                        .asLong())
                .isEqualTo(Duration.ofDays(14).toMillis());
        assertThat(document.at("/operations/send.ordering.order/messages")).hasSize(2);
        var placed = document.at("/components/messages/order.placed.v1");
        assertThat(placed.at("/payload/schema/properties/orderId/type").asString())
                .isEqualTo("string");
        assertThat(placed.at("/headers/properties/ce_type/const").asString()).isEqualTo("order.placed");
        var reply = document.at("/operations/send.payment.commands/reply");
        assertThat(reply.at("/channel/$ref").asString()).isEqualTo("#/channels/ordering.outcomes");
        assertThat(document.at("/operations/receive.ordering.outcomes/messages"))
                .hasSize(3);
        var answering = AsyncApi.of(payment()).json().at("/operations/receive.payment.commands/reply/address/location");
        assertThat(answering.asString()).isEqualTo("$message.header#/ce_replyto");
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        for (var service : List.of(ordering(), payment())) {
            var document = AsyncApi.of(service).json();
            document.path("operations").findValues("$ref").forEach(reference -> requireTarget(document, reference));
            document.path("channels").findValues("$ref").forEach(reference -> requireTarget(document, reference));
        }
    }

    private static void requireTarget(JsonNode document, JsonNode reference) {
        assertThat(document.at(reference.asString().substring(1)).isObject())
                .as(reference.asString())
                .isTrue();
    }

    @Test
    void whoWantsLessUnderstands() {
        assertThat(AsyncApi.compatible(AsyncApi.of(ordering()), AsyncApi.of(payment())))
                .isEmpty();
    }

    @Test
    void whatDoesNotFitIsToldByTopicMessageAndField() {
        var misfits =
                AsyncApi.compatible(AsyncApi.of(ordering()), AsyncApi.of(receiving(Misunderstood.OrderPlaced.class)));

        assertThat(misfits)
                .extracting(Misfit::channel, Misfit::message, Misfit::version, Misfit::field)
                .containsExactlyInAnyOrder(
                        tuple("ordering.order", "order.placed", 1, "$.currency"),
                        tuple("ordering.order", "order.placed", 1, "$.items[*].cents"));
        assertThat(misfits.getFirst().toString()).contains("ordering.order, order.placed version 1, $.");
    }

    @Test
    void aVersionThatTheReceiverDoesNotKnowDoesNotFit() {
        assertThat(AsyncApi.compatible(AsyncApi.of(newer()), AsyncApi.of(payment())))
                .extracting(Misfit::version, Misfit::field)
                .containsExactly(tuple(2, "$"));
    }

    @Test
    void earlierVersionsThatMayBeInTheTopicCountToo() {
        var types = MessageTypes.of(Sent.OrderPlaced.class);
        var first = SchemaGenerator.of(new MessageSerializer(types).mapper())
                .schemasOf(types)
                .getFirst();
        var newer = newer().withEarlier(List.of(new MessageSchema("order.placed", 1, first.schema())));

        assertThat(AsyncApi.of(newer).json().at("/operations/send.ordering.order/messages"))
                .hasSize(2);
        assertThat(AsyncApi.compatible(AsyncApi.of(newer), AsyncApi.of(receiving(Misunderstood.OrderPlaced.class))))
                .extracting(Misfit::version)
                .containsOnly(1, 2);
    }

    @Test
    void aDocumentIsWrittenAndRead(@TempDir Path directory) throws IOException {
        var file = directory.resolve("ordering.json");
        AsyncApi.of(ordering()).write(file);

        var read = AsyncApi.read(file);

        assertThat(read.text()).isEqualTo(AsyncApi.of(ordering()).text()).endsWith("}\n");
        assertThat(read.service()).isEqualTo("ordering");
        assertThat(AsyncApi.compatible(read, AsyncApi.of(payment()))).isEmpty();
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> AsyncApi.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AsyncAPI");
    }

    @Test
    void aTypeThatIsNotRegisteredIsNamed() {
        var service =
                service("ordering", MessageTypes.of(Sent.OrderPlaced.class)).sends(ORDERS, Sent.OrderNoted.class);

        assertThatThrownBy(() -> AsyncApi.of(service))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Sent.OrderNoted.class.getName());
    }

    private static Schema asyncApi() throws IOException {
        try (var schema =
                Objects.requireNonNull(AsyncApiTest.class.getResourceAsStream("/asyncapi/asyncapi-3.1.0.json"))) {
            return SchemaRegistry.withDialect(Dialects.getDraft7()).getSchema(new JsonMapper().readTree(schema));
        }
    }
}
