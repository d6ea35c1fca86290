package dev.headwater.store;

/** Hints that events were appended, as they are being given; closing ends them. */
@FunctionalInterface
public interface Hints extends AutoCloseable {

    @Override
    void close();
}
