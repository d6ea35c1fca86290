import org.jspecify.annotations.NullMarked;

/** A real PostgreSQL server, started from a Maven artifact, with its data in a folder. */
@NullMarked
module dev.headwater.embedded {
    requires org.slf4j;
    requires org.tukaani.xz;
    requires static transitive org.jspecify;

    exports dev.headwater.embedded;
}
