import org.jspecify.annotations.NullMarked;

/** Given/when/then fixtures, contract suites and fault injection. */
@NullMarked
module dev.headwater.testkit {
    requires transitive dev.headwater;
    requires transitive dev.headwater.workflow;
    requires transitive org.junit.jupiter.api;
    requires static transitive dev.headwater.schema;
    requires static transitive org.jspecify;

    exports dev.headwater.testkit;
    exports dev.headwater.testkit.simulation;

    opens dev.headwater.testkit to
            org.junit.platform.commons,
            tools.jackson.databind;
}
