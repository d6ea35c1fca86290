package dev.headwater.examples.shop.ordering;

import dev.headwater.evolution.JsonEdit;
import dev.headwater.evolution.Upcasters;
import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * How the events of orders have changed.
 *
 * <p>The first version of the shop stored the lines of an order as text, {@code "6 x 85123A at 2.55: WHITE HANGING
 * HEART"}.
 */
public final class OrderVersions {

    static final String CREATED = "order.created";

    /** What makes present events of old ones. */
    public static final Upcasters UPCASTERS = Upcasters.builder()
            .step(CREATED, 1, JsonEdit.elements("items", OrderVersions::item))
            .build();

    private static final Pattern LINE = Pattern.compile("(\\d+) x (.*?) at (\\d+(?:\\.\\d+)?): (.*)", Pattern.DOTALL);

    private OrderVersions() {}

    private static ObjectNode item(JsonNode text) {
        var line = LINE.matcher(text.asString());
        if (!line.matches()) {
            throw new IllegalArgumentException("a line of the order does not read '6 x 85123A at 2.55: description'");
        }
        return JsonEdit.object(Map.of(
                "quantity", Long.parseLong(line.group(1)),
                "stockCode", line.group(2),
                "unitPrice", new BigDecimal(line.group(3)),
                "description", line.group(4)));
    }

    /** Makes the JSON of the first version of the second, as the code of that time would have written it. */
    static void toFirst(ObjectNode created) {
        JsonEdit.elements("items", OrderVersions::line).apply(created);
    }

    private static JsonNode line(JsonNode item) {
        return StringNode.valueOf("%s x %s at %s: %s"
                .formatted(
                        item.get("quantity").asString(),
                        item.get("stockCode").asString(),
                        item.get("unitPrice").decimalValue().toPlainString(),
                        item.get("description").asString()));
    }
}
