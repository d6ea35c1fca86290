package dev.headwater.schema.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.evolution.JsonEdit;
import dev.headwater.evolution.Upcasters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaLockTest {

    @TempDir
    private Path project;

    private Path file;
    private SchemaLock lock;

    record Paid(String order, long cents) implements DomainEvent {}

    record PaidWithNote(String order, long cents, Optional<String> note) implements DomainEvent {}

    record PaidInCurrency(String order, long cents, String currency) implements DomainEvent {}

    @BeforeEach
    void atAFile() {
        file = project.resolve("schema.lock.json");
        lock = SchemaLock.at(file);
    }

    @Test
    void theFileIsReadableAndTheSameEveryTime() throws IOException {
        lock.update(types(Paid.class, 1));

        assertThat(file).hasContent("""
                {
                  "headwater-schema-lock": 1,
                  "types": {
                    "order.paid": {
                      "versions": {
                        "1": {
                          "$schema": "https://json-schema.org/draft/2020-12/schema",
                          "$id": "urn:headwater:order.paid:1",
                          "title": "order.paid",
                          "type": "object",
                          "properties": {
                            "order": {
                              "type": "string"
                            },
                            "cents": {
                              "type": "integer",
                              "minimum": -9223372036854775808,
                              "maximum": 9223372036854775807
                            }
                          },
                          "required": [ "cents", "order" ]
                        }
                      }
                    }
                  }
                }""");
        var text = Files.readString(file);
        Files.delete(file);
        lock.update(types(Paid.class, 1));
        assertThat(file).hasContent(text);
    }

    @Test
    void anUpdateFollowsACompatibleChangeAndIsThenCurrent() {
        lock.update(types(Paid.class, 1));

        var verdict = lock.check(types(PaidWithNote.class, 1));
        assertThat(verdict.isCurrent()).isFalse();
        assertThat(verdict.isBroken()).isFalse();

        lock.update(types(PaidWithNote.class, 1));
        lock.check(types(PaidWithNote.class, 1)).requireCurrent();
    }

    @Test
    void earlierVersionsStayInTheLock() {
        lock.update(types(Paid.class, 1));
        var second = types(PaidInCurrency.class, 2);
        lock.update(second);
        lock.check(second).requireCurrent();

        assertThat(LockFile.read(file).get("order.paid").versions()).containsOnlyKeys(1, 2);
    }

    @Test
    void anUpdateRefusesABreakAndWritesNothing() throws IOException {
        lock.update(types(Paid.class, 1));
        var before = Files.readString(file);

        assertThatThrownBy(() -> lock.update(types(PaidInCurrency.class, 1)))
                .isInstanceOf(SchemaLockException.class)
                .hasMessageContaining("'currency' is new and required");
        assertThat(file).hasContent(before);
    }

    @Test
    void theVerdictThrowsItsWholeMessage() {
        var verdict = lock.updatedBy("make lock").check(types(Paid.class, 1));

        assertThatThrownBy(verdict::requireCurrent)
                .isInstanceOf(SchemaLockException.class)
                .hasMessage("""
                        schema.lock.json has to be updated:
                        - order.paid version 1 is new.
                          Run: make lock""");
    }

    @Test
    void aDamagedLockIsRefused() throws IOException {
        for (var damaged : new String[] {
            "",
            "[",
            "{}",
            "{\"headwater-schema-lock\": 2}",
            "{\"headwater-schema-lock\": 1, \"types\": {\"a\": {}}}",
            "{\"headwater-schema-lock\": 1, \"types\": {\"a\": {\"versions\": {\"0\": {}}}}}"
        }) {
            Files.writeString(file, damaged);

            assertThatThrownBy(() -> lock.check(types(Paid.class, 1)))
                    .as(damaged)
                    .isInstanceOf(SchemaLockException.class)
                    .hasMessageContaining("restore it from version control");
        }
    }

    private static MessageModel types(Class<? extends DomainEvent> type, int version) {
        var types = MessageTypes.builder().add(type, "order.paid", version).build();
        var upcasters = Upcasters.builder();
        for (int from = 1; from < version; from++) {
            upcasters.step("order.paid", from, JsonEdit.none());
        }
        var serializer =
                MessageSerializer.builder(types).upcasters(upcasters.build()).build();
        return () -> serializer;
    }
}
