package dev.headwater.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BoundedMemoryTest extends ExportedFiles {

    @Test
    void aLogLargerThanTheMemoryIsExportedAndImported() throws Exception {
        requireSuccess("60000", "3000");
    }

    @Test
    void aLogOfLargeEventsIsExportedAndImported() throws Exception {
        requireSuccess("1100", "200000");
    }

    private void requireSuccess(String events, String payloadBytes) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(
                        java,
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SyntheticLog.class.getName(),
                        file("large.ndjson.gz").toString(),
                        events,
                        payloadBytes)
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
    }
}
