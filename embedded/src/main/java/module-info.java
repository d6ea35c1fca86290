import org.jspecify.annotations.NullMarked;

/** A real PostgreSQL server, started from a Maven artifact, with its data in a folder. */
@NullMarked
module dev.headwater.embedded {
    requires embedded.postgres;
    requires java.sql;
    requires org.slf4j;
    requires static transitive org.jspecify;
}
