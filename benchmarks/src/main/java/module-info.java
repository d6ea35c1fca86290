import org.jspecify.annotations.NullMarked;

/** What is claimed about speed, measured. */
@NullMarked
module dev.headwater.benchmarks {
    requires dev.headwater;
    requires dev.headwater.embedded;
    requires dev.headwater.postgres;
    requires info.picocli;
    requires static org.jspecify;

    opens dev.headwater.benchmarks to
            info.picocli;
}
