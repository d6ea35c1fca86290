package dev.headwater.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcessGuideTest {

    private static final Path GUIDE = Path.of("../../docs/processes.md");
    private static final Path SOURCE =
            Path.of("src/main/java/dev/headwater/examples/quickstart/ProcessQuickstart.java");

    @Test
    void theProgramOfTheGuideIsTheOneThatIsCompiled() throws IOException {
        var program = between(Files.readString(SOURCE), "    // snippet:process\n", "    // end\n")
                .indent(-4);

        assertThat(between(Files.readString(GUIDE), "```java\n", "```\n")).isEqualTo(program);
    }

    @Test
    void theTableOfTheGuideIsTheOneThatIsPrinted() throws IOException {
        var guide = Files.readString(GUIDE);

        assertThat(between(guide, "```text\n", "```\n")).isEqualTo(ProcessQuickstart.PAYMENT.table());
        assertThat(between(guide, "```mermaid\n", "```\n")).isEqualTo(ProcessQuickstart.PAYMENT.diagram());
    }

    @Test
    void theProgramDoesWhatItShows() throws Exception {
        var former = System.out;
        var printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            ProcessQuickstart.main(new String[0]);
        } finally {
            System.setOut(former);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("PAID\n", ProcessQuickstart.PAYMENT.table())
                .doesNotContain("CancelOrder[", "RefundPayment[");
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        assertThat(from).as("the place of '%s'", start.strip()).isGreaterThanOrEqualTo(start.length());
        return text.substring(from, text.indexOf(end, from));
    }
}
