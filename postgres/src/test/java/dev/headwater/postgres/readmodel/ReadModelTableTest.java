package dev.headwater.postgres.readmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.postgres.Events;
import dev.headwater.postgres.Events.Counted;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.TestServers;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReadModelTableTest {

    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database = TestServers.open(TestServers.newest(), schema);
    private final EventStore store = Events.store(database.eventStorage());
    private final ReadModelTable orders =
            ReadModelTable.named(schema + ".orders").key("id").columns("status", "total", "changes");

    @BeforeEach
    void createTables() throws SQLException {
        execute("""
                CREATE TABLE orders (
                    id text PRIMARY KEY, status text DEFAULT 'new', total numeric(12, 2), changes int, note text);
                CREATE TABLE lines ("order" uuid, line int, day date, amount bigint, PRIMARY KEY ("order", line, day));
                CREATE TABLE everything (
                    id bigint PRIMARY KEY, text varchar(5), real double precision, big numeric, yes boolean, who uuid,
                    at timestamptz, day date, raw bytea, doc jsonb, took interval, kind text);
                CREATE TABLE strange (id numeric PRIMARY KEY)""");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aRowIsInsertedThenChanged() throws Exception {
        page(orders, rows -> rows.upsert("a").set("status", "placed").set("total", new BigDecimal("12.50")));
        page(orders, rows -> rows.upsert("a").set("status", "shipped").add("changes", 1));

        assertThat(orders()).containsExactly("a shipped 12.50 1");
    }

    @Test
    void theLastValueOfAPageWins() throws Exception {
        page(orders, rows -> {
            rows.upsert("a").set("status", "placed");
            rows.upsert("b").set("status", "placed");
            rows.upsert("a").set("status", "paid").set("total", 7);
            rows.update("a").set("status", null);
        });

        assertThat(orders()).containsExactly("a null 7.00 null", "b placed null null");
    }

    @Test
    void whatIsAddedInAPageSumsUp() throws Exception {
        page(orders, rows -> rows.upsert("a").set("total", 1).add("changes", 2));
        page(orders, rows -> {
            rows.upsert("a").add("changes", 1).add("total", new BigDecimal("0.25"));
            rows.upsert("a").add("changes", -5).add("total", new BigDecimal("0.50"));
            rows.upsert("b").add("changes", 1);
        });

        assertThat(orders()).containsExactly("a new 1.75 -2", "b new null 1");
    }

    @Test
    void addingToWhatWasSetInThePageStartsThere() throws Exception {
        page(orders, rows -> rows.upsert("a").set("changes", 100));
        page(orders, rows -> {
            rows.upsert("a").set("changes", 10).add("changes", 5);
            rows.upsert("b").set("changes", null).add("changes", 5);
            rows.upsert("c").add("changes", 5).set("changes", 1);
        });

        assertThat(orders()).containsExactly("a new null 15", "b new null 5", "c new null 1");
    }

    @Test
    void anUpdateChangesOnlyARowThatExists() throws Exception {
        page(orders, rows -> rows.upsert("a"));
        page(orders, rows -> {
            rows.update("a").set("status", "paid").add("changes", 1);
            rows.update("b").set("status", "paid");
            rows.update("c");
        });

        assertThat(orders()).containsExactly("a paid null 1");
    }

    @Test
    void anUpdateBeforeAnUpsertCountsOnlyForARowThatExistedBefore() throws Exception {
        page(orders, rows -> rows.upsert("a").set("total", 1));
        page(
                orders,
                rows -> List.of("a", "b").forEach(key -> {
                    rows.update(key).set("status", "paid").add("changes", 1);
                    rows.upsert(key).add("changes", 10);
                }));

        assertThat(orders()).containsExactly("a paid 1.00 11", "b new null 10");
    }

    @Test
    void aDeletedRowIsGoneWithWhatWasChangedBefore() throws Exception {
        page(
                orders,
                rows -> List.of("a", "b", "c").forEach(key -> rows.upsert(key).set("total", 1)));
        page(orders, rows -> {
            rows.upsert("a").set("status", "paid");
            rows.delete("a");
            rows.update("a").set("status", "ghost");
            rows.delete("b");
            rows.upsert("b").add("changes", 1);
            rows.upsert("d").set("status", "brief");
            rows.delete("d");
        });

        assertThat(orders()).containsExactly("b new null 1", "c new 1.00 null");
    }

    @Test
    void aPageEndsAsItsChangesWouldOneByOne() throws Exception {
        execute("CREATE TABLE singly (LIKE orders INCLUDING ALL)");
        var singly = ReadModelTable.named(schema + ".singly").key("id").columns("status", "total", "changes");
        var random = new SplittableRandom(7);
        for (int page = 0; page < 12; page++) {
            var changes = new ArrayList<Consumer<ReadModelRows>>();
            for (int i = 0; i < 40; i++) {
                changes.add(change(random, "k" + random.nextInt(6)));
            }
            page(orders, rows -> changes.forEach(change -> change.accept(rows)));
            pages(singly, changes);
            assertThat(rows("SELECT * FROM orders ORDER BY id"))
                    .as("page %d", page)
                    .isEqualTo(rows("SELECT * FROM singly ORDER BY id"));
        }
    }

    private static Consumer<ReadModelRows> change(SplittableRandom random, String key) {
        int number = random.nextInt(100);
        return switch (random.nextInt(7)) {
            case 0 -> rows -> rows.delete(key);
            case 1 -> rows -> rows.upsert(key).set("status", "s" + number);
            case 2 -> rows -> rows.upsert(key).add("changes", number).set("total", number);
            case 3 -> rows -> rows.update(key).set("status", null).add("changes", number);
            case 4 -> rows -> rows.update(key).set("changes", number).add("total", number);
            case 5 -> rows -> rows.upsert(key).add("changes", 1).add("total", new BigDecimal("0.5"));
            default -> rows -> rows.upsert(key);
        };
    }

    @Test
    void aKeyMayHaveSeveralColumnsAndReservedNames() throws Exception {
        var lines = ReadModelTable.named(schema + ".lines")
                .key("order", "line", "day")
                .columns("amount");
        var id = UUID.randomUUID();
        var day = LocalDate.of(2011, 12, 9);
        page(lines, rows -> {
            rows.upsert(id, 1, day).add("amount", 1);
            rows.upsert(id.toString().toUpperCase(Locale.ROOT), 1L, day).add("amount", 1);
            rows.upsert(id, 2, day).add("amount", 5);
            rows.upsert(id, 3, day);
        });
        page(lines, rows -> rows.delete(id, (short) 2, day));

        assertThat(rows("SELECT line || ' ' || coalesce(amount::text, 'null') FROM lines ORDER BY line"))
                .containsExactly("1 2", "3 null");
    }

    private enum Kind {
        GIFT {
            @Override
            public String toString() {
                return "a gift";
            }
        }
    }

    @Test
    void valuesKeepTheirMeaning() throws Exception {
        var everything = ReadModelTable.named(schema + ".everything")
                .key("id")
                .columns("text", "real", "big", "yes", "who", "at", "day", "raw", "doc", "took", "kind");
        var at = Instant.parse("2011-12-09T12:50:00.123456Z");
        page(
                everything,
                rows -> rows.upsert(Long.MAX_VALUE)
                        .set("text", "ä\\\",")
                        .set("real", 0.1)
                        .set("big", new BigInteger("9".repeat(40)))
                        .set("yes", true)
                        .set("who", new UUID(1, 2))
                        .set("at", at.atZone(ZoneId.of("Europe/Paris")))
                        .set("day", LocalDate.of(2011, 12, 9))
                        .set("raw", new byte[] {0, -1, 'x'})
                        .set("doc", "{\"a\": [1]}")
                        .set("took", Duration.ofMinutes(90))
                        .set("kind", Kind.GIFT));

        assertThat(rows("""
                        SELECT id = 9223372036854775807 AND text = 'ä\\",' AND real = 0.1 AND big = repeat('9', 40)::numeric
                            AND yes AND who = '00000000-0000-0001-0000-000000000002'
                            AND at = '2011-12-09 12:50:00.123456+00' AND day = '2011-12-09' AND raw = '\\x00ff78'
                            AND doc = '{"a":[1]}' AND took = '90 minutes' AND kind = 'GIFT'
                        FROM everything""")).containsExactly("t");
    }

    @Test
    void aTextThatIsTooLongIsRefusedRatherThanCut() {
        var texts = ReadModelTable.named(schema + ".everything").key("id").columns("text");

        assertThatThrownBy(() -> page(texts, rows -> rows.upsert(1).set("text", "longer")))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("character varying(5)");
    }

    @Test
    void aPageCostsOneStatementForEachSetOfColumns() throws Exception {
        var projection = orders.projection((event, rows) -> {
            rows.upsert("k" + event.position() % 10).add("changes", 1);
            rows.upsert("s" + event.position() % 10).set("status", "x");
        });
        var events = events(100);
        inTransaction(connection -> projection.project(events, connection));
        assertThat(statementsOf(connection -> projection.project(events, connection)))
                .isEqualTo(2);
        assertThat(rows("SELECT sum(changes) FROM orders")).containsExactly("200");
    }

    @Test
    void aChangeOfTheTableIsNoticedWhenThePageComesAgain() throws Exception {
        var projection = orders.projection((event, rows) -> rows.upsert("a").set("changes", 3_000_000_000L));
        var events = events(1);
        assertThatThrownBy(() -> inTransaction(connection -> projection.project(events, connection)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("out of range");

        execute("ALTER TABLE orders ALTER changes TYPE bigint");
        inTransaction(connection -> projection.project(events, connection));

        assertThat(orders()).containsExactly("a new null 3000000000");
    }

    @Test
    void aSubscriptionKeepsTheTable() throws Exception {
        for (int i = 1; i <= 50; i++) {
            store.append(Events.one("s-" + i % 5, i));
        }
        Projection<Connection> projection = orders.projection((event, rows) ->
                rows.upsert(event.stream().name()).add("changes", 1).add("total", ((Counted) event.event()).number()));
        try (var subscriptions = new Subscriptions<>(store, database.subscriptionStorage())) {
            var running = subscriptions.start(
                    Subscription.named("orders").batchSize(7).projecting(projection));
            assertThat(running.awaitPosition(50, Duration.ofSeconds(20))).isTrue();
        }

        assertThat(orders())
                .containsExactly(
                        "s-0 new 275.00 10",
                        "s-1 new 235.00 10",
                        "s-2 new 245.00 10",
                        "s-3 new 255.00 10",
                        "s-4 new 265.00 10");
    }

    @Test
    void badNamesAreRefused() {
        for (var name : List.of("", "Orders", "or ders", "o\"; DROP TABLE x; --", "a.b.c", "a.", ".a", "1a", "ä")) {
            assertThatThrownBy(() -> ReadModelTable.named(name)).as(name).isInstanceOf(IllegalArgumentException.class);
        }
        var named = ReadModelTable.named("orders");
        assertThatThrownBy(() -> named.key("Id")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> named.key("id", "id")).hasMessageContaining("each of them once");
        var table = named.key("id");
        assertThatThrownBy(() -> table.columns("a", "id")).hasMessageContaining("each of them once");
        assertThatThrownBy(() -> table.columns("a b")).hasMessageContaining("'a b'");
    }

    @Test
    void whatDoesNotFitTheTableIsRefusedWithTheReason() {
        assertRefused(orders, rows -> rows.upsert("a").set("note", "x"), "has no column 'note' to be written");
        assertRefused(orders, rows -> rows.upsert("a", 1), "A key of 2 values");
        assertRefused(orders, rows -> rows.upsert(1.5), "java.lang.Double was given for the key column id");
        assertRefused(
                orders, rows -> rows.upsert("a").set("status", List.of()), "cannot be stored in the column status");
        assertRefused(orders, rows -> rows.upsert("a").set("status", "x").add("status", 1), "no number");
        assertRefused(
                orders, rows -> rows.upsert("a").add("total", new BigDecimal("1e999999999")), "has too many digits");
        assertRefused(ReadModelTable.named("nowhere.orders").key("id"), rows -> {}, "There is no table nowhere.orders");
        assertRefused(
                ReadModelTable.named(schema + ".orders").key("id").columns("colour"),
                rows -> {},
                "has no columns [colour]: it has [changes, id, note, status, total]");
        assertRefused(ReadModelTable.named(schema + ".strange").key("id"), rows -> {}, "has the type numeric");
        assertRefused(
                ReadModelTable.named(schema + ".everything").key("id"),
                rows -> rows.upsert("1"),
                "java.lang.String was given for the key column id");
    }

    private void assertRefused(ReadModelTable table, Consumer<ReadModelRows> changes, String reason) {
        assertThatThrownBy(() -> page(table, changes)).hasMessageContaining(reason);
    }

    private interface Work {
        void in(Connection connection) throws Exception;
    }

    /** Makes the changes in one page of a projection. */
    private void page(ReadModelTable table, Consumer<ReadModelRows> changes) throws Exception {
        pages(table, List.of(changes));
    }

    /** Makes each of the changes in a page of its own. */
    private void pages(ReadModelTable table, List<Consumer<ReadModelRows>> changes) throws Exception {
        var event = events(1);
        inTransaction(connection -> {
            for (var change : changes) {
                table.projection((any, rows) -> change.accept(rows)).project(event, connection);
            }
        });
    }

    private List<StoredEvent> events(int number) {
        for (long i = store.headPosition(); i < number; i++) {
            store.append(Events.one("a-1", (int) i));
        }
        return store.readLog(0).limit(number).toList();
    }

    private void inTransaction(Work work) throws Exception {
        try (var connection = DriverManager.getConnection(TestServers.newest().jdbcUrl())) {
            connection.setAutoCommit(false);
            work.in(connection);
            connection.commit();
        }
    }

    /** How many statements the work prepares. */
    private int statementsOf(Work work) throws Exception {
        var number = new AtomicInteger();
        inTransaction(connection -> work.in((Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    number.addAndGet(method.getName().equals("prepareStatement") ? 1 : 0);
                    return method.invoke(connection, arguments);
                })));
        return number.get();
    }

    private void execute(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(TestServers.newest().jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute("SET search_path = " + schema);
            statement.execute(sql);
        }
    }

    private List<String> orders() throws SQLException {
        return rows("""
                SELECT concat_ws(' ', id, coalesce(status, 'null'), coalesce(total::text, 'null'),
                    coalesce(changes::text, 'null'))
                FROM orders ORDER BY id""");
    }

    private List<String> rows(String sql) throws SQLException {
        var rows = new ArrayList<String>();
        try (var connection = DriverManager.getConnection(TestServers.newest().jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute("SET search_path = " + schema);
            try (var row = statement.executeQuery(sql)) {
                int columns = row.getMetaData().getColumnCount();
                while (row.next()) {
                    var text = new StringBuilder();
                    for (int i = 1; i <= columns; i++) {
                        text.append(i == 1 ? "" : " ").append(row.getString(i));
                    }
                    rows.add(text.toString());
                }
            }
        }
        return rows;
    }
}
