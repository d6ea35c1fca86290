package dev.headwater.schema.lock;

import dev.headwater.MessageSerializer;
import dev.headwater.schema.derivation.SchemaGenerator;

/**
 * The messages of an application as its build has to know them. Implement it in a class with a constructor without
 * arguments that needs no database.
 *
 * <pre>{@code
 * public final class ShopMessages implements MessageModel {
 *     @Override
 *     public MessageSerializer serializer() {
 *         return Shop.SERIALIZER;
 *     }
 * }
 * }</pre>
 */
public interface MessageModel {

    /** The serializer that the application uses: its types, its mapper and its upcasters. */
    MessageSerializer serializer();

    /** What derives the schemas; override it to say what the JSON of types of your own looks like. */
    default SchemaGenerator schemas() {
        return SchemaGenerator.of(serializer().mapper());
    }
}
