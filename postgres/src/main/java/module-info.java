import org.jspecify.annotations.NullMarked;

/** Event store and subscriptions on PostgreSQL. */
@NullMarked
module dev.headwater.postgres {
    requires transitive dev.headwater;
    requires transitive dev.headwater.workflow;
    requires transitive java.sql;
    requires com.zaxxer.hikari;
    requires org.postgresql.jdbc;
    requires org.slf4j;
    requires static dev.headwater.schema;
    requires static transitive org.jspecify;

    exports dev.headwater.postgres;
    exports dev.headwater.postgres.failure;
    exports dev.headwater.postgres.readmodel;
}
