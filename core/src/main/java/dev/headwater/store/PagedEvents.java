package dev.headwater.store;

import dev.headwater.MessageSerializer;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.Page;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.function.Consumer;

/**
 * Fetches pages as their events are consumed; small reads stay small, long ones soon fetch as much at a time as pays.
 */
final class PagedEvents extends Spliterators.AbstractSpliterator<StoredEvent> {

    private static final int FIRST_PAGE = 128;
    private static final int LARGEST_PAGE = 2048;

    /** Reads the page next to {@code beyond}. */
    @FunctionalInterface
    interface PageReader {
        Page read(long beyond, int limit);
    }

    private final PageReader reader;
    private final MessageSerializer serializer;
    private Iterator<EncodedEvent> page = List.<EncodedEvent>of().iterator();
    private long through;
    private boolean end;
    private int limit = FIRST_PAGE;

    PagedEvents(long beyond, PageReader reader, MessageSerializer serializer) {
        super(Long.MAX_VALUE, ORDERED | NONNULL | IMMUTABLE);
        this.through = beyond;
        this.reader = reader;
        this.serializer = serializer;
    }

    @Override
    public boolean tryAdvance(Consumer<? super StoredEvent> action) {
        while (!page.hasNext()) {
            if (end) {
                return false;
            }
            fetch();
        }
        action.accept(new StoredEvent(page.next(), serializer));
        return true;
    }

    private void fetch() {
        var next = reader.read(through, limit);
        page = next.events().iterator();
        through = next.through();
        end = next.end();
        limit = Math.min(2 * limit, LARGEST_PAGE);
    }
}
