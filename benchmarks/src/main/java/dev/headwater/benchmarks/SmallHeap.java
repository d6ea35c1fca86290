package dev.headwater.benchmarks;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;

/** Reads the whole log in a Java process with a heap of {@value #MEGABYTES} MB. */
final class SmallHeap {

    /** The size of that heap. */
    static final int MEGABYTES = 256;

    private SmallHeap() {}

    /**
     * How it went.
     *
     * @param events how many events were read
     * @param expected how many there are
     * @param perSecond events per second, the start of the process left out
     * @param firstQuarterBytes the most heap in use after a collection, while the first quarter was read
     * @param lastQuarterBytes the same for the last quarter
     */
    record Result(long events, long expected, double perSecond, long firstQuarterBytes, long lastQuarterBytes) {

        /** Whether every event came through. */
        boolean isComplete() {
            return events == expected;
        }

        /** One line, to be read by {@link #parse}. */
        String format() {
            return events + " " + expected + " " + perSecond + " " + firstQuarterBytes + " " + lastQuarterBytes;
        }

        static Result parse(String line) {
            var words = line.split(" ", -1);
            return new Result(
                    Long.parseLong(words[0]),
                    Long.parseLong(words[1]),
                    Double.parseDouble(words[2]),
                    Long.parseLong(words[3]),
                    Long.parseLong(words[4]));
        }
    }

    /** Runs the process; one that fails, for want of memory or otherwise, gives a result that is not complete. */
    static Result read(String url, long events) throws IOException, InterruptedException {
        Progress.say("read: once more in a heap of " + MEGABYTES + " MB");
        var child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + MEGABYTES + "m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeapReader.class.getName()))
                .redirectError(Redirect.INHERIT)
                .start();
        try (var input = child.outputWriter();
                var output = child.inputReader()) {
            // Not as an argument: the URL may hold a password, and other users see arguments.
            input.write(url + "\n" + events + "\n");
            input.flush();
            var line = output.readLine();
            return child.waitFor() == 0 && line != null ? Result.parse(line) : new Result(0, events, 0, 0, 0);
        } finally {
            child.destroyForcibly();
        }
    }
}
