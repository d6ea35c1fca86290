package dev.headwater.testkit;

import dev.headwater.store.StoreUnavailableException;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import java.util.concurrent.atomic.AtomicInteger;

/** A page whose commit fails a few times, before it or after it, as far as the caller can tell. */
record FailingPage<T>(PageTransaction<T> page, AtomicInteger before, AtomicInteger after)
        implements PageTransaction<T> {

    @Override
    public T transaction() {
        return page.transaction();
    }

    @Override
    public Mark mark() throws Exception {
        return page.mark();
    }

    @Override
    public void park(Letter letter) {
        page.park(letter);
    }

    @Override
    public boolean settle(DeadLetter letter) throws Exception {
        return page.settle(letter);
    }

    @Override
    public void forgetEffects(long position) {
        page.forgetEffects(position);
    }

    @Override
    public void commit() throws Exception {
        fail(before);
        page.commit();
        fail(after);
    }

    private static void fail(AtomicInteger times) {
        if (times.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new StoreUnavailableException("The connection was lost", null);
        }
    }

    @Override
    public void abort() {
        page.abort();
    }

    @Override
    public void close() {
        page.close();
    }
}
