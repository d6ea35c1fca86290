package dev.headwater.postgres;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Parts of a suite that run in this setting only with {@code ./verify --faults}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnlyInTheLongForm.Condition.class)
@interface OnlyInTheLongForm {

    /** The names of the nested classes. */
    String[] value();

    /** Leaves them out of the short form. */
    final class Condition implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            boolean isShort = System.getProperty("headwater.faults", "short").equals("short");
            return isShort && isNamed(context) ? disabled("only in the long form") : enabled("in every form");
        }

        private static boolean isNamed(ExtensionContext context) {
            return annotation(context)
                    .map(OnlyInTheLongForm::value)
                    .filter(names -> List.of(names)
                            .contains(context.getRequiredTestClass().getSimpleName()))
                    .isPresent();
        }

        /** That of the whole test, which a part of it does not have. */
        private static Optional<OnlyInTheLongForm> annotation(ExtensionContext context) {
            var own = context.getTestClass().map(each -> each.getAnnotation(OnlyInTheLongForm.class));
            return own.isPresent() ? own : context.getParent().flatMap(Condition::annotation);
        }
    }
}
