package dev.headwater.examples.shop;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.headwater.Message;
import dev.headwater.examples.shop.ordering.OrderDecider;
import dev.headwater.examples.shop.ordering.OrderItem;
import dev.headwater.examples.shop.payment.PaymentEvent;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final String SHOP = "dev.headwater.examples.shop";

    private static final List<String> SERVICES =
            List.of("ordering", "payment", "inventory", "shipping", "notification", "analytics", "fulfilment");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(SHOP);

    @Test
    void servicesKnowOfEachOtherTheMessagesOnly() {
        var messages = messages();
        for (var service : SERVICES) {
            var own = resideInAPackage(SHOP + "." + service);
            noClasses()
                    .that(own)
                    .should()
                    .dependOnClassesThat(resideInAPackage(SHOP + "..")
                            .and(not(own))
                            .and(describe("are no part of a message", type -> !messages.contains(type))))
                    .because("a service is changed, and can be moved, without the others")
                    .check(CLASSES);
        }
    }

    @Test
    void aMessageIsWhatItIsMadeOf() {
        assertThat(messages())
                .contains(CLASSES.get(PaymentEvent.PaymentCompleted.class), CLASSES.get(OrderItem.class))
                .doesNotContain(CLASSES.get(OrderDecider.class));
    }

    /** The messages, and what their fields consist of. */
    private static Set<JavaClass> messages() {
        var found = new HashSet<JavaClass>();
        var ahead = new ArrayDeque<JavaClass>();
        CLASSES.stream().filter(type -> type.isAssignableTo(Message.class)).forEach(ahead::add);
        while (!ahead.isEmpty()) {
            var type = ahead.poll();
            if (found.add(type)) {
                type.getFields().stream()
                        .flatMap(field -> field.getType().getAllInvolvedRawTypes().stream())
                        .filter(part -> part.getPackageName().startsWith(SHOP))
                        .forEach(ahead::add);
            }
        }
        return found;
    }
}
