import org.jspecify.annotations.NullMarked;

/** Topics on Apache Kafka. */
@NullMarked
module dev.headwater.kafka {
    requires transitive dev.headwater;
    requires kafka.clients;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.headwater.kafka;
}
