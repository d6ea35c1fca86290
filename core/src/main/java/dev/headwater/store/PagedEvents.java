package dev.headwater.store;

import dev.headwater.MessageSerializer;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.Page;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;

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
    private final Function<StoredEvent, List<StoredEvent>> meaning;
    private Iterator<EncodedEvent> page = Collections.emptyIterator();
    private List<StoredEvent> events = List.of();
    private int next;
    private long through;
    private boolean end;
    private int limit = FIRST_PAGE;

    /**
     * Reads from a place on.
     *
     * @param meaning the events that are made of a stored one
     */
    PagedEvents(
            long beyond,
            PageReader reader,
            MessageSerializer serializer,
            Function<StoredEvent, List<StoredEvent>> meaning) {
        super(Long.MAX_VALUE, ORDERED | NONNULL | IMMUTABLE);
        this.through = beyond;
        this.reader = reader;
        this.serializer = serializer;
        this.meaning = meaning;
    }

    @Override
    public boolean tryAdvance(Consumer<? super StoredEvent> action) {
        while (next == events.size()) {
            if (page.hasNext()) {
                events = meaning.apply(new StoredEvent(page.next(), serializer));
                next = 0;
            } else if (end) {
                return false;
            } else {
                fetch();
            }
        }
        action.accept(events.get(next++));
        return true;
    }

    private void fetch() {
        var fetched = reader.read(through, limit);
        page = fetched.events().iterator();
        through = fetched.through();
        end = fetched.end();
        limit = Math.min(2 * limit, LARGEST_PAGE);
    }
}
