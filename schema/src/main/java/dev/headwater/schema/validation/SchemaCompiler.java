package dev.headwater.schema.validation;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** Checks schemas and hands them to the validator, in a setting that fetches nothing and bounds everything. */
final class SchemaCompiler {

    static final RegexBudget REGEX = new RegexBudget();

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDialects(
            List.of(withStandardFormats(Dialects.getDraft202012()), withStandardFormats(Dialects.getDraft7())),
            builder -> builder.schemaCacheEnabled(false)
                    .defaultDialectId(SchemaRules.DRAFT_2020_12)
                    .schemaLoader(loader -> loader.allow(iri -> isMetaSchema(iri.toString())))
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .regularExpressionFactory(REGEX)
                            .build()));

    /** The schemas of schemas; they are in the validator's jar. */
    private static final Map<String, SchemaValidator> META_SCHEMAS = Map.of(
            SchemaRules.DRAFT_2020_12, metaSchema(SchemaRules.DRAFT_2020_12),
            SchemaRules.DRAFT_7, metaSchema(SchemaRules.DRAFT_7));

    private SchemaCompiler() {}

    static Schema compile(JsonNode document) {
        int bytes = document.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > SchemaValidator.MAX_SCHEMA_BYTES) {
            throw invalid("# takes " + bytes + " bytes: at most " + SchemaValidator.MAX_SCHEMA_BYTES + " are allowed");
        }
        var problems = SchemaRules.problems(document);
        if (!problems.isEmpty()) {
            throw new InvalidSchemaException(problems);
        }
        var violations = Objects.requireNonNull(META_SCHEMAS.get(SchemaRules.dialect(document)))
                .validate(document);
        if (!violations.isEmpty()) {
            throw new InvalidSchemaException(
                    violations.stream().map(Violation::toString).toList());
        }
        try {
            var schema = REGISTRY.getSchema(document);
            schema.initializeValidators();
            return schema;
        } catch (SchemaException | IllegalArgumentException e) {
            throw invalid("# is not understood by the validator: " + e.getMessage());
        } catch (StackOverflowError e) {
            throw invalid("# leads from reference to reference too often: write some of them out");
        }
    }

    private static SchemaValidator metaSchema(String dialect) {
        return new SchemaValidator(REGISTRY.getSchema(SchemaLocation.of(dialect)));
    }

    private static boolean isMetaSchema(String iri) {
        return iri.startsWith("https://json-schema.org/draft/2020-12/") || iri.startsWith(SchemaRules.DRAFT_7);
    }

    private static Dialect withStandardFormats(Dialect dialect) {
        return Dialect.builder(dialect)
                .formats(formats -> {
                    formats.clear();
                    formats.putAll(StandardFormat.byName());
                })
                .build();
    }

    private static InvalidSchemaException invalid(String problem) {
        return new InvalidSchemaException(List.of(problem));
    }
}
