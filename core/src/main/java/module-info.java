import org.jspecify.annotations.NullMarked;

/** Messages, bus, event store API, aggregates and subscriptions, with in-memory implementations. */
@NullMarked
module dev.headwater {
    requires java.sql;
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires transitive tools.jackson.databind;

    exports dev.headwater;
    exports dev.headwater.aggregate;
    exports dev.headwater.broker;
    exports dev.headwater.broker.spi;
    exports dev.headwater.bus;
    exports dev.headwater.command;
    exports dev.headwater.evolution;
    exports dev.headwater.export;
    exports dev.headwater.failure;
    exports dev.headwater.history;
    exports dev.headwater.memory;
    exports dev.headwater.privacy;
    exports dev.headwater.store;
    exports dev.headwater.store.spi;
    exports dev.headwater.subscription;
    exports dev.headwater.subscription.spi;

    opens dev.headwater.aggregate to
            tools.jackson.databind;
    opens dev.headwater.broker to
            tools.jackson.databind;
    opens dev.headwater.privacy to
            tools.jackson.databind;
}
