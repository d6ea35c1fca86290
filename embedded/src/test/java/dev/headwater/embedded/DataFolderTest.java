package dev.headwater.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that cannot be had, and what is said about them. */
class DataFolderTest {

    @TempDir
    Path directory;

    private Path folder;

    @BeforeEach
    void useTheRealPath() throws IOException {
        folder = directory.toRealPath();
    }

    @Test
    void isNotAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "mine");

        assertThatStartFails(file).withMessageContaining("is a file");

        assertThat(file).hasContent("mine");
    }

    @Test
    void isNotCreatedUnderAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "mine");

        assertThatStartFails(file.resolve("data")).withMessageContaining("cannot be created");

        assertThat(file).hasContent("mine");
    }

    @Test
    void isNotCreatedWhereNobodyMayWrite() {
        assertThatStartFails(Path.of("/dev/fd/headwater/data")).withMessageContaining("cannot be created");
    }

    @Test
    void doesNotHoldSomethingElse() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious.txt"), "mine");

        assertThatStartFails(folder)
                .withMessageContaining("holds something else")
                .withMessageContaining("precious.txt");

        assertThat(folder).isDirectoryContaining(precious::equals);
        assertThat(folder.toFile().list()).containsExactly("precious.txt");
        assertThat(precious).hasContent("mine");
    }

    @Test
    void isNotTheDataDirectoryOfAnotherServer() throws IOException {
        Files.writeString(folder.resolve("PG_VERSION"), "18\n");
        Files.createDirectory(folder.resolve("base"));

        assertThatStartFails(folder)
                .withMessageContaining("holds something else")
                .withMessageContaining("PG_VERSION");

        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("PG_VERSION", "base");
    }

    @Test
    void mayBeTheRootOfAFileSystem() throws Exception {
        Files.createDirectory(folder.resolve("lost+found"));

        EmbeddedDatabase.start(folder).close();
    }

    @Test
    void mayBeReachedByALink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createDirectory(folder.resolve("real")));
        try (EmbeddedDatabase database = EmbeddedDatabase.start(link)) {
            assertThat(database.dataDirectory()).isEqualTo(folder.resolve("real"));
            assertThatStartFails(folder.resolve("real")).withMessageContaining("in use");
        }
    }

    @Test
    void staysWithItsVersionOfPostgres() throws Exception {
        Path oldest = Path.of(System.getProperty("headwater.postgres.oldest"));
        try (EmbeddedDatabase database = EmbeddedDatabase.builder()
                .dataDirectory(folder)
                .binaries(oldest)
                .start()) {
            Sql.run(database, "create table kept as select 1 as n");
        }

        assertThatStartFails(folder)
                .withMessageContaining("made by PostgreSQL 14")
                .withMessageContaining("expected 18")
                .withMessageContaining("binaries(jar)");

        try (EmbeddedDatabase database = EmbeddedDatabase.builder()
                .dataDirectory(folder)
                .binaries(oldest)
                .start()) {
            assertThat(Sql.query(database, "select n from kept")).containsExactly("1");
        }
    }

    @Test
    void isIncompleteWithoutThePassword() throws IOException {
        EmbeddedDatabase.start(folder).close();
        Files.delete(folder.resolve("password"));

        assertThatStartFails(folder).withMessageContaining("is incomplete").withMessageContaining("password");
    }

    @Test
    void hasOneApplicationAtATime() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            // The second attempt must not weaken the claim of the first: closing any channel to a file drops POSIX
            // locks.
            for (int i = 0; i < 2; i++) {
                assertThatStartFails(folder)
                        .withMessageContaining(
                                "in use by process " + ProcessHandle.current().pid());
                try (Child other = Child.start("write", folder.toString())) {
                    assertThat(other.nextLine())
                            .startsWith("failed The data folder " + folder)
                            .contains("in use by process "
                                    + ProcessHandle.current().pid())
                            .contains("close that one")
                            .contains("jdbc:postgresql://127.0.0.1:" + database.port() + "/postgres?user=postgres")
                            .contains(folder.resolve("password").toString());
                }
            }
            assertThat(Sql.query(database, "select 1")).containsExactly("1");
        }

        EmbeddedDatabase.start(folder).close();
    }

    @Test
    void isHeldByTheApplicationInAnotherProcess() throws Exception {
        try (Child first = Child.start("write", folder.toString())) {
            Child.Started server = first.awaitStarted();

            assertThatStartFails(folder).withMessageContaining("in use by process " + first.pid());

            first.awaitCommits(10);
            first.kill();
            Await.end(server.serverPid());
        }
    }

    @Test
    void canBeJoinedThroughTheAddressInTheMessage() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            String url = "jdbc:postgresql://127.0.0.1:" + database.port() + "/postgres?user=postgres&password="
                    + Files.readString(folder.resolve("password"));

            DriverManager.getConnection(url).close();
            assertThat(database.jdbcUrl()).isEqualTo(url);
        }
    }

    private static ThrowableAssertAlternative<EmbeddedDatabaseException> assertThatStartFails(Path folder) {
        return assertThatExceptionOfType(EmbeddedDatabaseException.class)
                .isThrownBy(() -> EmbeddedDatabase.start(folder))
                .withMessageContaining(folder.toString())
                .withMessageNotContaining("\n");
    }
}
