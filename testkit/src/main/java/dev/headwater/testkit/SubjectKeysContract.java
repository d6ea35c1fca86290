package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.privacy.SubjectKey;
import dev.headwater.privacy.SubjectKeys;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link SubjectKeys} has to do, as a JUnit suite: extend it and say how to reach the same keys twice. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
public abstract class SubjectKeysContract {

    private static final int CREATORS = 16;

    private SubjectKeys keys;
    /** The same keys as another process would reach them. */
    private SubjectKeys elsewhere;

    /** For subclasses. */
    protected SubjectKeysContract() {}

    /** Makes keys that know no subject and that no other test uses; called once before each test. */
    protected abstract SubjectKeys open() throws Exception;

    /**
     * The keys that {@link #open} made last, through another object where that is possible, as from another process.
     */
    protected abstract SubjectKeys openAgain() throws Exception;

    @BeforeEach
    final void openKeys() throws Exception {
        keys = open();
        elsewhere = openAgain();
    }

    @Test
    void aSubjectIsNotKnownAtFirst() {
        assertEquals(Optional.empty(), keys.find("ada"));
        assertEquals(Optional.empty(), keys.find("ada"), "asking makes no key");
        assertEquals(32, bytes(keys.findOrCreate("ada")).length);
    }

    @Test
    void aKeyStays() {
        var made = bytes(keys.findOrCreate("ada"));

        assertEquals(32, made.length);
        assertArrayEquals(made, bytes(keys.findOrCreate("ada")));
        assertArrayEquals(made, bytes(keys.find("ada").orElseThrow()));
        assertArrayEquals(made, bytes(elsewhere.findOrCreate("ada")));
        assertArrayEquals(made, bytes(elsewhere.find("ada").orElseThrow()));
    }

    @Test
    void everySubjectHasAKeyOfItsOwn() {
        var subjects = List.of("ada", "Ada", "ada ", "adá", "a' OR 'a' = 'a", "用户-17", "x".repeat(200));

        var made = subjects.stream()
                .map(keys::findOrCreate)
                .map(SubjectKeysContract::text)
                .toList();

        assertEquals(subjects.size(), made.stream().distinct().count());
        assertEquals(
                made,
                subjects.stream()
                        .map(subject -> text(elsewhere.find(subject).orElseThrow()))
                        .toList());
    }

    @Test
    void aForgottenSubjectHasNoKeyAndGetsNone() {
        keys.findOrCreate("ada");

        assertTrue(keys.forget("ada"), "there was a key");

        for (var reached : List.of(keys, elsewhere)) {
            assertEquals(Optional.of(new SubjectKey.Forgotten()), reached.find("ada"));
            assertEquals(new SubjectKey.Forgotten(), reached.findOrCreate("ada"));
            assertEquals(Optional.of(new SubjectKey.Forgotten()), reached.find("ada"));
        }
    }

    @Test
    void aSubjectIsForgottenOnce() {
        keys.findOrCreate("ada");

        assertTrue(elsewhere.forget("ada"), "there was a key");
        assertFalse(elsewhere.forget("ada"), "there is no key any more");
        assertFalse(keys.forget("ada"), "there is no key any more");
    }

    @Test
    void aSubjectThatIsNotKnownCanBeForgottenBeforehand() {
        assertFalse(keys.forget("ada"), "there was no key");

        assertEquals(Optional.of(new SubjectKey.Forgotten()), elsewhere.find("ada"));
        assertEquals(new SubjectKey.Forgotten(), elsewhere.findOrCreate("ada"));
    }

    @Test
    void forgettingOneSubjectLeavesTheOthers() {
        var other = bytes(keys.findOrCreate("bob"));
        keys.findOrCreate("ada");

        keys.forget("ada");

        assertArrayEquals(other, bytes(keys.find("bob").orElseThrow()));
        assertEquals(Optional.empty(), keys.find("eve"));
    }

    @Test
    void ofConcurrentCreatorsAllGetTheSameKey() {
        var made =
                Contenders.run(CREATORS, i -> () -> text((i % 2 == 0 ? keys : elsewhere).findOrCreate("ada"))).stream()
                        .map(Contenders.Outcome::value)
                        .distinct()
                        .toList();

        assertEquals(1, made.size(), "how many keys were given out");
        assertEquals(made.getFirst(), text(keys.find("ada").orElseThrow()));
    }

    @Test
    void whoCreatesWhileItIsForgottenLeavesNoKey() {
        Contenders.run(CREATORS, i -> () -> {
                    var reached = i % 2 == 0 ? keys : elsewhere;
                    return i == CREATORS / 2 ? reached.forget("ada") : reached.findOrCreate("ada");
                })
                .forEach(Contenders.Outcome::value);

        assertEquals(Optional.of(new SubjectKey.Forgotten()), keys.find("ada"));
        assertEquals(Optional.of(new SubjectKey.Forgotten()), elsewhere.find("ada"));
    }

    @Test
    void ofConcurrentForgettersOneFindsAKey() {
        keys.findOrCreate("ada");

        var found = Contenders.run(CREATORS, i -> () -> (i % 2 == 0 ? keys : elsewhere).forget("ada")).stream()
                .filter(Contenders.Outcome::value)
                .count();

        assertEquals(1, found, "how many were told that there was a key");
    }

    private static byte[] bytes(SubjectKey key) {
        return switch (key) {
            case SubjectKey.Active(var secret) -> secret.getEncoded();
            case SubjectKey.Forgotten() -> throw new AssertionError("Expected a key, but the subject is forgotten");
        };
    }

    private static String text(SubjectKey key) {
        return new String(bytes(key), StandardCharsets.ISO_8859_1);
    }
}
