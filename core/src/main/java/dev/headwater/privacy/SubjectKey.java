package dev.headwater.privacy;

import java.security.NoSuchAlgorithmException;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** What is known of a subject's key: the key, or that it was destroyed. */
public sealed interface SubjectKey {

    /**
     * A key that encrypts and decrypts, for AES with 256 bits.
     *
     * @param key the key
     */
    record Active(SecretKey key) implements SubjectKey {

        private static final String ALGORITHM = "AES";
        private static final int BITS = 256;

        /** A new random key. */
        public static Active generate() {
            try {
                var generator = KeyGenerator.getInstance(ALGORITHM);
                generator.init(BITS);
                return new Active(generator.generateKey());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("This Java has no AES", e);
            }
        }

        /** The key with these 32 bytes, as {@code key().getEncoded()} gave them. */
        public static Active of(byte[] bytes) {
            if (bytes.length * Byte.SIZE != BITS) {
                throw new IllegalArgumentException(
                        "The key of a subject has " + bytes.length + " bytes: expected " + BITS / Byte.SIZE);
            }
            return new Active(new SecretKeySpec(bytes, ALGORITHM));
        }

        /** Never the key. */
        @Override
        public String toString() {
            return "Active";
        }
    }

    /** The key was destroyed, and nothing can be encrypted for the subject again. */
    record Forgotten() implements SubjectKey {}
}
