package dev.headwater.privacy;

import java.util.Optional;

/**
 * Keeps one encryption key for every subject, and forgets it for good.
 *
 * <p>Put a key management service behind it to keep the keys out of the database that holds the data. Implementations
 * are thread-safe, pass the contract suite of the testkit, and throw a transient
 * {@link dev.headwater.HeadwaterException} when the keys are out of reach.
 */
public interface SubjectKeys {

    /** The key of a subject, or that it was forgotten; empty when nothing is known of the subject. */
    Optional<SubjectKey> find(String subject);

    /**
     * The key of a subject, made when there is none; of concurrent callers, in this process or others, all get the same
     * one. For a forgotten subject none is made.
     */
    SubjectKey findOrCreate(String subject);

    /**
     * Destroys the key of a subject and remembers that the subject was forgotten, also one that was not known.
     *
     * @return whether there was a key
     */
    boolean forget(String subject);
}
