package dev.headwater.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.IntegrationEvent;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.broker.BrokerEventBus;
import dev.headwater.broker.KeyPartition;
import dev.headwater.broker.TopicNaming;
import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.RecordHeader;
import dev.headwater.broker.spi.Topic;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What becomes of records that nobody should have written: each is a dead letter that says why, and harms no other.
 * Extend it and say which broker they come over.
 */
@Timeout(120)
public abstract class HostileRecordContract {

    private static final Duration LONG = Duration.ofSeconds(60);

    /** For subclasses. */
    protected HostileRecordContract() {}

    /** Opens a broker. */
    protected abstract LogBrokerContract.Subject open() throws Exception;

    /** What good records tell. */
    @MessageType("contract.told")
    record Told(String key, int number) implements IntegrationEvent {}

    /** A record, and what its letter says. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Hostile(byte[] value, List<RecordHeader> headers, String problem) {}

    @Test
    void eachBecomesALetterThatSaysWhyAndItsNeighboursAreHandled() throws Exception {
        try (var subject = open()) {
            var topic = subject.freshName();
            int partitions = subject.partitions();
            subject.broker().prepare(List.of(Topic.of(topic, partitions)));
            var handled = new CopyOnWriteArrayList<Message>();
            var storage = new InMemorySubscriptionStorage<List<Message>>(handled);
            var hostile = hostile();
            try (var bus = BrokerEventBus.builder(
                            subject.broker(), new MessageSerializer(MessageTypes.of(Told.class)), storage)
                    .source(URI.create("/contract"))
                    .topics(TopicNaming.all(topic))
                    .orderedBy(envelope -> "none")
                    .settings(SubscriptionSettings.DEFAULT.withPollInterval(Duration.ofMillis(20)))
                    .build()) {
                publish(subject, topic, partitions, hostile);
                var running = bus.start(
                        topic,
                        Subscription.named("all")
                                .startingAt(StartFrom.beginning())
                                .retrying(RetryPolicy.none().openingCircuitAfter(Integer.MAX_VALUE))
                                .reacting(event -> handled.add(event.message())));

                assertTrue(running.awaitCaughtUp(LONG), () -> "all is read: " + running.status());
                Await.until("all is handled", LONG, () -> handled.size() == hostile.size() + 2);
                Await.until("all are letters", LONG, () -> letters(storage).size() == hostile.size());
                running.close();
            }
            requireProblems(hostile, letters(storage));
        }
    }

    private static void publish(
            LogBrokerContract.Subject subject, String topic, int partitions, Map<String, Hostile> all)
            throws InterruptedException {
        try (var publisher = subject.broker().publisher()) {
            var records = new ArrayList<OutgoingRecord>();
            int number = 0;
            for (var each : all.entrySet()) {
                records.add(record(topic, partitions, "good", good("good", number), told()));
                var hostile = each.getValue();
                records.add(record(topic, partitions, each.getKey(), hostile.value(), hostile.headers()));
                number++;
            }
            records.add(record(topic, partitions, "good", good("good", number), told()));
            var named = with(told(), RecordHeader.of("__TypeId__", "java.lang.Runtime"));
            records.add(record(topic, partitions, "good", good("good", number + 1), named));
            for (var record : records) {
                var accepted = publisher.publish(List.of(record)).getFirst();
                assertTrue(accepted instanceof Accepted.At, () -> new String(record.key(), UTF_8) + ": " + accepted);
            }
        }
    }

    private static OutgoingRecord record(
            String topic, int partitions, String key, byte[] value, List<RecordHeader> headers) {
        var bytes = key.getBytes(UTF_8);
        return new OutgoingRecord(topic, KeyPartition.of(bytes, partitions), bytes, value, headers, Instant.EPOCH);
    }

    private static void requireProblems(Map<String, Hostile> hostile, List<DeadLetter> letters) {
        var byKey = letters.stream()
                .collect(Collectors.toMap(
                        DeadLetter::sequenceKey,
                        letter -> letter.failure().orElseThrow().message()));
        assertEquals(hostile.keySet(), byKey.keySet());
        hostile.forEach((key, each) -> assertTrue(
                String.valueOf(byKey.get(key)).contains(each.problem()),
                () -> key + " is expected to say '" + each.problem() + "', and says: " + byKey.get(key)));
    }

    private static List<DeadLetter> letters(InMemorySubscriptionStorage<?> storage) {
        return storage.deadLetters().list(DeadLetterFilter.all(), 1000);
    }

    private static byte[] good(String key, int number) {
        return ("{\"key\":\"" + key + "\",\"number\":" + number + "}").getBytes(UTF_8);
    }

    private static List<RecordHeader> told() {
        return headers("1.0", "contract.told");
    }

    private static List<RecordHeader> headers(String version, String type) {
        return List.of(
                RecordHeader.of("ce_specversion", version),
                RecordHeader.of("ce_id", UUID.randomUUID().toString()),
                RecordHeader.of("ce_source", "/contract"),
                RecordHeader.of("ce_type", type));
    }

    /** The headers, with others in place of those of the same name. */
    private static List<RecordHeader> with(List<RecordHeader> headers, RecordHeader... others) {
        var names = Arrays.stream(others).map(RecordHeader::name).toList();
        var all = new ArrayList<RecordHeader>();
        headers.stream().filter(header -> !names.contains(header.name())).forEach(all::add);
        all.addAll(List.of(others));
        return all;
    }

