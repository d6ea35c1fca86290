import org.jspecify.annotations.NullMarked;

/** Processes that survive anything: tables, policies and workflow code on the event log. */
@NullMarked
module dev.headwater.workflow {
    requires transitive dev.headwater;
    requires transitive org.slf4j;
    requires static transitive org.jspecify;

    exports dev.headwater.workflow;
    exports dev.headwater.workflow.memory;
    exports dev.headwater.workflow.spi;

    opens dev.headwater.workflow to
            tools.jackson.databind;
    opens dev.headwater.workflow.code to
            tools.jackson.databind;
}
