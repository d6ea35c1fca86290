package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headwater.testkit.ContractEvent.Counted;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Hints that something was appended, for readers who would otherwise poll. */
abstract class HintContract extends StorageContract {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    HintContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void comeAfterAnAppendHere() {
        var hints = new AtomicInteger();
        store.onAppend(hints::incrementAndGet);

        assertEquals(1, store.append(STREAM, ANY, new Counted(1)).lastPosition());

        Await.until("a hint came", LIMIT, () -> hints.get() > 0);
    }

    @Test
    void comeAfterAnAppendElsewhere() {
        var hints = new AtomicInteger();
        store.onAppend(hints::incrementAndGet);

        assertEquals(1, elsewhere.append(STREAM, ANY, new Counted(1)).lastPosition());

        Await.until("a hint came", LIMIT, () -> hints.get() > 0);
    }

    @Test
    void comeToEveryoneWhoStillWantsThem() {
        var ended = new AtomicInteger();
        var first = new AtomicInteger();
        var second = new AtomicInteger();
        store.onAppend(ended::incrementAndGet).close();
        int beforeTheEnd = ended.get();
        store.onAppend(first::incrementAndGet);
        store.onAppend(second::incrementAndGet);

        assertEquals(1, store.append(STREAM, ANY, new Counted(1)).lastPosition());

        Await.until("both hints came", LIMIT, () -> first.get() > 0 && second.get() > 0);
        assertEquals(beforeTheEnd, ended.get(), "hints that were ended before the append");
    }

    @Test
    void harmNobodyWhenTheyFail() {
        var hints = new AtomicInteger();
        store.onAppend(() -> {
            throw new IllegalStateException("a hint that fails on purpose");
        });
        store.onAppend(hints::incrementAndGet);

        assertEquals(1, store.append(STREAM, ANY, new Counted(1)).version(STREAM));
        assertEquals(2, store.append(STREAM, ANY, new Counted(2)).version(STREAM));

        Await.until("the other hint came", LIMIT, () -> hints.get() > 0);
        assertEquals(counted(2), stream(STREAM));
    }
}
