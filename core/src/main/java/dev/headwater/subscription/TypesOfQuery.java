package dev.headwater.subscription;

import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes.RegisteredType;

/** Refuses queries for types that do not exist, which would wait for ever without a word. */
final class TypesOfQuery {

    private TypesOfQuery() {}

    static void requireKnown(Subscription<?> subscription, MessageSerializer serializer) {
        for (var criterion : subscription.query().anyOf()) {
            for (var type : criterion.types()) {
                if (!isBuiltIn(type) && serializer.types().find(type).isEmpty()) {
                    var known = serializer.types().all().stream()
                            .map(RegisteredType::name)
                            .toList();
                    throw new IllegalArgumentException("The " + subscription + " wants events of the type '" + type
                            + "', which nobody has registered: expected a registered one, such as "
                            + UnknownSubscriptionException.nearest(type, known));
                }
            }
        }
    }

    /** The toolkit's own types are known to its own stores alone. */
    private static boolean isBuiltIn(String type) {
        return type.startsWith("$");
    }
}
