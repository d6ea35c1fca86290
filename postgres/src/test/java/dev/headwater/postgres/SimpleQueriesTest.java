package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A driver that sends everything as text, as some connection poolers ask for. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SimpleQueriesTest {

    @Test
    void appendsOnEveryWayAndReads() {
        var url = TestServers.newest().jdbcUrl();
        try (var database = PostgresDatabase.builder()
                        .url(url + (url.contains("?") ? "&" : "?") + "preferQueryMode=simple")
                        .schema(TestServers.freshSchema())
                        .open();
                var store = Events.store(database.eventStorage())) {
            for (int i = 0; i < 5; i++) {
                store.append(new StreamId("a-" + i), ExpectedVersion.noStream(), new Events.Counted(1));
                store.append(new StreamId("a-" + i), ExpectedVersion.exactly(1), new Events.Counted(2));
                store.append(
                        new StreamId("b-" + i), ExpectedVersion.any(), new Events.Counted(3), new Events.Counted(4));
                store.append(
                        new StreamId("b-" + i),
                        ExpectedVersion.exactly(2),
                        new Events.Counted(5),
                        new Events.Counted(6));
            }
            assertThat(Events.requireOrder(store)).hasSize(30);
        }
    }
}
