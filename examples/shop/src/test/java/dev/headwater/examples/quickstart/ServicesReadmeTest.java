package dev.headwater.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ServicesReadmeTest {

    private static final Path README = Path.of("../../README.md");
    private static final Path SOURCE =
            Path.of("src/main/java/dev/headwater/examples/quickstart/ServicesQuickstart.java");

    @Test
    void theProgramThatGrowsPastOneProcessIsTheOneThatIsCompiled() throws IOException {
        var source = Files.readString(SOURCE);
        var start = "    // snippet:services\n";
        int from = source.indexOf(start) + start.length();
        var program = source.substring(from, source.indexOf("    // end\n")).indent(-4);

        assertThat(Files.readString(README)).contains("```java\n" + program + "```\n");
    }

    @Test
    void theHandlersHearTheSameInOneProcessAndBetweenTwo() throws Exception {
        var former = System.out;
        var printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            ServicesQuickstart.main(new String[0]);
        } finally {
            System.setOut(former);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("""
                reserved the goods of order 1
                reserved the goods of order 2
                """);
    }
}
