package dev.headwater.maven;

import java.io.File;
import java.util.List;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** What both goals are configured with. */
abstract class LockMojo extends AbstractMojo {

    /** The project's own class that implements {@code dev.headwater.schema.lock.MessageModel}. */
    @Parameter(property = "headwater.model", required = true)
    @Nullable
    String model;

    /** The schema lock, to be committed. */
    @Parameter(property = "headwater.lock", defaultValue = "${project.basedir}/schema.lock.json")
    @Nullable
    File lock;

    @Parameter(defaultValue = "${project.runtimeClasspathElements}", readonly = true, required = true)
    @Nullable
    List<String> classPath;

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        try (var goals = new ProjectGoals(required(classPath, "classPath"))) {
            run(goals, required(model, "model"), required(lock, "lock"));
        }
    }

    abstract void run(ProjectGoals goals, String model, File lock) throws MojoFailureException;

    private static <T> T required(@Nullable T parameter, String name) throws MojoExecutionException {
        if (parameter == null) {
            throw new MojoExecutionException("The parameter '" + name + "' is missing in the configuration");
        }
        return parameter;
    }
}
