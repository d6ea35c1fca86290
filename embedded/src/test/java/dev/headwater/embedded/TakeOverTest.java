package dev.headwater.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder whose last application did not say goodbye. */
class TakeOverTest {

    private static final int ROUNDS = "full".equals(System.getProperty("headwater.faults")) ? 30 : 3;

    @TempDir
    Path directory;

    private Path folder;

    @BeforeEach
    void useTheRealPath() throws IOException {
        folder = directory.toRealPath();
    }

    /** Who dies by {@code kill -9}. */
    enum Death {
        /** The application alone: its server begins to shut down as the next application comes. */
        APPLICATION {
            @Override
            void strike(Child application, Child.Started server) {
                application.kill();
            }
        },
        /** The application and those who watch: its server runs on, which nobody tells to stop. */
        ALL_BUT_THE_SERVER {
            @Override
            void strike(Child application, Child.Started server) {
                application.descendants().stream()
                        .filter(process -> !isPostgres(process))
                        .forEach(ProcessHandle::destroyForcibly);
                application.kill();
                assertThat(Await.isRunning(server.serverPid())).isTrue();
            }
        },
        /** The postmaster first, while its application lives: the file with its id stays. */
        SERVER_THEN_APPLICATION {
            @Override
            void strike(Child application, Child.Started server) {
                ProcessHandle.of(server.serverPid()).orElseThrow().destroyForcibly();
                application.kill();
                assertThat(PostmasterPid.file(server.folder().resolve("postgres")))
                        .exists();
            }
        };

        abstract void strike(Child application, Child.Started server);
    }

    @ParameterizedTest
    @EnumSource
    void findsEveryRowAfterTheApplicationWasKilledAgainAndAgain(Death death) throws Exception {
        int committed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try (Child application = Child.start("write", folder.toString())) {
                Child.Started server = application.awaitStarted();
                application.awaitCommits(20 + 30 * (round % 5));

                death.strike(application, server);

                committed = application.lastCommit();
            }
        }

        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            List<String> rows = Sql.query(database, "select n from written order by n");
            assertThat(rows).hasSizeBetween(committed, committed + 1);
            assertThat(rows)
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, rows.size())
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }

    @Test
    void killsAServerThatDoesNotShutDown() throws Exception {
        try (Child application = Child.start("write", folder.toString())) {
            Child.Started server = application.awaitStarted();
            application.awaitCommits(10);
            Death.ALL_BUT_THE_SERVER.strike(application, server);
            new ProcessBuilder("sh", "-c", "kill -STOP " + server.serverPid())
                    .start()
                    .onExit()
                    .join();

            try (EmbeddedDatabase database = EmbeddedDatabase.builder()
                    .dataDirectory(folder)
                    .stopLimit(Duration.ofMillis(200))
                    .start()) {
                assertThat(Await.isRunning(server.serverPid())).isFalse();
                assertThat(Integer.parseInt(Sql.query(database, "select count(*) from written")
                                .getFirst()))
                        .isGreaterThanOrEqualTo(application.lastCommit());
            }
        }
    }

    @Test
    void isNotMisledByADamagedPidFile() throws Exception {
        EmbeddedDatabase.start(folder).close();
        for (String content : List.of("", "\n", "not a number\n", "999999999\n/elsewhere\n1\n5432\n", "-12")) {
            Files.writeString(PostmasterPid.file(folder.resolve("postgres")), content);

            try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
                assertThat(Sql.query(database, "select 1")).as(content).containsExactly("1");
            }
        }
    }

    @Test
    void sparesTheProcessThatGotTheIdOfADeadServer() throws Exception {
        EmbeddedDatabase.start(folder).close();
        try (EmbeddedDatabase other = EmbeddedDatabase.start()) {
            for (long pid : new long[] {ProcessHandle.current().pid(), other.serverPid()}) {
                Files.writeString(
                        PostmasterPid.file(folder.resolve("postgres")),
                        pid + "\n" + folder.resolve("postgres") + "\n1\n5432\n\n127.0.0.1\n\nready\n");

                try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
                    assertThat(database.serverPid()).isNotEqualTo(pid);
                }
                assertThat(Sql.query(other, "select 1")).containsExactly("1");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PG_VERSION", "global/pg_control", "base/5/PG_VERSION"})
    void makesTheDatabaseAgainWhenTheFirstApplicationWasKilledMeanwhile(String made) throws Exception {
        List<ProcessHandle> left;
        try (Child application = Child.start("write", folder.toString())) {
            Await.until(
                    "initdb makes " + made,
                    () -> unfinished().stream().anyMatch(unfinished -> Files.exists(unfinished.resolve(made))));
            left = application.descendants();
            application.kill();
        }
        assertThat(folder.resolve("postgres")).doesNotExist();

        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(Sql.query(database, "select 1")).containsExactly("1");
        }

        for (ProcessHandle process : left) {
            Await.end(process.pid());
        }
        EmbeddedDatabase.start(folder).close();
        assertThat(unfinished()).isEmpty();
    }

    private List<Path> unfinished() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("initdb-"))
                    .toList();
        }
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("/postgres");
    }
}
