package dev.headwater.subscription;

import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that is begun when there is something to write, so that none is open while a handler works that needs
 * none. Used by one thread.
 */
final class LateTransaction<T> implements PageTransaction<T> {

    private final Callable<PageTransaction<T>> begin;
    private final List<Letter> letters = new ArrayList<>();
    private @Nullable PageTransaction<T> begun;

    LateTransaction(Callable<PageTransaction<T>> begin) {
        this.begin = begin;
    }

    private PageTransaction<T> begun() throws Exception {
        var known = begun;
        if (known == null) {
            known = begin.call();
            begun = known;
        }
        return known;
    }

    /** Refuses: whoever writes through a transaction needs one that is open from the beginning. */
    @Override
    public T transaction() {
        throw new UnsupportedOperationException("A handler that hands events on has no transaction");
    }

    /** Nothing was written that could be undone. */
    @Override
    public Mark mark() {
        return new Mark() {
            @Override
            public void keep() {}

            @Override
            public void undo(Throwable failure) {}
        };
    }

    @Override
    public void park(Letter letter) {
        letters.add(letter);
    }

    @Override
    public boolean settle(DeadLetter letter) throws Exception {
        return begun().settle(letter);
    }

    @Override
    public void forgetEffects(long position) {
        if (begun != null) {
            begun.forgetEffects(position);
        }
    }

    @Override
    public void commit() throws Exception {
        var page = begun();
        letters.forEach(page::park);
        page.commit();
    }

    @Override
    public void close() {
        if (begun != null) {
            begun.close();
        }
    }
}
