import org.jspecify.annotations.NullMarked;

/** Servers of Kafka as processes, for tests and for trying things out. */
@NullMarked
module dev.headwater.kafka.servers {
    requires static transitive org.jspecify;

    exports dev.headwater.kafka.servers;
}
