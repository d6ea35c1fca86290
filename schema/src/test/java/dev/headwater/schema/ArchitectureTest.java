package dev.headwater.schema;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static JavaClasses schema;

    @BeforeAll
    static void readSchema() {
        schema = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.headwater.schema");
        assertThat(schema.contain(MessageSchema.class)).isTrue();
    }

    @Test
    void packagesDoNotDependOnEachOtherInACircle() {
        slices().matching("dev.headwater.schema.(*)..")
                .should()
                .beFreeOfCycles()
                .check(schema);
    }

    @Test
    void theValidatorIsKnownInOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.headwater.schema.validation")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.networknt..")
                .check(schema);
    }

    @Test
    void nothingIsPrinted() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(schema);
    }
}
