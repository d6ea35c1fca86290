package dev.headwater.postgres;

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

    private static JavaClasses postgres;

    @BeforeAll
    static void readPostgres() {
        postgres = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.headwater.postgres");
        assertThat(postgres.contain(PostgresDatabase.class)).isTrue();
    }

    @Test
    void packagesDoNotDependOnEachOtherInACircle() {
        slices().matching("dev.headwater.postgres.(*)..")
                .should()
                .beFreeOfCycles()
                .check(postgres);
    }

    @Test
    void noRoomKnowsTheDatabaseThatIsBuiltFromIt() {
        noClasses()
                .that()
                .resideInAPackage("dev.headwater.postgres.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.headwater.postgres")
                .check(postgres);
    }

    @Test
    void nothingIsPrinted() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(postgres);
    }
}
