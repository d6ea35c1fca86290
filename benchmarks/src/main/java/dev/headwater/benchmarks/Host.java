package dev.headwater.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the figures were measured on. */
final class Host {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Host() {}

    static String machine() {
        return String.format(
                Locale.ROOT,
                "%d cores of %s, %.0f GB of memory, %s %s (%s)",
                Runtime.getRuntime().availableProcessors(),
                processor(),
                system().getTotalMemorySize() / 1e9,
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"));
    }

    static String java() {
        return String.format(
                Locale.ROOT,
                "%s %s, heap of at most %.1f GB",
                System.getProperty("java.vm.name"),
                System.getProperty("java.vm.version"),
                Runtime.getRuntime().maxMemory() / 1e9);
    }

    /** The processes that wanted to run during the last minute, on average; negative where that is not known. */
    static double load() {
        return system().getSystemLoadAverage();
    }

    /** The CPU time of this process so far, in microseconds. */
    static long cpuMicros() {
        return system().getProcessCpuTime() / 1000;
    }

    private static String processor() {
        if (Files.isReadable(CPU_INFO)) {
            try (var lines = Files.lines(CPU_INFO)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("an unnamed processor");
            } catch (IOException e) {
                Progress.say("The name of the processor cannot be read: " + e);
            }
        }
        return "an unnamed processor";
    }

    private static OperatingSystemMXBean system() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    }
}
