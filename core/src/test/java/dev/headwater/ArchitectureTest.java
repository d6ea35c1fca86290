package dev.headwater;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static JavaClasses core;

    @BeforeAll
    static void readCore() {
        core = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.headwater");
        assertThat(core.contain(Message.class)).isTrue();
    }

    @Test
    void packagesDoNotDependOnEachOtherInACircle() {
        slices().matching("dev.headwater.(*)..").should().beFreeOfCycles().check(core);
    }

    @Test
    void messagesKnowNothingOfWhatIsBuiltOnThem() {
        noClasses()
                .that()
                .resideInAPackage("dev.headwater")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.headwater.*..")
                .check(core);
    }

    @Test
    void failuresAndEvolutionKnowNothingButMessages() {
        for (var name : List.of("dev.headwater.failure", "dev.headwater.evolution")) {
            noClasses()
                    .that()
                    .resideInAPackage(name)
                    .should()
                    .dependOnClassesThat(resideInAPackage("dev.headwater.*..").and(not(resideInAPackage(name))))
                    .check(core);
        }
    }

    @Test
    void theBusKnowsNothingOfStoresAndSubscriptions() {
        noClasses()
                .that()
                .resideInAPackage("dev.headwater.bus")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.headwater.store..", "dev.headwater.subscription..")
                .check(core);
    }

    @Test
    void onlyStoresAndExportsTouchStorages() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.headwater.store..", "dev.headwater.memory", "dev.headwater.export", "dev.headwater.broker")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.headwater.store.spi")
                .check(core);
    }

    @Test
    void nothingIsPrinted() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(core);
    }

    @Test
    void logsGoThroughSlf4j() {
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(core);
    }
}