    private static Map<String, Hostile> hostile() {
        var all = new LinkedHashMap<String, Hostile>();
        var value = good("hostile", 1);
        var event = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"contract.told\",\"data\":{}}";
        var within = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"contract.told\","
                + "\"datacontenttype\":\"application/cloudevents+json\",\"data\":" + event + "}";
        var structured = RecordHeader.of("content-type", "application/cloudevents+json");
        var thousand = IntStream.range(0, 1000)
                .mapToObj(i -> RecordHeader.of("h" + i, ""))
                .toArray(RecordHeader[]::new);
        all.put("cr and lf", ofHeader(value, RecordHeader.of("ce_other", "a\r\nb"), "control character"));
        all.put("nul", ofHeader(value, RecordHeader.of("ce_other", "a\0b"), "control character"));
        all.put("nul in a name", ofHeader(value, RecordHeader.of("ce_a\0\r\n", "b"), "control character"));
        all.put("a thousand headers", new Hostile(value, with(told(), thousand), "1004 headers"));
        all.put("a large header", ofHeader(value, RecordHeader.of("other", "x".repeat(70_000)), "too large"));
        all.put("a large name", ofHeader(value, RecordHeader.of("x".repeat(70_000), ""), "too large"));
        all.put("twice", new Hostile(value, with(told(), type("a"), type("b")), "twice"));
        all.put("no id", new Hostile(value, told().subList(2, 4), "no attribute 'specversion'"));
        all.put("another version", new Hostile(value, headers("2.0", "contract.told"), "another version"));
        all.put("content", ofHeader(value, RecordHeader.of("content-type", "text/html"), "content type"));
        all.put("invalid text", ofHeader(value, new RecordHeader("ce_other", new byte[] {-1}), "UTF-8"));
        all.put("invalid value", new Hostile(new byte[] {'{', '"', -1, '"', '}'}, told(), "contract.told"));
        all.put("no json", new Hostile("nonsense".getBytes(UTF_8), told(), "contract.told"));
        all.put("framed", new Hostile(new byte[] {0, 0, 0, 0, 1, 2, 3}, told(), "schema registry"));
        all.put("a class", new Hostile(value, headers("1.0", "java.lang.Runtime"), "java.lang.Runtime"));
        all.put("unknown", new Hostile(value, headers("1.0", "contract.unknown"), "contract.unknown"));
        all.put("the future", ofHeader(value, RecordHeader.of("ce_schemaversion", "99"), "99"));
        all.put("an event in an event", ofHeader(within.getBytes(UTF_8), structured, "an event too"));
        all.put("half an event", ofHeader(event.substring(9).getBytes(UTF_8), structured, "not the JSON"));
        return all;
    }

    private static RecordHeader type(String name) {
        return RecordHeader.of("ce_type", name);
    }

    private static Hostile ofHeader(byte[] value, RecordHeader header, String problem) {
        return new Hostile(value, with(told(), header), problem);
    }
}
