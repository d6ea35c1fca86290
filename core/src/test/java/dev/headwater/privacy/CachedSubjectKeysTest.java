package dev.headwater.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headwater.memory.InMemorySubjectKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CachedSubjectKeysTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Asked keys = new Asked();

    /** Near the end of its range, which it may cross. */
    private long now = Long.MAX_VALUE - 5;

    private final CachedSubjectKeys cached = new CachedSubjectKeys(keys, MINUTE, 3, () -> now);

    /** Keys that write down what they are asked for, and can do something in the middle of an answer. */
    private static final class Asked implements SubjectKeys {
        private final SubjectKeys correct = new InMemorySubjectKeys();
        private final List<String> questions = new ArrayList<>();
        private Runnable meanwhile = () -> {};

        @Override
        public Optional<SubjectKey> find(String subject) {
            questions.add(subject);
            var found = correct.find(subject);
            meanwhile.run();
            return found;
        }

        @Override
        public SubjectKey findOrCreate(String subject) {
            questions.add(subject);
            return correct.findOrCreate(subject);
        }

        @Override
        public boolean forget(String subject) {
            return correct.forget(subject);
        }
    }

    @Test
    void aKeyIsAskedForOnceWithinItsTimeToLive() {
        var key = cached.findOrCreate("a");
        now += MINUTE.toNanos() - 1;

        assertThat(cached.find("a")).contains(key);
        assertThat(cached.findOrCreate("a")).isEqualTo(key);
        assertThat(keys.questions).containsExactly("a");
    }

    @Test
    void afterItsTimeToLiveAKeyIsAskedForAgainAndNotEvenKept() {
        cached.findOrCreate("a");
        cached.findOrCreate("b");
        now += MINUTE.toNanos();

        cached.find("b");

        assertThat(keys.questions).containsExactly("a", "b", "b");
        assertThat(cached.contents()).containsOnlyKeys("b");
    }

    @Test
    void whatAnotherProcessForgotIsForgottenHereWhenTheTimeToLiveHasPassed() {
        cached.findOrCreate("a");
        keys.correct.forget("a");

        assertThat(cached.find("a")).containsInstanceOf(SubjectKey.Active.class);
        now += MINUTE.toNanos();
        assertThat(cached.find("a")).contains(new SubjectKey.Forgotten());
    }

    @Test
    void theTimeToLiveBeginsWhenAKeyIsAskedForHoweverLateTheAnswerComes() {
        keys.correct.findOrCreate("a");
        keys.meanwhile = () -> now += MINUTE.toNanos() - 1;
        cached.find("a");
        keys.meanwhile = () -> {};
        cached.find("a");
        now += 1;

        cached.find("a");

        assertThat(keys.questions).containsExactly("a", "a");
    }

    @Test
    void anAnswerThatCameLateExpiresBehindOnesThatAreFresh() {
        keys.correct.findOrCreate("late");
        keys.meanwhile = () -> {
            keys.meanwhile = () -> {};
            now += MINUTE.toNanos() / 2;
            cached.findOrCreate("fresh");
        };
        cached.find("late");
        now += MINUTE.toNanos() / 2;
        keys.correct.forget("late");

        assertThat(cached.find("late")).contains(new SubjectKey.Forgotten());
    }

    @Test
    void forgettingTakesEffectHereAtOnce() {
        cached.findOrCreate("a");

        assertThat(cached.forget("a")).isTrue();

        assertThat(cached.contents()).isEmpty();
        assertThat(cached.find("a")).contains(new SubjectKey.Forgotten());
        assertThat(cached.findOrCreate("a")).isEqualTo(new SubjectKey.Forgotten());
        assertThat(cached.forget("a")).isFalse();
    }

    @Test
    void aKeyThatWasFoundBeforeItWasForgottenIsNotRememberedAfterwards() {
        keys.correct.findOrCreate("a");
        keys.meanwhile = () -> cached.forget("a");

        cached.find("a");

        assertThat(cached.contents()).isEmpty();
    }

    @Test
    void aSubjectThatIsNotKnownIsAskedForEveryTime() {
        assertThat(cached.find("a")).isEmpty();
        keys.correct.findOrCreate("a");

        assertThat(cached.find("a")).isPresent();
    }

    @Test
    void aForgottenSubjectIsRememberedToo() {
        keys.correct.forget("a");

        cached.find("a");
        cached.find("a");

        assertThat(keys.questions).containsExactly("a");
    }

    @Test
    void theOldestKeyMakesRoom() {
        for (var subject : List.of("a", "b", "c", "a", "d")) {
            cached.findOrCreate(subject);
        }

        assertThat(cached.contents()).containsOnlyKeys("b", "c", "d");
    }

    @Test
    void nothingIsRememberedForNoTime() {
        var uncached = new CachedSubjectKeys(keys, Duration.ZERO, 1, () -> now);

        uncached.findOrCreate("a");
        uncached.find("a");

        assertThat(keys.questions).containsExactly("a", "a");
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CachedSubjectKeys(keys, Duration.ofNanos(-1), 1, () -> now));
        assertThatIllegalArgumentException().isThrownBy(() -> new CachedSubjectKeys(keys, MINUTE, 0, () -> now));
    }
}
