package dev.headwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UuidV7Test {

    @Test
    void hasTheVersionAndVariantOfTheStandard() {
        for (int i = 0; i < 10_000; i++) {
            var id = UuidV7.next();
            assertThat(id.version()).isEqualTo(7);
            assertThat(id.variant()).isEqualTo(2);
        }
    }

    @Test
    void beginsWithTheTime() {
        long before = System.currentTimeMillis();
        var id = UuidV7.next();

        // The time stamp may run ahead of the clock after many ids within one millisecond, but only a little.
        assertThat(id.getMostSignificantBits() >>> 16).isBetween(before, System.currentTimeMillis() + 1_000);
    }

    @Test
    void everyIdSortsBehindTheOnesBefore() {
        var ids =
                Stream.generate(UuidV7::next).limit(50_000).map(UUID::toString).toList();

        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void threadsNeverShareAnId() throws Exception {
        Callable<List<UUID>> many =
                () -> Stream.generate(UuidV7::next).limit(5_000).toList();
        var all = new ArrayList<UUID>();
        try (var executor = Executors.newFixedThreadPool(4)) {
            for (var ids :
                    executor.invokeAll(IntStream.range(0, 8).mapToObj(i -> many).toList())) {
                assertThat(ids.get().stream().map(UUID::toString)).isSorted();
                all.addAll(ids.get());
            }
        }

        assertThat(new HashSet<>(all)).hasSize(40_000);
    }

    @Test
    void theLowerHalfIsRandom() {
        long ones = 0;
        long zeros = 0;
        for (int i = 0; i < 1_000; i++) {
            ones |= UuidV7.next().getLeastSignificantBits();
            zeros |= ~UuidV7.next().getLeastSignificantBits();
        }

        assertThat(ones).isEqualTo(0xBFFF_FFFF_FFFF_FFFFL);
        assertThat(zeros).isEqualTo(0x7FFF_FFFF_FFFF_FFFFL);
    }
}
