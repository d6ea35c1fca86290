package dev.headwater.schema.derivation;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.memory.InMemorySubjectKeys;
import dev.headwater.privacy.DataSubject;
import dev.headwater.privacy.Personal;
import dev.headwater.privacy.PersonalData;
import dev.headwater.privacy.PersonalDataModule;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Personal data is an object on the wire, whatever it is in the code. */
class PersonalDataSchemaTest {

    @MessageType("registered")
    record Registered(
            @DataSubject String id,
            Personal<String> email,
            @PersonalData(replacement = "unknown") String name) implements DomainEvent {}

    private final InMemorySubjectKeys keys = new InMemorySubjectKeys();
    private final MessageSerializer serializer = MessageSerializer.builder(MessageTypes.of(Registered.class))
            .mapper(MessageSerializer.defaultMapper()
                    .addModule(new PersonalDataModule(keys))
                    .build())
            .build();
    private final Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaGenerator.of(serializer.mapper())
                    .schemasOf(serializer.types())
                    .getFirst()
                    .schema());

    @Test
    void whatIsEncryptedAndWhatIsForgottenFitsTheSchema() {
        requireFits(new Registered("ada", Personal.of("ada", "ada@example.org"), "Ada"));
        requireFits(new Registered("ada", new Personal.Forgotten<>("ada"), "Ada"));
    }

    @Test
    void plaintextDoesNotFitTheSchema() {
        assertThat(schema.validate("{\"id\":\"ada\",\"email\":\"ada@example.org\",\"name\":\"Ada\"}", InputFormat.JSON))
                .isNotEmpty();
    }

    private void requireFits(Registered registered) {
        var json = new String(serializer.encode(Envelope.of(registered)).payload(), StandardCharsets.UTF_8);
        assertThat(schema.validate(json, InputFormat.JSON)).as(json).isEmpty();
    }
}
