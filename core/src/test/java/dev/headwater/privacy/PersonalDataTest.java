package dev.headwater.privacy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headwater.DomainEvent;
import dev.headwater.EncodedMessage;
import dev.headwater.Envelope;
import dev.headwater.HeadwaterException;
import dev.headwater.InvalidMessageException;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.UndecodableMessageException;
import dev.headwater.memory.InMemorySubjectKeys;
import dev.headwater.privacy.CustomerEvent.Address;
import dev.headwater.privacy.CustomerEvent.Contact;
import dev.headwater.privacy.CustomerEvent.CustomerId;
import dev.headwater.privacy.CustomerEvent.Email;
import dev.headwater.privacy.CustomerEvent.Line;
import dev.headwater.privacy.CustomerEvent.Noted;
import dev.headwater.privacy.CustomerEvent.Phone;
import dev.headwater.privacy.CustomerEvent.Registered;
import dev.headwater.privacy.CustomerEvent.Renamed;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class PersonalDataTest {

    private final InMemorySubjectKeys keys = new InMemorySubjectKeys();
    private final JsonMapper mapper = mapper(keys);
    private final MessageSerializer serializer = serializer(MessageTypes.of(CustomerEvent.class), mapper);

    private static MessageSerializer serializer(MessageTypes types, JsonMapper mapper) {
        return MessageSerializer.builder(types).mapper(mapper).build();
    }

    private static JsonMapper mapper(SubjectKeys keys) {
        return MessageSerializer.defaultMapper()
                .addModule(new PersonalDataModule(keys))
                .build();
    }

    @Test
    void whatIsWrittenIsReadAgainAndNowhereInTheClear() {
        long seed = 4711;
        var random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            for (DomainEvent event : List.of(registered(random), renamed(random), noted(random))) {
                var encoded = serializer.encode(Envelope.of(event));

                assertThat(serializer.decodeMessage(encoded))
                        .as("event %d of seed %d", i, seed)
                        .isEqualTo(event);
                assertThat(new String(encoded.payload(), UTF_8))
                        .as("event %d of seed %d", i, seed)
                        .doesNotContain("secret");
            }
        }
    }

    @Test
    void theWireFormNamesTheSubjectAndHidesTheRest() {
        var json = mapper.readTree(json(new Noted(List.of(new Line("c-1", "secret")))))
                .at("/lines/0/note");

        assertThat(json.propertyNames()).containsExactly("subject", "encrypted");
        assertThat(json.path("subject").asString()).isEqualTo("c-1");
        assertThat(json.path("encrypted").asString()).matches("[A-Za-z0-9_-]{40,}");
    }

    @Test
    void theSameValueIsNeverEncryptedTheSameWayTwice() {
        assertThat(json(noted("c-1", "secret"))).isNotEqualTo(json(noted("c-1", "secret")));
    }

    @Test
    void afterForgettingPersonalReadsAsForgottenWhereverItStands() {
        var encoded = serializer.encode(Envelope.of(registered(new Random(1))));

        keys.forget("c-1");

        var read = (Registered) serializer.decodeMessage(encoded);
        var forgotten = new Personal.Forgotten<>("c-1");
        assertThat(read.id()).isEqualTo("c-1");
        assertThat(read.name()).isEqualTo(forgotten);
        assertThat(read.address()).isEqualTo(forgotten);
        assertThat(read.income()).isEqualTo(forgotten);
        assertThat(read.contact()).isEqualTo(forgotten);
        assertThat(read.contacts()).isEqualTo(forgotten);
        assertThat(read.friends())
                .isNotEmpty()
                .allMatch(friend -> friend.subject().equals("c-2"));
        assertThat(read.friends().getFirst()).isInstanceOf(Personal.Present.class);
        assertThat(read.days().values()).containsOnly(new Personal.Forgotten<>("c-1"));
        assertThat(read.age()).contains(new Personal.Forgotten<>("c-1"));
    }

    @Test
    void afterForgettingMarkedComponentsReadAsTheirReplacement() {
        var encoded = serializer.encode(Envelope.of(renamed(new Random(1))));

        keys.forget("c-1");

        assertThat(serializer.decodeMessage(encoded))
                .isEqualTo(new Renamed(
                        new CustomerId("c-1"),
                        "somebody",
                        Optional.empty(),
                        0,
                        List.of(),
                        new Address("", List.of(), null),
                        null,
                        "marriage"));
    }

    @Test
    void oneIsForgottenAndTheOthersStay() {
        var encoded = serializer.encode(Envelope.of(
                new Noted(List.of(new Line("c-1", "one"), new Line("c-2", "two"), new Line("c-1", "three")))));

        keys.forget("c-1");

        assertThat(serializer.decodeMessage(encoded))
                .isEqualTo(new Noted(List.of(new Line("c-1", ""), new Line("c-2", "two"), new Line("c-1", ""))));
    }

    @Test
    void aForgottenValueCanBeWrittenOnAndStaysForgotten() {
        keys.forget("c-1");
        Personal<String> forgotten = new Personal.Forgotten<>("c-1");

        var json = mapper.writeValueAsString(forgotten);

        assertThat(json).isEqualTo("{\"subject\":\"c-1\",\"forgotten\":true}");
        assertThat(mapper.readValue(json, Personal.class)).isEqualTo(forgotten);
    }

    @Test
    void nothingCanBeWrittenAboutAForgottenSubject() {
        keys.forget("c-1");

        assertThatExceptionOfType(SubjectForgottenException.class)
                .isThrownBy(() -> json(noted("c-1", "secret")))
                .withMessageContaining("'c-1' was forgotten")
                .withMessageNotContaining("secret")
                .satisfies(e -> assertThat(e.isTransient()).isFalse())
                .satisfies(e -> assertThat(e.subject()).isEqualTo("c-1"));
    }

    @Test
    void aLostKeyIsAnErrorAndNotForgotten() {
        var encoded = serializer.encode(Envelope.of(noted("c-1", "secret")));
        var afterLoss = serializer(serializer.types(), mapper(new InMemorySubjectKeys()));

        assertUndecodable(afterLoss, encoded, "subject 'c-1'", "there is no key", "restore the keys");
    }

    @Test
    void dataThatWasAlteredIsAnError() {
        var payload = json(noted("c-1", "secret"));
        var encrypted = mapper.readTree(payload).at("/lines/0/note/encrypted").asString();
        var last = encrypted.charAt(20) == 'A' ? 'B' : 'A';
        var altered = encrypted.substring(0, 20) + last + encrypted.substring(21);

        assertUndecodable(serializer, encoded(payload.replace(encrypted, altered)), "altered", "'c-1'");
        assertUndecodable(serializer, encoded(payload.replace(encrypted, encrypted.substring(8))), "altered", "'c-1'");
        assertUndecodable(serializer, encoded(payload.replace(encrypted, "AQ")), "altered", "too few");
        assertUndecodable(serializer, encoded(payload.replace(encrypted, "*")), "not base64url");
        assertUndecodable(serializer, encoded(payload.replace(encrypted, "Ag" + "A".repeat(60))), "version 2");
    }

    @Test
    void dataOfOneSubjectDoesNotPassForThatOfAnother() {
        keys.findOrCreate("c-2");
        var payload = json(new Noted(List.of(new Line("c-1", "secret"))));

        assertUndecodable(
                serializer, encoded(payload.replace("{\"subject\":\"c-1\"", "{\"subject\":\"c-2\"")), "another key");
    }

    @Test
    void anErrorInsideADecryptedValueDoesNotQuoteIt() {
        var text = mapper.readTree(json(noted("c-1", "secret"))).at("/lines/0/note");

        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> serializer.decodeMessage(new EncodedMessage(
                        UUID.randomUUID(),
                        "customer.renamed",
                        1,
                        Instant.EPOCH,
                        Metadata.NONE,
                        ("{\"customer\":\"c-1\",\"age\":" + text + "}").getBytes(UTF_8))))
                .withMessageContaining("does not fit")
                .withStackTraceContaining("UnreadablePersonalDataException")
                .satisfies(PersonalDataTest::assertSaysNothingSecret);
    }

    @Test
    void keysOutOfReachAreATransientFailureAndNoUndecodableMessage() {
        var encoded = serializer.encode(Envelope.of(noted("c-1", "secret")));
        var unreachable = serializer(serializer.types(), mapper(new Unreachable()));

        assertThatExceptionOfType(OutOfReach.class).isThrownBy(() -> unreachable.decodeMessage(encoded));
        assertThatExceptionOfType(OutOfReach.class)
                .isThrownBy(() -> unreachable.encode(Envelope.of(noted("c-1", "secret"))));
    }

    @Test
    void aNullStaysInTheClear() {
        var renamed = new Renamed(
                new CustomerId("c-1"), "secret", Optional.of("secret"), 3, List.of(), address(null), null, "marriage");

        assertThat(json(renamed)).doesNotContain("income");
        assertThat(serializer.decodeMessage(serializer.encode(Envelope.of(renamed))))
                .isEqualTo(renamed);
    }

    @Test
    void whatCouldNotBeReadAgainIsRefused() {
        var tooLong = new BigDecimal("9".repeat(MessageSerializer.MAX_NUMBER_LENGTH + 1));
        var renamed = new Renamed(
                new CustomerId("c-1"), "", Optional.empty(), 3, List.of(), address(null), tooLong, "marriage");

        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> json(renamed))
                .withMessageContaining("no JSON that could be read again");
    }

    @Test
    void whatWasWrittenBeforeAComponentWasMarkedIsStillRead() {
        var before = "{\"lines\":[{\"customer\":\"c-1\",\"note\":\"clear\"}]}";

        assertThat(serializer.decodeMessage(encoded(before))).isEqualTo(noted("c-1", "clear"));
        assertThat(mapper.readValue("{\"owner\":\"c-1\",\"home\":{\"street\":\"a\",\"lines\":[]}}", Home.class))
                .isEqualTo(new Home("c-1", new Address("a", List.of(), null)));
    }

    record Home(
            @DataSubject String owner,
            @PersonalData(replacement = "null") @Nullable Address home) {}

    @Test
    void theTextOfAPersonalValueNeverShowsIt() {
        assertThat(Personal.of("c-1", "secret").toString()).isEqualTo("Personal[of c-1]");
        assertThat(new Personal.Forgotten<>("c-1").toString()).isEqualTo("Personal[of c-1, forgotten]");
        assertThat(keys.findOrCreate("c-1").toString()).isEqualTo("Active");
        assertThat(Personal.of("c-1", "secret").orElse("nothing")).isEqualTo("secret");
        assertThat(new Personal.Forgotten<>("c-1").orElse("nothing")).isEqualTo("nothing");
    }

    @Test
    void aSubjectIsAShortPlainId() {
        for (var subject : List.of("", "x".repeat(201), "a\u0000b", "a\nb", "\ud800")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Personal.of(subject, "secret"))
                    .withMessageContaining("id of a data subject");
        }
        assertThat(Personal.of("x".repeat(200), "a").subject()).hasSize(200);
    }

    @Test
    void aMarkedComponentWhoseSubjectIsMissingIsRefused() {
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> json(noted(null, "secret")))
                .withMessageContaining("does not name a subject")
                .satisfies(PersonalDataTest::assertSaysNothingSecret);
    }

    @MessageType("plain")
    record Plain(Personal<String> name) implements DomainEvent {}

    @MessageType("nested")
    record Nested(List<Home> homes) implements DomainEvent {}

    @MessageType("unowned")
    record Unowned(@PersonalData String name) implements DomainEvent {}

    @MessageType("owned.twice")
    record OwnedTwice(
            @DataSubject String one,
            @DataSubject String two,
            @PersonalData String name) implements DomainEvent {}

    @MessageType("marked.twice")
    record MarkedTwice(
            @DataSubject String id,
            @PersonalData(replacement = "null") Personal<String> name) implements DomainEvent {}

    @MessageType("unreplaced")
    record Unreplaced(@DataSubject String id, @PersonalData LocalDate born) implements DomainEvent {}

    @MessageType("badly.replaced")
    record BadlyReplaced(
            @DataSubject String id,
            @PersonalData(replacement = "never") LocalDate born) implements DomainEvent {}

    @Test
    void aMapperWithoutTheModuleIsRefusedAtStart() {
        var bare = MessageSerializer.defaultMapper().build();
        for (Class<? extends Message> type : List.of(Plain.class, Nested.class, Noted.class, Renamed.class)) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .as(type.getName())
                    .isThrownBy(() -> serializer(MessageTypes.of(type), bare))
                    .withMessageContaining("in the clear")
                    .withMessageContaining("new PersonalDataModule(keys)");
        }
    }

    @Test
    void aMapperWithoutTheModuleWritesNothingInTheClear() {
        var bare = JsonMapper.builder().build();
        for (Object value : List.of(
                Personal.of("c-1", "secret"),
                new Plain(Personal.of("c-1", "secret")),
                noted("c-1", "secret"),
                Map.of("any", List.of(Personal.of("c-1", "secret"))))) {
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> bare.writeValueAsString(value))
                    .withStackTraceContaining("new PersonalDataModule(keys)");
        }
    }

    @Test
    void mistakesInTheMarksAreRefusedAtStart() {
        assertRefused(Unowned.class, "@DataSubject");
        assertRefused(OwnedTwice.class, "2 components with @DataSubject");
        assertRefused(MarkedTwice.class, "a Personal is personal data already");
        assertRefused(Unreplaced.class, "replacement = ");
        assertRefused(BadlyReplaced.class, "'never' is no JSON of java.time.LocalDate");
    }

    private void assertRefused(Class<? extends Message> type, String reason) {
        assertThatExceptionOfType(IllegalStateException.class)
                .as(type.getName())
                .isThrownBy(() -> serializer(MessageTypes.of(type), mapper))
                .withMessageContaining(reason);
    }

    private static void assertUndecodable(MessageSerializer serializer, EncodedMessage encoded, String... reasons) {
        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> serializer.decodeMessage(encoded))
                .satisfies(e -> assertThat(e.getMessage()).contains(reasons))
                .satisfies(PersonalDataTest::assertSaysNothingSecret);
    }

    private static void assertSaysNothingSecret(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain("secret");
        }
    }

    private String json(DomainEvent event) {
        return new String(serializer.encode(Envelope.of(event)).payload(), UTF_8);
    }

    private static EncodedMessage encoded(String noted) {
        return new EncodedMessage(
                UUID.randomUUID(), "customers.noted", 1, Instant.EPOCH, Metadata.NONE, noted.getBytes(UTF_8));
    }

    private static Noted noted(@Nullable String subject, String note) {
        return new Noted(List.of(new Line(subject, note)));
    }

    private static Noted noted(Random random) {
        return new Noted(List.of(new Line("c-1", text(random)), new Line("c-2", text(random))));
    }

    private static Registered registered(Random random) {
        return new Registered(
                "c-1",
                Personal.of("c-1", text(random)),
                Personal.of("c-1", random.nextBoolean() ? address(address(null)) : null),
                Personal.of("c-1", decimal(random)),
                Personal.of("c-1", contact(random)),
                Personal.of("c-1", contacts(random)),
                List.of(Personal.of("c-2", text(random))),
                Map.of("birth", Personal.of("c-1", LocalDate.ofEpochDay(random.nextInt(40_000)))),
                Optional.of(Personal.of("c-1", random.nextInt())));
    }

    private static Renamed renamed(Random random) {
        return new Renamed(
                new CustomerId("c-1"),
                text(random),
                random.nextBoolean() ? Optional.empty() : Optional.of(text(random)),
                random.nextInt(),
                contacts(random),
                address(address(null)),
                random.nextBoolean() ? null : decimal(random),
                "marriage");
    }

    private static Address address(@Nullable Address former) {
        return new Address("secret street", List.of("secret", ""), former);
    }

    private static Contact contact(Random random) {
        return random.nextBoolean() ? new Email("secret@example.com") : new Phone(random.nextLong());
    }

    private static List<Contact> contacts(Random random) {
        var contacts = new ArrayList<Contact>();
        for (int i = random.nextInt(4); i > 0; i--) {
            contacts.add(contact(random));
        }
        return contacts;
    }

    private static BigDecimal decimal(Random random) {
        return new BigDecimal(new BigInteger(1 + random.nextInt(200), random), random.nextInt(40) - 10);
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(20), 0, 0x110000)
                .filter(c -> c < 0xD800 || c > 0xDFFF)
                .collect(() -> new StringBuilder("secret"), StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static final class OutOfReach extends HeadwaterException {
        private static final long serialVersionUID = 1L;

        OutOfReach() {
            super("out of reach", null);
        }

        @Override
        public boolean isTransient() {
            return true;
        }
    }

    private static final class Unreachable implements SubjectKeys {
        @Override
        public Optional<SubjectKey> find(String subject) {
            throw new OutOfReach();
        }

        @Override
        public SubjectKey findOrCreate(String subject) {
            throw new OutOfReach();
        }

        @Override
        public boolean forget(String subject) {
            throw new OutOfReach();
        }
    }
}
