package dev.headwater.testkit;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Random events of types that nobody knows, the same ones for the same seed: whatever a storage has to keep. */
final class RandomLog {

    private static final long EARLIEST = Instant.parse("-2000-01-01T00:00:00Z").getEpochSecond();
    private static final long LATEST = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "-0.0",
            "1.10",
            "1E+400",
            "-1e-400",
            "9223372036854775808",
            "12345678901234567890.12345678901234567890",
            "9".repeat(900));

    /** Whitespace stays where it is, line breaks as well. */
    private static final List<String> LAYOUTS = List.of(
            "{\"value\":%s}", " { \"value\" :\t%s } ", "{\n  \"value\": %s\r\n}\n", "[%s,{\"data\":{}},null]", "%s");

    private static final String MISTAKEN = "\"\\,:{}[]/'%\u007f\u0085\u2028\ufeff";

    private final Random random;
    private final int streams;

    RandomLog(long seed, int streams) {
        this.random = new Random(seed);
        this.streams = streams;
    }

    /** Appends so many events, one by one. */
    void fill(EventStorage log, int events) {
        for (int i = 0; i < events; i++) {
            var event = new EncodedAppend.Event(message(), tags());
            log.append(new EncodedAppend(
                    List.of(new EncodedAppend.Part(stream(), ExpectedVersion.any(), List.of(event))),
                    Optional.empty()));
        }
    }

    private StreamId stream() {
        int number = random.nextInt(streams);
        if (number % 7 == 1) {
            return new StreamId("$order-" + number);
        }
        return new StreamId(number % 5 == 0 ? "Zoë \ud83d\ude80,\"data\":{-" + number : "order-" + number);
    }

    private EncodedMessage message() {
        return new EncodedMessage(
                new UUID(random.nextLong(), random.nextLong()),
                "random.type-" + random.nextInt(7),
                1 + random.nextInt(random.nextInt(50) == 0 ? Integer.MAX_VALUE : 9),
                Instant.ofEpochSecond(random.nextLong(EARLIEST, LATEST), random.nextInt(1_000_000_000)),
                metadata(),
                payload().getBytes(StandardCharsets.UTF_8));
    }

    private Metadata metadata() {
        return new Metadata(id(), id(), perhaps(), perhaps(), perhaps(), attributes());
    }

    private @Nullable UUID id() {
        return random.nextBoolean() ? new UUID(random.nextLong(), random.nextLong()) : null;
    }

    private @Nullable String perhaps() {
        return random.nextBoolean() ? text() : null;
    }

    private Map<String, String> attributes() {
        var attributes = new HashMap<String, String>();
        for (int i = random.nextInt(4); i > 0; i--) {
            attributes.put("key " + text(), text());
        }
        return attributes;
    }

    private Set<String> tags() {
        var tags = new HashSet<String>();
        for (int i = random.nextInt(4) - 1; i > 0; i--) {
            tags.add("tag:\"é\"," + random.nextInt(9));
        }
        return tags;
    }

    private String payload() {
        var value = random.nextBoolean() ? NUMBERS.get(random.nextInt(NUMBERS.size())) : quoted(text());
        if (random.nextInt(200) == 0) {
            value = quoted("x".repeat(random.nextInt(500_000)));
        }
        return LAYOUTS.get(random.nextInt(LAYOUTS.size())).formatted(value);
    }

    /** Any Unicode text but NUL, often with what is easily mistaken. */
    private String text() {
        return IntStream.range(0, random.nextInt(12))
                .map(i -> switch (random.nextInt(5)) {
                    case 0 -> MISTAKEN.charAt(random.nextInt(MISTAKEN.length()));
                    case 1 -> random.nextInt(1, 0x20);
                    case 2 -> random.nextInt(0x10000, 0x110000);
                    default -> random.nextInt(0x20, 0xd800);
                })
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c < 0x20 || c == '"' || c == '\\') {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
