package dev.headwater.privacy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts values with AES-256 in Galois/Counter Mode, bound to their subject.
 *
 * <p>An encrypted value is base64url text of: the version of this format (one byte, 1), 12 random bytes of
 * initialization vector, and the ciphertext with a tag of 16 bytes. Version and subject are authenticated with it, so a
 * value cannot be passed off as another subject's. Random vectors are safe for some four thousand million values under
 * one key, and a key is one subject's.
 *
 * @see <a href="https://doi.org/10.6028/NIST.SP.800-38D">NIST SP 800-38D, section 8.3</a>
 */
final class PersonalCipher {

    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final byte VERSION = 1;
    private static final int IV_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int IV_END = 1 + IV_BYTES;

    private static final SecureRandom RANDOM = new SecureRandom();

    private PersonalCipher() {}

    static String encrypt(SecretKey key, String subject, byte[] plain) {
        var iv = new byte[IV_BYTES];
        RANDOM.nextBytes(iv);
        try {
            var cipher = cipher(Cipher.ENCRYPT_MODE, key, subject, iv, 0);
            var encrypted = ByteBuffer.allocate(IV_END + plain.length + TAG_BYTES);
            encrypted.put(VERSION).put(iv);
            cipher.doFinal(ByteBuffer.wrap(plain), encrypted);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(encrypted.array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java cannot encrypt with " + TRANSFORMATION, e);
        }
    }

    /** Fails with what is wrong when these are not the bytes that were once encrypted for the subject. */
    static byte[] decrypt(SecretKey key, String subject, String text) {
        var encrypted = bytes(subject, text);
        if (encrypted.length < IV_END + TAG_BYTES) {
            throw new UnreadablePersonalDataException(
                    subject, "it was altered, " + encrypted.length + " bytes are too few", null);
        }
        if (encrypted[0] != VERSION) {
            throw new UnreadablePersonalDataException(
                    subject,
                    "it was altered, or written by newer code: its format has version " + encrypted[0]
                            + ", this code knows " + VERSION,
                    null);
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, key, subject, encrypted, 1)
                    .doFinal(encrypted, IV_END, encrypted.length - IV_END);
        } catch (AEADBadTagException e) {
            throw new UnreadablePersonalDataException(
                    subject, "it was altered, or encrypted with another key than the one that is kept now", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java cannot decrypt with " + TRANSFORMATION, e);
        }
    }

    private static byte[] bytes(String subject, String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new UnreadablePersonalDataException(subject, "it was altered, it is not base64url", null);
        }
    }

    private static Cipher cipher(int mode, SecretKey key, String subject, byte[] iv, int ivOffset)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance(TRANSFORMATION);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, iv, ivOffset, IV_BYTES));
        cipher.updateAAD(new byte[] {VERSION});
        cipher.updateAAD(subject.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
