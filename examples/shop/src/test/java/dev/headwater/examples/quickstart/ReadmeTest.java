package dev.headwater.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    private static final Path README = Path.of("../../README.md");
    private static final Path SOURCE = Path.of("src/main/java/dev/headwater/examples/quickstart/Quickstart.java");

    @Test
    void theFirstProgramOfTheReadmeIsTheOneThatIsCompiled() throws IOException {
        var program = between(Files.readString(SOURCE), "    // snippet:quickstart\n", "    // end\n")
                .indent(-4);

        assertThat(between(Files.readString(README), "```java\n", "```\n")).isEqualTo(program);
    }

    @Test
    void theFirstProgramDoesWhatItShows() throws Exception {
        var former = System.out;
        var printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Quickstart.main(new String[0]);
        } finally {
            System.setOut(former);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("""
                1 Opened[owner=Ada]
                2 Deposited[amount=12.50]
                Balance: 12.50
                """);
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        assertThat(from).as("the place of '%s'", start.strip()).isGreaterThanOrEqualTo(start.length());
        return text.substring(from, text.indexOf(end, from));
    }
}
