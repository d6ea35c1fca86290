package dev.headwater.schema.lock;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.headwater.DomainEvent;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.SchemaVersion;
import dev.headwater.Upcasting;
import dev.headwater.evolution.JsonEdit;
import dev.headwater.evolution.Upcasters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sample project makes one mistake at a time, and the lock says what it is. The messages are in a golden file, so
 * that they are read as a whole and changed on purpose.
 */
class PlantedMistakesTest {

    private static final String NAME = "order.placed";

    private static final Pattern SECTION = Pattern.compile("### (.+)\n((?:(?!### ).*\n)+)");

    @TempDir
    private Path project;

    record Placed(String id, int quantity, State state, List<Line> lines, Optional<String> note, Payment payment)
            implements DomainEvent {}

    record Line(String sku, BigDecimal price) {}

    enum State {
        OPEN,
        PAID
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    sealed interface Payment {

        @JsonTypeName("card")
        record Card(String number) implements Payment {}

        @JsonTypeName("cash")
        record Cash() implements Payment {}
    }

    record WithoutQuantity(String id, State state, List<Line> lines, Optional<String> note, Payment payment)
            implements DomainEvent {}

    record WithTextualQuantity(
            String id, String quantity, State state, List<Line> lines, Optional<String> note, Payment payment)
            implements DomainEvent {}

    record WithCount(String id, int count, State state, List<Line> lines, Optional<String> note, Payment payment)
            implements DomainEvent {}

    record WithRemark(String id, int quantity, State state, List<Line> lines, Optional<String> remark, Payment payment)
            implements DomainEvent {}

    enum FewerStates {
        OPEN
    }

    record WithFewerStates(
            String id, int quantity, FewerStates state, List<Line> lines, Optional<String> note, Payment payment)
            implements DomainEvent {}

    record WithTime(
            String id,
            int quantity,
            State state,
            List<Line> lines,
            Optional<String> note,
            Payment payment,
            Instant time)
            implements DomainEvent {}

    record WithNote(String id, int quantity, State state, List<Line> lines, String note, Payment payment)
            implements DomainEvent {}

    record WithShortQuantity(
            String id, short quantity, State state, List<Line> lines, Optional<String> note, Payment payment)
            implements DomainEvent {}

    record RoughLine(String sku, double price) {}

    record WithRoughPrices(
            String id, int quantity, State state, List<RoughLine> lines, Optional<String> note, Payment payment)
            implements DomainEvent {}

