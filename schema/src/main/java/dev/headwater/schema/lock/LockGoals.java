package dev.headwater.schema.lock;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The lock as a build tool drives it: from outside of the project's class loader, with types of the JDK alone. In Java
 * code use {@link SchemaLock}.
 */
public final class LockGoals {

    private LockGoals() {}

    /**
     * Compares a lock with a model.
     *
     * @param model the name of a class that implements {@link MessageModel}
     * @return nothing when they agree, otherwise the message for people
     * @throws SchemaLockException when the model or the file cannot be used
     */
    public static String check(String model, Path lock, String updateCommand) {
        var verdict = SchemaLock.at(lock).updatedBy(updateCommand).check(load(model));
        return verdict.isCurrent() ? "" : verdict.message();
    }

    /**
     * Updates a lock from a model.
     *
     * @param model the name of a class that implements {@link MessageModel}
     * @return what was written, one sentence a line
     * @throws SchemaLockException when the code breaks what is locked, or the model or the file cannot be used
     */
    public static String update(String model, Path lock) {
        List<LockProblem> written = SchemaLock.at(lock).update(load(model)).problems();
        return written.stream().map(LockProblem::sentence).collect(Collectors.joining("\n"));
    }

    private static MessageModel load(String name) {
        try {
            var type = Class.forName(name, true, Thread.currentThread().getContextClassLoader());
            if (!MessageModel.class.isAssignableFrom(type)) {
                throw unusable(name, "it does not implement " + MessageModel.class.getName(), null);
            }
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return (MessageModel) constructor.newInstance();
        } catch (ClassNotFoundException e) {
            throw unusable(name, "there is no such class in the project", e);
        } catch (NoSuchMethodException e) {
            throw unusable(name, "it has no constructor without arguments", e);
        } catch (ReflectiveOperationException e) {
            var reason = e.getCause() == null ? e : e.getCause();
            throw unusable(name, "it cannot be made: " + reason.getMessage(), e);
        }
    }

    private static SchemaLockException unusable(String name, String reason, @Nullable Throwable cause) {
        return new SchemaLockException("The message model " + name + " cannot be used: " + reason, cause);
    }
}
