package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.store.StoredEvent;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many events are read at once follows from how large they are. */
class PageSizeTest {

    @Test
    void aPageOfLargeEventsIsFollowedByASmallerOne() {
        var size = new PageSize(10_000);

        size.learn(page(100, 1 << 20));

        assertThat(size.next()).isEqualTo(16);
    }

    @Test
    void oneEventIsReadHoweverLargeItIs() {
        var size = new PageSize(10_000);

        size.learn(page(1, 60 << 20));

        assertThat(size.next()).isEqualTo(1);
    }

    @Test
    void pagesOfSmallEventsGrowStepByStepUpToTheSizeThatWasChosen() {
        var size = new PageSize(1_500);
        assertThat(size.next()).isEqualTo(500);

        size.learn(page(500, 100));
        assertThat(size.next()).isEqualTo(1_000);
        size.learn(page(1_000, 100));

        assertThat(size.next()).isEqualTo(1_500);
    }

    @Test
    void metadataCountsAsThePayloadDoes() {
        var size = new PageSize(10_000);

        size.learn(Collections.nCopies(100, Stored.withMetadata("x".repeat(1 << 20))));

        assertThat(size.next()).isLessThanOrEqualTo(16);
    }

    private static List<StoredEvent> page(int events, int bytes) {
        return Collections.nCopies(events, Stored.event("s", 1, bytes));
    }
}
