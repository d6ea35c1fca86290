import org.jspecify.annotations.NullMarked;

/** The order system: ordering, payment, inventory, shipping, notification, analytics. */
@NullMarked
module dev.headwater.examples.shop {
    requires dev.headwater;
    requires dev.headwater.embedded;
    requires dev.headwater.postgres;
    requires info.picocli;
    requires org.slf4j;
    requires static org.jspecify;

    opens dev.headwater.examples.shop to
            info.picocli,
            tools.jackson.databind;
}
