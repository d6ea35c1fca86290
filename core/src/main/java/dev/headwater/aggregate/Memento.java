package dev.headwater.aggregate;

import dev.headwater.PlainText;
import java.util.function.Function;

/**
 * The shape in which a state is kept in snapshots, under a name and a version.
 *
 * <p>Raise the version whenever the class or its meaning changes: snapshots of other versions are ignored, never
 * misread.
 *
 * @param name the name of the kind of state, independent of Java names
 * @param version the version of the shape, from 1
 * @param type the class that is written as JSON, best a record
 * @param capture makes the memento of a state
 * @param restore makes the state again
 * @param <S> the state
 * @param <M> the memento
 */
public record Memento<S, M>(String name, int version, Class<M> type, Function<S, M> capture, Function<M, S> restore) {

    /** Checks name and version. */
    public Memento {
        PlainText.require("memento", name);
        if (version < 1) {
            throw new IllegalArgumentException(
                    "The memento '" + name + "' has version " + version + ": versions count from 1");
        }
    }

    /** A state that is written as it is. */
    public static <S> Memento<S, S> of(String name, int version, Class<S> type) {
        return new Memento<>(name, version, type, Function.identity(), Function.identity());
    }
}
