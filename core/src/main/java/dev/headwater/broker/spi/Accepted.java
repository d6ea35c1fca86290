package dev.headwater.broker.spi;

/** What became of a record that was published: a closed choice. */
public sealed interface Accepted {

    /**
     * The broker keeps it.
     *
     * @param position its place in its partition
     */
    record At(long position) implements Accepted {}

    /**
     * The broker will never keep it, such as one that is too large.
     *
     * @param reason why, in words for a person
     */
    record Refused(String reason) implements Accepted {}

    /** It was not sent, since one before it in its partition was refused. */
    record Held() implements Accepted {}
}
