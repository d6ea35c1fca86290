package dev.headwater.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the server when its application ends in one way or another. */
class OrphanTest {

    @TempDir
    Path directory;

    @Test
    void theServerAndItsTemporaryFolderDoNotOutliveAKilledApplication() throws Exception {
        try (Child application = Child.start("wait")) {
            Child.Started server = application.awaitStarted();

            application.kill();

            Await.end(server.serverPid());
            Await.until("the temporary folder is gone", () -> Files.notExists(server.folder()));
        }
    }

    @Test
    void aKeptFolderIsKeptWhenTheApplicationIsKilled() throws Exception {
        Path folder = directory.resolve("data");
        try (Child application = Child.start("write", folder.toString())) {
            Child.Started server = application.awaitStarted();

            application.kill();

            Await.end(server.serverPid());
            assertThat(folder.resolve("postgres/PG_VERSION")).exists();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void aSignalToTheApplicationStopsTheServerBeforeTheApplicationEnds(String signal) throws Exception {
        try (Child application = Child.start("wait")) {
            Child.Started server = application.awaitStarted();

            application.signalGroup(signal);

            assertThat(application.awaitExit()).isGreaterThan(128);
            assertThat(Await.isRunning(server.serverPid())).isFalse();
            assertThat(server.folder()).doesNotExist();
        }
    }

    @Test
    void anApplicationThatJustEndsStopsTheServer() throws Exception {
        try (Child application = Child.start("end")) {
            Child.Started server = application.awaitStarted();

            assertThat(application.awaitExit()).isZero();

            assertThat(Await.isRunning(server.serverPid())).isFalse();
            assertThat(server.folder()).doesNotExist();
        }
    }

    @Test
    void anInterruptFromTheTerminalLeavesTheServerToTheApplication() throws Exception {
        Path folder = directory.resolve("data");
        try (Child application = Child.start("last-words", folder.toString())) {
            application.awaitStarted();

            application.signalGroup("INT");

            assertThat(application.nextLine()).isEqualTo("wrote last words");
            application.awaitExit();
        }
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(Sql.query(database, "select word from last_words")).containsExactly("done");
        }
    }
}
