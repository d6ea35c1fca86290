package dev.headwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UuidV8Test {

    private static final UUID ORIGIN = UUID.fromString("0190a000-1234-7abc-8def-0123456789ab");

    @Test
    void isTheSameEachTime() {
        assertThat(UuidV8.of(ORIGIN, "event 0")).isEqualTo(UuidV8.of(ORIGIN, "event 0"));
        assertThat(UuidV8.of(ORIGIN, "event 0")).hasToString("0190a000-1234-8792-b024-bf787a511d90");
    }

    @Test
    void isOfVersionEightAndBeginsAsItsOrigin() {
        var id = UuidV8.of(ORIGIN, "event 0");

        assertThat(id.version()).isEqualTo(8);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.toString()).startsWith("0190a000-1234-");
    }

    @Test
    void differsByNameAndByOrigin() {
        var ids = new HashSet<UUID>();
        for (int i = 0; i < 1_000; i++) {
            ids.add(UuidV8.of(ORIGIN, "event " + i));
            ids.add(UuidV8.of(new UUID(ORIGIN.getMostSignificantBits(), i), "event 0"));
        }

        assertThat(ids).hasSize(2_000);
    }
}
