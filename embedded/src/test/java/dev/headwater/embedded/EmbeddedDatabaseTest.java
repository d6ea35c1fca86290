package dev.headwater.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

class EmbeddedDatabaseTest {

    private static final Path OLDEST = Path.of(System.getProperty("headwater.postgres.oldest"));

    @TempDir
    Path directory;

    enum Version {
        OLDEST_SUPPORTED {
            @Override
            EmbeddedDatabase.Builder builder() {
                return EmbeddedDatabase.builder().binaries(OLDEST);
            }
        },
        NEWEST {
            @Override
            EmbeddedDatabase.Builder builder() {
                return EmbeddedDatabase.builder();
            }
        };

        abstract EmbeddedDatabase.Builder builder();
    }

    @ParameterizedTest
    @EnumSource
    void losesNothingThatWasCommitted(Version version) throws SQLException {
        try (EmbeddedDatabase database = version.builder().start()) {
            for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit", "data_checksums")) {
                assertThat(Sql.query(database, "show " + setting)).as(setting).containsExactly("on");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void comparesTextByCodePointInUtf8(Version version) throws SQLException {
        try (EmbeddedDatabase database = version.builder().start()) {
            assertThat(Sql.query(database, "show server_encoding")).containsExactly("UTF8");
            assertThat(Sql.query(database, "select x from unnest(array['b', 'ä', 'a', 'B', '𐀀', '｡']) x order by x"))
                    .containsExactly("B", "a", "b", "ä", "｡", "𐀀");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsAFolderForTheNextStart(Version version) throws SQLException {
        Path folder = directory.resolve("some").resolve("data");

        try (EmbeddedDatabase database = version.builder().dataDirectory(folder).start()) {
            Sql.run(database, "create table kept as select 42 as answer");
        }

        try (EmbeddedDatabase database = version.builder().dataDirectory(folder).start()) {
            assertThat(Sql.query(database, "select answer from kept")).containsExactly("42");
        }
    }

    @Test
    void deletesATemporaryFolderOnClose() {
        EmbeddedDatabase database = EmbeddedDatabase.start();
        long pid = database.serverPid();
        assertThat(database.serverLog()).isReadable().hasParent(database.dataDirectory());

        database.close();
        database.close();

        assertThat(database.dataDirectory()).doesNotExist();
        assertThat(Await.isRunning(pid)).isFalse();
        assertThatIllegalStateException().isThrownBy(database::serverPid);
        assertThatIllegalStateException().isThrownBy(database::restart);
    }

    @Test
    void letsNobodyInWithoutThePassword() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory.resolve("data"))) {
            String url = "jdbc:postgresql://127.0.0.1:" + database.port() + "/postgres?user=postgres";
            assertThatExceptionOfType(PSQLException.class)
                    .isThrownBy(() -> DriverManager.getConnection(url))
                    .withMessageContaining("no password was provided");
            assertThatExceptionOfType(PSQLException.class)
                    .isThrownBy(() -> DriverManager.getConnection(url + "&password=wrong"))
                    .returns(PSQLState.INVALID_PASSWORD.getState(), PSQLException::getSQLState);
            assertThat(Sql.query(database, "show listen_addresses")).containsExactly("127.0.0.1");
            assertThat(Sql.query(database, "show unix_socket_directories")).containsExactly("");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(database.dataDirectory())))
                    .isEqualTo("rwx------");
            for (String file : List.of("password", "server.log")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
                                database.dataDirectory().resolve(file))))
                        .isEqualTo("rw-------");
            }
            assertThat(database.toString()).doesNotContain(Files.readString(directory.resolve("data/password")));
        }
    }

    @Test
    void takesSettingsOnTopOfItsOwn() throws SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.builder()
                .settings(Map.of("work_mem", "7MB", "Max_Connections", "17", "application_name", "it's \"one\" \\ two"))
                .start()) {
            assertThat(Sql.query(database, "show work_mem")).containsExactly("7MB");
            assertThat(Sql.query(database, "show max_connections")).containsExactly("17");
            assertThat(Sql.query(database, "show shared_buffers")).containsExactly("128MB");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"port", "LISTEN_ADDRESSES", "hba_file", "no name", "", "a=b"})
    void refusesSettingsThatItDependsOn(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EmbeddedDatabase.builder().settings(Map.of(name, "1")))
                .withMessageContaining(name.toLowerCase(Locale.ROOT));
    }

    @Test
    void namesTheSettingThatTheServerDoesNotKnow() {
        assertThatExceptionOfType(EmbeddedDatabaseException.class)
                .isThrownBy(() -> EmbeddedDatabase.builder()
                        .dataDirectory(directory)
                        .settings(Map.of("no_such_setting", "1"))
                        .start())
                .withMessageContaining("\"no_such_setting\"")
                .withMessageContaining(directory.resolve("server.log").toString())
                .withMessageNotContaining("\n");

        EmbeddedDatabase.start(directory).close();
    }

    @Test
    void saysThatThePortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatExceptionOfType(EmbeddedDatabaseException.class)
                    .isThrownBy(() -> EmbeddedDatabase.builder()
                            .dataDirectory(directory)
                            .port(taken.getLocalPort())
                            .start())
                    .withMessageContaining("port " + taken.getLocalPort())
                    .withMessageContaining("in use")
                    .withMessageNotContaining("\n");
        }
    }

    @Test
    void leavesNothingBehindWhenTheStartTakesTooLong() {
        EmbeddedDatabase.start(directory).close();

        assertThatExceptionOfType(EmbeddedDatabaseException.class)
                .isThrownBy(() -> EmbeddedDatabase.builder()
                        .dataDirectory(directory)
                        .startLimit(Duration.ofNanos(1))
                        .start())
                .withMessageContaining("startLimit");

        assertThat(new ServerProcesses(directory.resolve("postgres")).find()).isEmpty();
        EmbeddedDatabase.start(directory).close();
    }

    @Test
    void leavesNothingBehindWhenTheStartIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(EmbeddedDatabaseException.class)
                .isThrownBy(() -> EmbeddedDatabase.start(directory))
                .withMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();

        assertThat(directory.toFile().list()).noneMatch(name -> name.startsWith("initdb-"));
        EmbeddedDatabase.start(directory).close();
    }

    @Test
    void comesBackOnTheSamePortAfterACrash() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start()) {
            String url = database.jdbcUrl();
            Sql.run(database, "create table written (n int)");
            for (int round = 1; round <= 10; round++) {
                Sql.run(database, "insert into written values (" + round + ")");
                long pid = database.serverPid();
                try (Connection connection = DriverManager.getConnection(url)) {
                    database.crash();

                    assertThat(connection.isValid(5)).isFalse();
                }
                assertThat(new ServerProcesses(database.dataDirectory().resolve("postgres")).find())
                        .isEmpty();
                assertThatIllegalStateException().isThrownBy(database::serverPid);
                assertThatIllegalStateException().isThrownBy(database::crash);
                database.restart();

                assertThat(database.serverPid()).isNotEqualTo(pid);
                assertThat(database.jdbcUrl()).isEqualTo(url);
                assertThat(Sql.query(database, "select count(*) from written"))
                        .containsExactly(Integer.toString(round));
            }
        }
    }

    @Test
    void restartsAServerThatRunsAndOneThatSomebodyKilled() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start()) {
            Sql.run(database, "create table written as select 1 as n");
            database.restart();
            assertThat(Sql.query(database, "select n from written")).containsExactly("1");

            ProcessHandle.of(database.serverPid()).orElseThrow().destroyForcibly();
            database.restart();
            assertThat(Sql.query(database, "select n from written")).containsExactly("1");
        }
    }

    @Test
    void closesADatabaseThatCrashed() {
        EmbeddedDatabase database = EmbeddedDatabase.start();
        database.crash();

        database.close();

        assertThat(database.dataDirectory()).doesNotExist();
    }

    @Test
    void startsManyAtOnce() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<String> task = () -> {
                try (EmbeddedDatabase database = EmbeddedDatabase.start()) {
                    return Sql.query(database, "select 1").getFirst();
                }
            };
            List<Future<String>> results = threads.invokeAll(List.of(task, task, task, task));
            for (Future<String> result : results) {
                assertThat(result.get()).isEqualTo("1");
            }
        }
    }
}
