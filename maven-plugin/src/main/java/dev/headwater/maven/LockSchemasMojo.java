package dev.headwater.maven;

import java.io.File;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.ResolutionScope;

/**
 * Writes new message types, new versions and compatible changes to the schema lock; refuses when the code breaks what
 * is locked.
 */
@Mojo(name = "lock-schemas", requiresDependencyResolution = ResolutionScope.RUNTIME, threadSafe = true)
public final class LockSchemasMojo extends LockMojo {

    /** Made by Maven. */
    public LockSchemasMojo() {}

    @Override
    void run(ProjectGoals goals, String model, File lock) throws MojoFailureException {
        var written = goals.update(model, lock.toPath());
        if (written.isEmpty()) {
            getLog().info(lock.getName() + " is up to date.");
        } else {
            getLog().info(lock.getName() + " is updated:");
            written.lines().forEach(getLog()::info);
        }
    }
}
