package dev.headwater.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.DomainEvent;
import dev.headwater.EncodedMessage;
import dev.headwater.MessageType;
import dev.headwater.Metadata;
import dev.headwater.UuidV7;
import dev.headwater.evolution.JsonEdit;
import dev.headwater.evolution.Upcasters;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.IntNode;

/** An event that has changed five times. */
@MessageType(value = "order.line-added", version = 6)
record LineAdded(
        String orderId, Customer customer, Article article, int quantity, BigDecimal unitPrice, String currency)
        implements DomainEvent {

    record Customer(String id) {}

    record Article(String sku, String description) {}

    static final Upcasters UPCASTERS = Upcasters.builder()
            .step("order.line-added", 1, JsonEdit.rename("order", "orderId"))
            .step("order.line-added", 2, JsonEdit.setDefault("currency", "GBP"))
            .step(
                    "order.line-added",
                    3,
                    JsonEdit.retype("quantity", text -> IntNode.valueOf(Integer.parseInt(text.asString()))))
            .step("order.line-added", 4, JsonEdit.wrap("customer", "id"))
            .step(
                    "order.line-added",
                    5,
                    JsonEdit.move("/sku", "/article/sku").then(JsonEdit.move("/description", "/article/description")))
            .build();

    /** Events as the first version wrote them, of about 200 bytes. */
    static List<EncodedMessage> firstVersions() {
        return IntStream.range(0, 500).mapToObj(LineAdded::firstVersion).toList();
    }

    private static EncodedMessage firstVersion(int number) {
        var json =
                """
                {"order":"%s","customer":"customer-%d","sku":"85%dA","description":"WHITE HANGING HEART T-LIGHT HOLDER",\
                "quantity":"%d","unitPrice":%d.%02d}""".formatted(UuidV7.next(), 10_000 + number, 100 + number, 1 + number % 48, number % 20, number % 100);
        return new EncodedMessage(
                UuidV7.next(), "order.line-added", 1, Instant.EPOCH, Metadata.NONE, json.getBytes(UTF_8));
    }
}
