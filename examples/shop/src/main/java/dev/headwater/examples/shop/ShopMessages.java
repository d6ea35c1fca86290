package dev.headwater.examples.shop;

import dev.headwater.MessageSerializer;
import dev.headwater.schema.lock.MessageModel;

/** What the build of the shop holds against {@code schema.lock.json}. */
final class ShopMessages implements MessageModel {

    @Override
    public MessageSerializer serializer() {
        return Shop.SERIALIZER;
    }
}
