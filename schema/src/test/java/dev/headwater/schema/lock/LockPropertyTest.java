package dev.headwater.schema.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.Upcasting;
import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.lock.DrawnRecord.Content;
import dev.headwater.schema.lock.DrawnRecord.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Random records are changed at a random place; the lock lets pass what old messages survive, and nothing else. */
class LockPropertyTest {

    private static final int RECORDS = 400;

    /** An edit of one field in its record; returns false when it does not apply to that field. */
    @FunctionalInterface
    private interface Edit {
        boolean change(DrawnRecord owner, String name, Field field);
    }

    private static final Map<String, Edit> COMPATIBLE = new TreeMap<>(Map.of(
            "add an optional field",
                    (owner, name, field) -> {
                        owner.fields().put("added", new Field(field.content(), true, field.list()));
                        return true;
                    },
            "make a field optional",
                    (owner, name, field) -> {
                        owner.fields().put(name, new Field(field.content(), true, field.list()));
                        return !field.optional();
                    },
            "widen a whole number",
                    (owner, name, field) -> {
                        owner.fields().put(name, field.with(new Content.Scalar("integer", Long.MAX_VALUE)));
                        return isInteger(field);
                    },
            "turn a whole number into a decimal",
                    (owner, name, field) -> {
                        owner.fields().put(name, field.with(new Content.Scalar("number", 0)));
                        return isInteger(field);
                    },
            "add a word",
                    (owner, name, field) -> field.content() instanceof Content.Words(var words) && words.add("D")));

    private static final Map<String, Edit> INCOMPATIBLE = new TreeMap<>(Map.of(
            "remove a field", (owner, name, field) -> owner.fields().remove(name) != null,
            "rename a field",
                    (owner, name, field) -> {
                        owner.fields().put("renamed", owner.fields().remove(name));
                        return true;
                    },
            "add a required field",
                    (owner, name, field) -> {
                        owner.fields().put("added", new Field(field.content(), false, field.list()));
                        return true;
                    },
            "make a field required",
                    (owner, name, field) -> {
                        owner.fields().put(name, new Field(field.content(), false, field.list()));
                        return field.optional();
                    },
            "narrow a whole number",
                    (owner, name, field) -> {
                        owner.fields().put(name, field.with(new Content.Scalar("integer", Short.MAX_VALUE)));
                        return isInteger(field);
                    },
            "change the type",
                    (owner, name, field) -> {
                        boolean isText =
                                field.content() instanceof Content.Scalar(var type, var any) && type.equals("string");
                        owner.fields().put(name, field.with(new Content.Scalar(isText ? "boolean" : "string", 0)));
                        return !(field.content() instanceof Content.Words);
                    },
            "make a list of it or the other way round",
                    (owner, name, field) -> {
                        owner.fields().put(name, new Field(field.content(), field.optional(), !field.list()));
                        return true;
                    },
            "remove a word",
                    (owner, name, field) -> field.content() instanceof Content.Words(var words) && words.remove("B")));

    private static boolean isInteger(Field field) {
        return field.content() instanceof Content.Scalar(var type, var any) && type.equals("integer");
    }

    @Test
    void compatibleChangesOnlyAskForAnUpdate() {
        forEachEdit(
                COMPATIBLE,
                (edit, problems) -> assertThat(problems)
                        .as(edit)
                        .extracting(LockProblem::kind)
                        .containsOnly(LockProblem.Kind.STALE));
    }

    @Test
    void incompatibleChangesFailAndNameTheField() {
        forEachEdit(INCOMPATIBLE, (edit, problems) -> {
            assertThat(problems).as(edit).extracting(LockProblem::kind).contains(LockProblem.Kind.BROKEN);
            var field = edit.substring(edit.lastIndexOf(' ') + 1);
            assertThat(problems)
                    .as(edit)
                    .anySatisfy(problem ->
                            assertThat(problem.sentence()).containsPattern("\\b" + field + "\\b|\\badded\\b"));
        });
    }

    private static void forEachEdit(Map<String, Edit> edits, BiConsumer<String, List<LockProblem>> check) {
        var applied = new TreeSet<String>();
        for (long seed = 0; seed < RECORDS; seed++) {
            var random = new Random(seed);
            var before = DrawnRecord.draw(random, 3);
            for (var edit : edits.entrySet()) {
                var after = before.copy();
                var owners = after.all();
                var owner = owners.get(random.nextInt(owners.size()));
                var names = new ArrayList<>(owner.fields().keySet());
                var name = names.get(random.nextInt(names.size()));
                if (edit.getValue().change(owner, name, owner.fields().get(name))) {
                    applied.add(edit.getKey());
                    check.accept(edit.getKey() + ", seed " + seed + ", field " + name, problems(before, after));
                }
            }
        }
        assertThat(applied).as("edits that were tried").isEqualTo(edits.keySet());
    }

    private static List<LockProblem> problems(DrawnRecord before, DrawnRecord after) {
        var locked = new TreeMap<>(Map.of(
                "drawn", new LockedType(false, new TreeMap<>(Map.of(1, LockFile.asRead(before.schema()))))));
        var current = List.of(new MessageSchema("drawn", 1, after.schema()));
        return new LockCheck(locked, current, Upcasting.NONE).problems();
    }
}
