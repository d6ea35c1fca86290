package dev.headwater.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

/** What the promises of the broker rest on is not for the application to choose. */
class KafkaSettingsTest {

    @Test
    void aProducerHasOneRequestUnderWayWhateverTheApplicationSays() {
        Map<String, Object> given = Map.of(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);

        assertThat(new KafkaSettings(given, Duration.ofSeconds(15)).producer())
                .containsEntry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    }
}
