package dev.headwater.broker;

/**
 * In which partition the records of a key are: Kafka's own choice for keys, the murmur2 hash of their bytes, for every
 * broker. So other clients of Kafka write the same key to the same partition, if they choose as Kafka does.
 */
public final class KeyPartition {

    private static final int SEED = 0x9747b28c;
    private static final int FACTOR = 0x5bd1e995;
    private static final int SHIFT = 24;

    private KeyPartition() {}

    /**
     * The partition of a key.
     *
     * @param key its bytes, of text those in UTF-8
     * @param partitions how many there are
     * @return from 0
     */
    public static int of(byte[] key, int partitions) {
        return (murmur2(key) & Integer.MAX_VALUE) % partitions;
    }

    static int murmur2(byte[] key) {
        int hash = SEED ^ key.length;
        int rest = key.length & ~3;
        for (int i = 0; i < rest; i += 4) {
            int word = at(key, i) | (at(key, i + 1) << 8) | (at(key, i + 2) << 16) | (at(key, i + 3) << 24);
            word *= FACTOR;
            word ^= word >>> SHIFT;
            hash = (hash * FACTOR) ^ (word * FACTOR);
        }
        for (int i = key.length - 1; i >= rest; i--) {
            hash ^= at(key, i) << (8 * (i - rest));
        }
        if (rest < key.length) {
            hash *= FACTOR;
        }
        hash ^= hash >>> 13;
        hash *= FACTOR;
        return hash ^ (hash >>> 15);
    }

    private static int at(byte[] key, int index) {
        return key[index] & 0xFF;
    }
}
