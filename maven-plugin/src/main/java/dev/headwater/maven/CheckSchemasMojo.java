package dev.headwater.maven;

import java.io.File;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.jspecify.annotations.Nullable;

/** Fails the build when the messages of the project cannot read what its schema lock says was stored. */
@Mojo(
        name = "check-schemas",
        defaultPhase = LifecyclePhase.VERIFY,
        requiresDependencyResolution = ResolutionScope.RUNTIME,
        threadSafe = true)
public final class CheckSchemasMojo extends LockMojo {

    /** The command that messages name for updating the lock. */
    @Parameter(defaultValue = "mvn compile headwater:lock-schemas")
    @Nullable
    String updateCommand;

    /** Made by Maven. */
    public CheckSchemasMojo() {}

    @Override
    void run(ProjectGoals goals, String model, File lock) throws MojoFailureException {
        var message = goals.check(model, lock.toPath(), String.valueOf(updateCommand));
        if (!message.isEmpty()) {
            throw new MojoFailureException("\n" + message + "\n");
        }
    }
}
