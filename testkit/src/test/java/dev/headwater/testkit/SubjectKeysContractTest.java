package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.memory.InMemorySubjectKeys;
import dev.headwater.privacy.SubjectKey;
import dev.headwater.privacy.SubjectKeys;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The suite for keys of subjects fails where it should, only there, and never looks away. */
class SubjectKeysContractTest {

    @Test
    void neverSkipsATest() {
        var run = ContractRun.ofSubjectKeys(InMemorySubjectKeys::new);

        assertThat(run.succeeded()).hasSizeGreaterThan(8).isEqualTo(run.tests());
    }

    @Test
    void everyTestDemandsSomething() {
        var run = ContractRun.ofSubjectKeys(DoesNothing::new);

        assertThat(run.failed()).hasSizeGreaterThan(8).isEqualTo(run.tests());
    }

    @Test
    void findsKeysThatForgettingKeeps() {
        requireFound(
                ForgettingKeepsTheKey::new,
                "aForgottenSubjectHasNoKeyAndGetsNone",
                "aSubjectIsForgottenOnce",
                "aSubjectThatIsNotKnownCanBeForgottenBeforehand",
                "ofConcurrentForgettersOneFindsAKey",
                "whoCreatesWhileItIsForgottenLeavesNoKey");
    }

    @Test
    void findsKeysThatLeaveNoTombstone() {
        requireFound(
                LeavesNoTombstone::new,
                "aForgottenSubjectHasNoKeyAndGetsNone",
                "aSubjectThatIsNotKnownCanBeForgottenBeforehand",
                "whoCreatesWhileItIsForgottenLeavesNoKey");
    }

    @Test
    void findsKeysThatLeaveATombstoneOnlyForWhoIsKnown() {
        requireFound(
                ForgetsOnlyWhoIsKnown::new,
                Set.of("whoCreatesWhileItIsForgottenLeavesNoKey"),
                "aSubjectThatIsNotKnownCanBeForgottenBeforehand");
    }

    @Test
    void findsKeysOfWhichTwoCreatorsGetTwo() {
        requireFound(TwoCreatorsGetTwoKeys::new, "ofConcurrentCreatorsAllGetTheSameKey");
    }

    @Test
    void findsKeysThatIgnoreCase() {
        requireFound(IgnoresCase::new, "everySubjectHasAKeyOfItsOwn");
    }

    private static void requireFound(Supplier<SubjectKeys> bug, String... failing) {
        requireFound(bug, Set.of(), failing);
    }

    /** Requires these failures, and no others but of races that such keys may lose or win. */
    private static void requireFound(Supplier<SubjectKeys> bug, Set<String> perhaps, String... failing) {
        var failed = ContractRun.ofSubjectKeys(bug).failed();
        failed.removeAll(perhaps);
        assertThat(failed).containsExactlyInAnyOrder(failing);
    }

    private static class Forwarding implements SubjectKeys {
        final SubjectKeys correct = new InMemorySubjectKeys();

        @Override
        public Optional<SubjectKey> find(String subject) {
            return correct.find(subject);
        }

        @Override
        public SubjectKey findOrCreate(String subject) {
            return correct.findOrCreate(subject);
        }

        @Override
        public boolean forget(String subject) {
            return correct.forget(subject);
        }
    }

    private static final class DoesNothing implements SubjectKeys {
        @Override
        public Optional<SubjectKey> find(String subject) {
            return Optional.empty();
        }

        @Override
        public SubjectKey findOrCreate(String subject) {
            return new SubjectKey.Forgotten();
        }

        @Override
        public boolean forget(String subject) {
            return false;
        }
    }

    private static final class ForgettingKeepsTheKey extends Forwarding {
        @Override
        public boolean forget(String subject) {
            return correct.find(subject).isPresent();
        }
    }

    private static final class LeavesNoTombstone extends Forwarding {
        private final Map<String, SubjectKey> keys = new ConcurrentHashMap<>();

        @Override
        public Optional<SubjectKey> find(String subject) {
            return Optional.ofNullable(keys.get(subject));
        }

        @Override
        public SubjectKey findOrCreate(String subject) {
            return keys.computeIfAbsent(subject, unknown -> SubjectKey.Active.generate());
        }

        @Override
        public boolean forget(String subject) {
            return keys.remove(subject) != null;
        }
    }

    private static final class ForgetsOnlyWhoIsKnown extends Forwarding {
        @Override
        public boolean forget(String subject) {
            return correct.find(subject).isPresent() && correct.forget(subject);
        }
    }

    /** Looks first and writes then; who looks waits a little for others who do. */
    private static final class TwoCreatorsGetTwoKeys extends Forwarding {
        private final Map<String, SubjectKey> keys = new ConcurrentHashMap<>();
        private final CountDownLatch looking = new CountDownLatch(2);

        @Override
        public Optional<SubjectKey> find(String subject) {
            return Optional.ofNullable(keys.get(subject));
        }

        @Override
        public SubjectKey findOrCreate(String subject) {
            return find(subject).orElseGet(() -> {
                looking.countDown();
                awaitAnother();
                var made = SubjectKey.Active.generate();
                keys.merge(subject, made, TwoCreatorsGetTwoKeys::unlessForgotten);
                return find(subject)
                        .filter(SubjectKey.Forgotten.class::isInstance)
                        .orElse(made);
            });
        }

        private static SubjectKey unlessForgotten(SubjectKey known, SubjectKey made) {
            return known instanceof SubjectKey.Forgotten ? known : made;
        }

        private void awaitAnother() {
            try {
                looking.await(400, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public boolean forget(String subject) {
            return keys.put(subject, new SubjectKey.Forgotten()) instanceof SubjectKey.Active;
        }
    }

    private static final class IgnoresCase extends Forwarding {
        @Override
        public Optional<SubjectKey> find(String subject) {
            return super.find(subject.toLowerCase(Locale.ROOT));
        }

        @Override
        public SubjectKey findOrCreate(String subject) {
            return super.findOrCreate(subject.toLowerCase(Locale.ROOT));
        }

        @Override
        public boolean forget(String subject) {
            return super.forget(subject.toLowerCase(Locale.ROOT));
        }
    }
}
