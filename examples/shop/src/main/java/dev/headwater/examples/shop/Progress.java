package dev.headwater.examples.shop;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Help.Ansi;

/** Tells whoever is waiting how far a piece of work is. Thread-safe. */
interface Progress extends AutoCloseable {

    /** So many steps are done by now; less than was said before is ignored. */
    void at(long steps);

    @Override
    void close();

    /** Shows a bar where somebody watches a terminal, else a line now and then. */
    static Progress of(String task, long steps, PrintStream out) {
        return Ansi.AUTO.enabled() ? new Bar(task, steps, out) : new Lines(task, steps, out);
    }

    /** A bar that is drawn again and again. */
    final class Bar implements Progress {

        private static final int UPDATE_MILLIS = 200;

        private final ProgressBar bar;

        private Bar(String task, long steps, PrintStream out) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(steps)
                    .setUpdateIntervalMillis(UPDATE_MILLIS)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setConsumer(new ConsoleProgressBarConsumer(out))
                    .build();
        }

        @Override
        public void at(long steps) {
            bar.stepTo(Math.max(steps, bar.getCurrent()));
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /** A line for each quarter of the work. */
    final class Lines implements Progress {

        private static final int PARTS = 4;

        private final String task;
        private final long steps;
        private final PrintStream out;
        private final ReentrantLock lock = new ReentrantLock();
        private long partsShown;

        Lines(String task, long steps, PrintStream out) {
            this.task = task;
            this.steps = steps;
            this.out = out;
        }

        @Override
        public void at(long done) {
            lock.lock();
            try {
                long parts = steps == 0 ? PARTS : Math.min(PARTS, done * PARTS / steps);
                if (parts > partsShown) {
                    partsShown = parts;
                    out.printf(Locale.ROOT, "%s: %,d of %,d%n", task, Math.min(done, steps), steps);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {}
    }
}
