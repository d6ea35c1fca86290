package dev.headwater.workflow;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static JavaClasses workflow;

    @BeforeAll
    static void readWorkflow() {
        workflow = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.headwater.workflow");
        assertThat(workflow.contain(Workflows.class)).isTrue();
    }

    @Test
    void nothingKnowsTheStorageInMemory() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.headwater.workflow.memory")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.headwater.workflow.memory")
                .check(workflow);
    }

    @Test
    void nothingIsPrinted() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(workflow);
    }
}
