import org.jspecify.annotations.NullMarked;

/** What is claimed about speed, measured. */
@NullMarked
module dev.headwater.benchmarks {
    requires dev.headwater;
    requires dev.headwater.embedded;
    requires dev.headwater.postgres;
    requires dev.headwater.schema;
    requires info.picocli;
    requires java.management;
    requires java.sql;
    requires jdk.management;
    requires org.postgresql.jdbc;
    requires tools.jackson.databind;
    requires static org.jspecify;

    opens dev.headwater.benchmarks to
            info.picocli,
            tools.jackson.databind;
}
