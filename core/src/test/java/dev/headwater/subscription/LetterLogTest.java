package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.RecordedLog;
import dev.headwater.failure.Failure;
import dev.headwater.subscription.spi.Letter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** However many events are set aside, the log gets a line a second. */
class LetterLogTest {

    private final AtomicLong nanoTime = new AtomicLong();
    private final LetterLog log = new LetterLog("paced", nanoTime::get);
    private final RecordedLog.Recording recorded = RecordedLog.record();

    @AfterEach
    void stopRecording() {
        recorded.close();
    }

    @Test
    void fiveThousandLettersInASecondAreTwoLines() {
        for (int i = 0; i < 5_000; i++) {
            log.parked(letter(Optional.of(Failure.of(new IllegalStateException()))));
        }
        assertThat(lines()).hasSize(1);
        assertThat(log.hasMore()).isTrue();

        nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
        log.say();

        assertThat(lines()).hasSize(2);
        assertThat(lines().getLast()).contains("so were 4998 more since the last such line");
        assertThat(log.hasMore()).isFalse();
    }

    @Test
    void whatOnlyWaitsBehindAnotherIsNoLine() {
        log.parked(letter(Optional.empty()));

        assertThat(lines()).isEmpty();
    }

    private List<String> lines() {
        return recorded.lines().stream()
                .filter(line -> line.contains("'paced' could not handle"))
                .toList();
    }

    private static Letter letter(Optional<Failure> failure) {
        return new Letter(0, "key", Stored.event("s", 1, 1), DeadLetter.State.PARKED, 1, Optional.empty(), failure);
    }
}
