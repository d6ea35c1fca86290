package dev.headwater.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotificationsAreNotStoredTest {

    @TempDir
    private Path classes;

    @Test
    void onlyADomainEventCompilesAsWhatAnEventStoreAppends() {
        assertThat(errorsOfAppendingA("DomainEvent")).isEmpty();
        assertThat(errorsOfAppendingA("Notification"))
                .isNotEmpty()
                .allSatisfy(error -> assertThat(error).contains("append"));
    }

    private List<String> errorsOfAppendingA(String kind) {
        var source = """
                import dev.headwater.*;
                import dev.headwater.store.*;

                class Attempt {
                    record News(String text) implements %s {}

                    void attempt(EventStore store, StreamId stream, ExpectedVersion expected) {
                        store.append(stream, expected, new News("text"));
                    }
                }
                """.formatted(kind);
        var diagnostics = new DiagnosticCollector<JavaFileObject>();
        ToolProvider.getSystemJavaCompiler()
                .getTask(
                        null,
                        null,
                        diagnostics,
                        List.of(
                                "-proc:none",
                                "-implicit:none",
                                "-Xdiags:verbose",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                classes.toString()),
                        null,
                        List.of(new Source(source)))
                .call();
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(diagnostic -> diagnostic.getMessage(null))
                .toList();
    }

    private static final class Source extends SimpleJavaFileObject {

        private final String text;

        Source(String text) {
            super(URI.create("string:///Attempt.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
