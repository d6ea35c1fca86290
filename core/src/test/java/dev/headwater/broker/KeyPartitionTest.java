package dev.headwater.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyPartitionTest {

    /** The hashes that Kafka's own tests expect. */
    @Test
    void hashesKeysAsKafkaDoes() {
        assertThat(KeyPartition.murmur2("21".getBytes(UTF_8))).isEqualTo(-973932308);
        assertThat(KeyPartition.murmur2("foobar".getBytes(UTF_8))).isEqualTo(-790332482);
        assertThat(KeyPartition.murmur2("a-little-bit-long-string".getBytes(UTF_8)))
                .isEqualTo(-985981536);
        assertThat(KeyPartition.murmur2("a-little-bit-longer-string".getBytes(UTF_8)))
                .isEqualTo(-1486304829);
        assertThat(KeyPartition.murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8".getBytes(UTF_8)))
                .isEqualTo(-58897971);
        assertThat(KeyPartition.murmur2("abc".getBytes(UTF_8))).isEqualTo(479470107);
    }

    @Test
    void everyPartitionGetsKeys() {
        assertThat(IntStream.range(0, 1000)
                        .mapToObj(i -> KeyPartition.of(("order-" + i).getBytes(UTF_8), 6))
                        .distinct())
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    }
}
