package dev.headwater.schema.lock;

import dev.headwater.schema.MessageSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A committed file with the schema of every version that every message type ever had, held against the code by the
 * build: a change that old messages do not survive fails before it is released.
 *
 * <p>The lock of a type at the version of its class follows compatible changes, when it is {@linkplain #update
 * updated}; the schemas of earlier versions stay for ever, and an upcaster has to lead on from each. A field that is
 * gone counts as a break, because what was stored there would be lost without a word.
 *
 * <pre>{@code
 * @Test
 * void messagesCanReadTheirHistory() {
 *     SchemaLock.at(Path.of("schema.lock.json")).check(new ShopMessages()).requireCurrent();
 * }
 * }</pre>
 *
 * Thread-safe; an update is not protected against another one at the same time.
 */
public final class SchemaLock {

    /** Updates the lock of a project that has configured Headwater's Maven plugin. */
    public static final String MAVEN_UPDATE = "mvn compile headwater:lock-schemas";

    private final Path file;
    private final String updateCommand;

    private SchemaLock(Path file, String updateCommand) {
        this.file = file;
        this.updateCommand = updateCommand;
    }

    /** The lock in a file, which need not exist before the first update. */
    public static SchemaLock at(Path file) {
        return new SchemaLock(file, MAVEN_UPDATE);
    }

    /** The same lock, whose messages name another command that updates it. */
    public SchemaLock updatedBy(String command) {
        return new SchemaLock(file, command);
    }

    /**
     * Compares the lock with the code. Changes nothing.
     *
     * @throws SchemaLockException when the file cannot be read
     * @throws IllegalArgumentException when a message has no schema, or a chain of upcasters has a hole
     */
    public LockVerdict check(MessageModel model) {
        return compare(model, read());
    }

    /**
     * Writes what is new in the code to the lock.
     *
     * @return what was out of date; current when there was nothing to do
     * @throws SchemaLockException when the code breaks what is locked, with the whole message, and then nothing is
     *     written; or when the file cannot be read or written
     * @throws IllegalArgumentException when a message has no schema, or a chain of upcasters has a hole
     */
    public LockVerdict update(MessageModel model) {
        var locked = read();
        var verdict = compare(model, locked);
        if (verdict.isBroken()) {
            verdict.requireCurrent();
        }
        if (!verdict.isCurrent()) {
            for (var schema : schemas(model)) {
                locked.merge(
                        schema.type(),
                        new LockedType(false, new TreeMap<>(Map.of(schema.version(), schema.schema()))),
                        (before, now) -> before.with(schema.version(), schema.schema()));
            }
            LockFile.write(file, locked);
        }
        return verdict;
    }

    private SortedMap<String, LockedType> read() {
        return Files.exists(file) ? LockFile.read(file) : new TreeMap<>();
    }

    private LockVerdict compare(MessageModel model, SortedMap<String, LockedType> locked) {
        var upcasters = model.serializer().upcasters();
        var problems = new LockCheck(locked, schemas(model), upcasters).problems();
        return new LockVerdict(String.valueOf(file.getFileName()), updateCommand, problems);
    }

    private static List<MessageSchema> schemas(MessageModel model) {
        return model.schemas().schemasOf(model.serializer().types());
    }
}
