/**
 * Personal data that is encrypted with a key of its subject, and is gone when the key is. Begin with
 * {@link dev.headwater.privacy.Personal} and {@link dev.headwater.privacy.Erasure}.
 *
 * <p>No key and no readable value goes into a log line, an exception or a file.
 */
package dev.headwater.privacy;
