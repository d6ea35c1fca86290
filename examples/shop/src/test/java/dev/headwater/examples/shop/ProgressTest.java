package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Test
    void whereNobodyWatchesEachQuarterIsALine() {
        try (var progress = lines(2_000)) {
            for (int step = 0; step <= 2_000; step++) {
                progress.at(step);
                progress.at(step / 2);
            }
        }
        assertThat(text()).isEqualToNormalizingNewlines("""
                Work: 500 of 2,000
                Work: 1,000 of 2,000
                Work: 1,500 of 2,000
                Work: 2,000 of 2,000
                """);
    }

    @Test
    void nothingToDoIsDoneAtOnceAndMoreThanEverythingIsNoNews() {
        try (var progress = lines(0)) {
            progress.at(0);
            progress.at(7);
        }
        assertThat(text().lines()).hasSize(1);
    }

    @Test
    void workThatGrewMeanwhileIsNotMoreThanAllOfIt() {
        try (var progress = lines(10)) {
            progress.at(13);
        }
        assertThat(text().strip()).isEqualTo("Work: 10 of 10");
    }

    private Progress lines(long steps) {
        return new Progress.Lines("Work", steps, new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