    record WithOneLine(String id, int quantity, State state, Line lines, Optional<String> note, Payment payment)
            implements DomainEvent {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    sealed interface CardOnly {

        @JsonTypeName("card")
        record Card(String number) implements CardOnly {}

        @JsonTypeName("check")
        record Check(String bank) implements CardOnly {}
    }

    record WithoutCash(String id, int quantity, State state, List<Line> lines, Optional<String> note, CardOnly payment)
            implements DomainEvent {}

    record SomethingElse(String customer, Instant time) implements DomainEvent {}

    @Test
    void everyMistakeIsNamedWithItsRemedy() throws IOException {
        var mistakes = mistakes();

        assertThat(mistakes)
                .allSatisfy((mistake, message) -> assertThat(golden()).containsEntry(mistake, message));
        assertThat(golden()).hasSameSizeAs(mistakes);
    }

    /** The messages by mistake. */
    private Map<String, String> mistakes() throws IOException {
        var mistakes = new LinkedHashMap<String, String>();
        mistakes.put("a required field is removed", changedTo(WithoutQuantity.class));
        mistakes.put("the type of a field is changed", changedTo(WithTextualQuantity.class));
        mistakes.put("a required field is renamed", changedTo(WithCount.class));
        mistakes.put("an optional field is renamed", changedTo(WithRemark.class));
        mistakes.put("a constant of an enum is removed", changedTo(WithFewerStates.class));
        mistakes.put("a required field is added", changedTo(WithTime.class));
        mistakes.put("an optional field is made required", changedTo(WithNote.class));
        mistakes.put("a whole number is narrowed", changedTo(WithShortQuantity.class));
        mistakes.put("a decimal in a list becomes a double", changedTo(WithRoughPrices.class));
        mistakes.put("a list becomes a single object", changedTo(WithOneLine.class));
        mistakes.put("a permitted class is replaced", changedTo(WithoutCash.class));
        mistakes.put("the name is given to something else", changedTo(SomethingElse.class));
        mistakes.put("the class is not registered any more", vanished(Upcasting.NONE));
        mistakes.put("the version is raised without an upcaster", raisedWith(2, Upcasting.NONE));
        mistakes.put("the chain of upcasters has a hole", raisedWith(3, steps(2, 3)));
        mistakes.put("a version is declared not to exist", raisedWith(3, startingAt(3)));
        mistakes.put("the version is lowered", lowered());
        mistakes.put("a retired name is used again", retiredAndBack());
        mistakes.put("a lock that is not there yet", message(locked(), Placed.class, 1));
        mistakes.put("two mistakes at once, and a new type", several());
        return mistakes;
    }

    private String changedTo(Class<? extends Message> changed) throws IOException {
        return message(locked(1), changed, 1);
    }

    private String vanished(Upcasting upcasters) throws IOException {
        var others = MessageTypes.builder().add(SomethingElse.class, "order.made", 1);
        return message(locked(2), others.build(), upcasters);
    }

    private String raisedWith(int version, Upcasting upcasters) throws IOException {
        var types = MessageTypes.builder().add(Placed.class, NAME, version);
        return message(locked(1), types.build(), upcasters);
    }

    private String lowered() throws IOException {
        return message(locked(3), Placed.class, 2);
    }

    private String retiredAndBack() throws IOException {
        var lock = locked(1);
        retire();
        return message(lock, SomethingElse.class, 1);
    }

    private String several() throws IOException {
        var types = MessageTypes.builder()
                .add(SomethingElse.class, NAME, 1)
                .add(WithTime.class, "order.timed", 1)
                .build();
        return message(locked(1), types, Upcasting.NONE);
    }

    @Test
    void whatCanBeReadIsNotBroken() throws IOException {
        assertThat(raisedWith(2, steps(1, 2))).doesNotContain("cannot read").contains("version 2 is new");
        assertThat(vanished(renamed())).doesNotContain("cannot read").contains("order.made version 1 is new");
        var lock = locked(1);
        retire();
        assertThat(message(lock, MessageTypes.builder().build(), Upcasting.NONE))
                .isEqualTo("schema.lock.json matches the code.");
    }

    private static Upcasters renamed() {
        var made = new SchemaVersion("order.made", 1);
        return Upcasters.builder()
                .rename(new SchemaVersion(NAME, 1), made)
                .rename(new SchemaVersion(NAME, 2), made)
                .build();
    }

    private static Upcasters startingAt(int version) {
        return Upcasters.builder().startsAt(new SchemaVersion(NAME, version)).build();
    }

    /** A step from each of these versions, the last one excluded. */
    private static Upcasters steps(int from, int to) {
        var steps = Upcasters.builder();
        for (int version = from; version < to; version++) {
            steps.step(NAME, version, JsonEdit.none());
        }
        return steps.build();
    }

    private void retire() throws IOException {
        var file = project.resolve("schema.lock.json");
        Files.writeString(
                file, Files.readString(file).replace("\"versions\": {", "\"retired\": true, \"versions\": {"));
    }

    private static String message(SchemaLock lock, Class<? extends Message> type, int version) {
        return message(lock, MessageTypes.builder().add(type, NAME, version).build(), steps(1, version));
    }

    /** What the build says, be it the lock's verdict or that of the serializer. */
    private static String message(SchemaLock lock, MessageTypes types, Upcasting upcasters) {
        try {
            return lock.check(model(types, upcasters)).message();
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    /** A lock that knows so many versions of the sample's message. */
    private SchemaLock locked(int versions) throws IOException {
        var lock = locked();
        for (int version = 1; version <= versions; version++) {
            var types = MessageTypes.builder().add(Placed.class, NAME, version).build();
            lock.update(model(types, steps(1, version)));
        }
        return lock;
    }

    private SchemaLock locked() throws IOException {
        Files.deleteIfExists(project.resolve("schema.lock.json"));
        return SchemaLock.at(project.resolve("schema.lock.json"));
    }

    private static MessageModel model(MessageTypes types, Upcasting upcasters) {
        var serializer = MessageSerializer.builder(types).upcasters(upcasters).build();
        return () -> serializer;
    }

    /** The messages by the mistake in the line above each, which begins with {@code ###}. */
    private static Map<String, String> golden() {
        try (var resource = PlantedMistakesTest.class.getResourceAsStream("planted-mistakes.txt")) {
            var text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            return SECTION.matcher(text)
                    .results()
                    .collect(Collectors.toMap(
                            section -> section.group(1),
                            section -> section.group(2).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
