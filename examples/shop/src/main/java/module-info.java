import org.jspecify.annotations.NullMarked;

/** The order system: ordering, payment, inventory, shipping, notification, analytics; and returns. */
@NullMarked
module dev.headwater.examples.shop {
    requires com.fasterxml.jackson.annotation;
    requires dev.headwater;
    requires dev.headwater.embedded;
    requires dev.headwater.kafka;
    requires dev.headwater.kafka.servers;
    requires dev.headwater.postgres;
    requires dev.headwater.schema;
    requires dev.headwater.workflow;
    requires info.picocli;
    requires java.logging;
    requires java.sql;
    requires me.tongfei.progressbar;
    requires org.apache.commons.csv;
    requires tools.jackson.databind;
    requires static org.jspecify;

    opens dev.headwater.examples.shop to
            info.picocli;
    opens dev.headwater.examples.shop.importing to
            tools.jackson.databind;
    opens dev.headwater.examples.shop.inventory to
            tools.jackson.databind;
    opens dev.headwater.examples.shop.ordering to
            tools.jackson.databind;
    opens dev.headwater.examples.shop.payment to
            tools.jackson.databind;
    opens dev.headwater.examples.shop.returns to
            tools.jackson.databind;
    opens dev.headwater.examples.shop.shipping to
            tools.jackson.databind;
}
