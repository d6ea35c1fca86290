package dev.headwater.workflow.code;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The engine with a bug in it: a line of its source is replaced, compiled, and run by the same scenarios in a class
 * loader of its own. A line that is no longer there fails, so the bugs follow the engine.
 */
final class Mutant {

    private static final Path SOURCES = Path.of("src/main/java/dev/headwater/workflow/code");
    private static final String PACKAGE = Mutant.class.getPackageName() + ".";

    /** Bugs, each a line and what stands in its place. */
    enum Bug {
        RESULT_RECORDED_AFTER_THE_NEXT_EFFECT_BEGAN(
                "StepCall",
                "            turn.beforeEffect();\n            Exception failure;",
                "            Exception failure;"),
        COMPENSATION_ARMED_AFTER_THE_EFFECT(
                "StepCall",
                "        undo.ifPresent(action ->",
                "        if (turn.locked(() -> recorded(place)).flatMap(Entry.Stepped::result).isPresent()) undo.ifPresent(action ->"),
        KEPT_EVENT_FORGOTTEN("InstanceTurn", "            turn.decide(new Entry.Kept(event.position(), type));", ""),
        UNCLAIMED_EVENT_FORGOTTEN("InstanceTurn", "            unclaimed(kept.getKey(), kept.getValue());", ""),
        FIRST_FAILING_COMPENSATION_ENDS_IT(
                "Undoing",
                "                    if (!isTriedAgain(each, attempt, e)) {\n                        return false;\n                    }",
                "                    if (attempt > 0) {\n                        return true;\n                    }"),
        CANCEL_REACHES_COMPENSATION("Lane", "        if (undoes) {\n            return;\n        }", ""),
        COMPENSATIONS_RUN_FORWARDS("Undoing", "Undoing::compare)\n            .reversed();", "Undoing::compare);"),
        LEFTOVER_ENTRIES_IGNORED("Lane", "            return nothingIsLeft(outcome);", "            return outcome;"),
        ONE_COUNTER_FOR_ALL_BRANCHES("Place", "+ \".\" + number + \".\" + index", "+ \".\" + number"),
        MARKER_THAT_WAITS(
                "LaneContext",
                "            turn.decide(new Entry.Versioned(place, change, newest));",
                "            turn.decide(new Entry.Versioned(place, change, newest));\n"
                        + "            if (newest > 0) throw lane.stop(Stop.Why.WAITING);"),
        MARKER_EVALUATED_ANEW(
                "LaneContext",
                "            if (recorded.isPresent()) {\n                if (recorded.get() > newest)",
                "            if (recorded.isPresent() && newest < 0) {\n                if (recorded.get() > newest)"),
        KINDS_COMPARED_WITHOUT_NAMES(
                "StepCall", "when stepped.name().equals(name) -> {", "when !stepped.name().isEmpty() -> {"),
        WINNER_NOT_RECORDED("Fork", "                turn.decide(new Entry.Chose(place, index));", ""),
        OLD_MEMORY_BELIEVED(
                "Turn",
                "        if (!verified) {\n            if (outside(",
                "        if (false) {\n            if (outside(");

        private final String type;
        private final String line;
        private final String instead;

        Bug(String type, String line, String instead) {
            this.type = type;
            this.line = line;
            this.instead = instead;
        }
    }

    private final Method scenario;

    private Mutant(Map<String, byte[]> changed) {
        try {
            this.scenario = Class.forName(PACKAGE + "MutantScenarios", true, new Loader(changed))
                    .getDeclaredMethod("wrongs", long.class);
            this.scenario.setAccessible(true);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static Mutant unchanged() {
        return new Mutant(Map.of());
    }

    static Mutant with(Bug bug) {
        try {
            var source = Files.readString(SOURCES.resolve(bug.type + ".java"));
            if (!source.contains(bug.line)) {
                throw new IllegalStateException(
                        "There is no such line in " + bug.type + ": plant " + bug + " elsewhere");
            }
            return new Mutant(compile(bug.type, source.replace(bug.line, bug.instead)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is wrong with the first seeds. */
    List<String> wrongs(int seeds) {
        var wrongs = new ArrayList<String>();
        for (long seed = 0; seed < seeds; seed++) {
            wrongs.addAll(wrongs(seed));
        }
        return wrongs;
    }

    /** What is found first, with so many seeds at most. */
    Optional<String> firstWrong(int seeds) {
        for (long seed = 0; seed < seeds; seed++) {
            var wrongs = wrongs(seed);
            if (!wrongs.isEmpty()) {
                return Optional.of(wrongs.getFirst());
            }
        }
        return Optional.empty();
    }

    @SuppressWarnings("unchecked")
    private List<String> wrongs(long seed) {
        try {
            return (List<String>) scenario.invoke(null, seed);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, byte[]> compile(String type, String source) {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var problems = new javax.tools.DiagnosticCollector<JavaFileObject>();
        var path = System.getProperty("java.class.path")
                + java.io.File.pathSeparator
                + System.getProperty("jdk.module.path", "");
        try (var files = new Memory(compiler.getStandardFileManager(problems, null, null))) {
            var unit = new SimpleJavaFileObject(URI.create("string:///" + type + ".java"), JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return source;
                }
            };
            boolean isCompiled = compiler.getTask(
                            null,
                            files,
                            problems,
                            List.of("-proc:none", "-nowarn", "--release", "21", "-classpath", path),
                            null,
                            List.of(unit))
                    .call();
            if (!isCompiled) {
                throw new IllegalStateException("The bug does not compile: " + problems.getDiagnostics());
            }
            return files.classes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps compiled classes. */
    private static final class Memory extends ForwardingJavaFileManager<StandardJavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written = new HashMap<>();

        Memory(StandardJavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                JavaFileManager.Location location,
                String className,
                JavaFileObject.Kind kind,
                javax.tools.FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
                @Override
                public OutputStream openOutputStream() {
                    var bytes = new ByteArrayOutputStream();
                    written.put(className, bytes);
                    return bytes;
                }
            };
        }

        Map<String, byte[]> classes() {
            var classes = new HashMap<String, byte[]>();
            written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
            return classes;
        }
    }

    /** Has classes of the engine and its scenarios of its own; all others are those of everybody. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> changed;

        Loader(Map<String, byte[]> changed) {
            super(Mutant.class.getClassLoader());
            this.changed = changed;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PACKAGE)) {
                return super.loadClass(name, resolve);
            }
            var loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            var bytes = changed.containsKey(name) ? changed.get(name) : original(name);
            return defineClass(name, bytes, 0, bytes.length);
        }

        private static byte[] original(String name) throws ClassNotFoundException {
            try (var stream = Mutant.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
                if (stream == null) {
                    throw new ClassNotFoundException(name);
                }
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
