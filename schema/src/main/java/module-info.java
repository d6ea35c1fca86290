import org.jspecify.annotations.NullMarked;

/** JSON Schemas of messages: derived from records, registered, validated, compared, and locked in a file. */
@NullMarked
module dev.headwater.schema {
    requires com.networknt.schema;
    requires transitive dev.headwater;
    requires static transitive org.jspecify;

    exports dev.headwater.schema;
    exports dev.headwater.schema.asyncapi;
    exports dev.headwater.schema.compatibility;
    exports dev.headwater.schema.derivation;
    exports dev.headwater.schema.lock;
    exports dev.headwater.schema.registry;
    exports dev.headwater.schema.validation;
}
