package dev.headwater.examples.shop.importing;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Imports everything from a source, many invoices at a time, each on a virtual thread of its own.
 *
 * <p>Appends that wait for one another's turn are what the event store commits together. The order in which invoices
 * are recorded is of no importance, and no more than a bounded number of them are in memory.
 */
public final class ConcurrentImport {

    private static final int AT_ONCE = 64;

    private final Importer importer;
    private final Runnable afterInvoice;
    private final Semaphore permits = new Semaphore(AT_ONCE);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** Prepares an import; {@code afterInvoice} is called after every invoice, by many threads. */
    public ConcurrentImport(Importer importer, Runnable afterInvoice) {
        this.importer = importer;
        this.afterInvoice = afterInvoice;
    }

    /** Imports everything and returns when it is durable; after a failure, which is thrown, nothing more is begun. */
    public void run(InvoiceSource source) throws InterruptedException {
        try {
            source.read(
                    invoice -> begin(() -> {
                        importer.importInvoice(invoice);
                        afterInvoice.run();
                    }),
                    rows -> begin(() -> importer.importUnassigned(rows)));
        } finally {
            permits.acquire(AT_ONCE);
        }
        throwFailure();
    }

    private void begin(Runnable task) {
        throwFailure();
        permits.acquireUninterruptibly();
        Thread.ofVirtual().start(() -> {
            try {
                task.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            } finally {
                permits.release();
            }
        });
    }

    private void throwFailure() {
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}
