package dev.headwater.maven;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.apache.maven.plugin.MojoFailureException;

/**
 * Headwater's schema module as the project has it on its class path, together with the project's own classes and the
 * Jackson that it uses. Nothing of the plugin or of Maven is visible there, so versions cannot mix; the two sides talk
 * in types of the JDK.
 */
final class ProjectGoals implements AutoCloseable {

    private static final String GOALS = "dev.headwater.schema.lock.LockGoals";

    private final URLClassLoader project;

    ProjectGoals(List<String> classPath) {
        this.project = new URLClassLoader(
                classPath.stream().map(ProjectGoals::url).toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    String check(String model, Path lock, String updateCommand) throws MojoFailureException {
        return call("check", model, lock, updateCommand);
    }

    String update(String model, Path lock) throws MojoFailureException {
        return call("update", model, lock);
    }

    /** Shows the user what went wrong, without the stack of an exception that is meant for reading. */
    private String call(String goal, Object... arguments) throws MojoFailureException {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(project);
        try {
            return (String) goal(goal).invoke(null, arguments);
        } catch (InvocationTargetException e) {
            var cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new MojoFailureException(Objects.requireNonNullElse(cause.getMessage(), cause.toString()));
        } catch (ClassNotFoundException e) {
            throw new MojoFailureException("The project does not depend on dev.headwater:headwater-schema, which the"
                    + " message model needs: add it to the dependencies");
        } catch (ReflectiveOperationException e) {
            throw new MojoFailureException("The project's headwater-schema is not the one that this plugin knows ("
                    + e.getMessage() + "): use the same version of both");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private Method goal(String name) throws ReflectiveOperationException {
        var goals = Class.forName(GOALS, true, project);
        return name.equals("check")
                ? goals.getMethod(name, String.class, Path.class, String.class)
                : goals.getMethod(name, String.class, Path.class);
    }

    @Override
    public void close() {
        try {
            project.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(String element) {
        try {
            return Path.of(element).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(element + " on the class path cannot be a URL", e);
        }
    }
}
