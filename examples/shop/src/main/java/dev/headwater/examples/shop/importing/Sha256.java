package dev.headwater.examples.shop.importing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/** Digests of lists of texts; lengths go in as well, so that no two different lists look alike. */
final class Sha256 {

    private Sha256() {}

    static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    static void add(MessageDigest digest, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    static String of(List<String> texts) {
        var digest = start();
        texts.forEach(text -> add(digest, text));
        return hex(digest);
    }

    /**
     * An id that the same names always lead to, as UUID of version 8.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9562#name-example-of-a-uuidv8-value-n">RFC 9562, appendix B.2</a>
     */
    static UUID uuid(String... names) {
        var digest = start();
        for (var name : names) {
            add(digest, name);
        }
        var bytes = ByteBuffer.wrap(digest.digest());
        long high = (bytes.getLong() & ~0xF000L) | 0x8000L;
        long low = (bytes.getLong() >>> 2) | Long.MIN_VALUE;
        return new UUID(high, low);
    }
}
