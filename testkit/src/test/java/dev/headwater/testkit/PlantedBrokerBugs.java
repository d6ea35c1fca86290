package dev.headwater.testkit;

import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.Publisher;
import dev.headwater.broker.spi.RecordHeader;
import dev.headwater.broker.spi.RecordPage;
import dev.headwater.broker.spi.RecordsGoneException;
import dev.headwater.broker.spi.Topic;
import dev.headwater.broker.spi.TopicReader;
import dev.headwater.store.Hints;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.UnaryOperator;

/** Brokers with one bug each. */
final class PlantedBrokerBugs {

    private PlantedBrokerBugs() {}

    /** Changes what is read. */
    abstract static class ChangesPages extends SpoiledBroker {
        ChangesPages(LogBroker broker) {
            super(broker);
        }

        abstract RecordPage change(RecordPage page, long after);

        @Override
        RecordPage read(TopicReader reader, int partition, long after, int limit, int bytes) {
            return change(super.read(reader, partition, after, limit, bytes), after);
        }

        static RecordPage withRecords(RecordPage page, UnaryOperator<List<IncomingRecord>> change) {
            return new RecordPage(change.apply(page.records()), page.through(), page.end());
        }
    }

    /** Takes the place of its last record for the place of a page. */
    static final class CountsRecordsOnly extends ChangesPages {
        CountsRecordsOnly(LogBroker broker) {
            super(broker);
        }

        @Override
        RecordPage change(RecordPage page, long after) {
            long last =
                    page.records().isEmpty() ? after : page.records().getLast().position();
            return new RecordPage(page.records(), last, page.end());
        }
    }

    static final class DropsTombstones extends ChangesPages {
        DropsTombstones(LogBroker broker) {
            super(broker);
        }

        @Override
        RecordPage change(RecordPage page, long after) {
            return withRecords(
                    page,
                    records -> records.stream()
                            .filter(record -> record.value() != null)
                            .toList());
        }
    }

    static final class KeepsOneHeaderOfAName extends ChangesPages {
        KeepsOneHeaderOfAName(LogBroker broker) {
            super(broker);
        }

        @Override
        RecordPage change(RecordPage page, long after) {
            return withRecords(
                    page,
                    records -> records.stream()
                            .map(KeepsOneHeaderOfAName::withFewerHeaders)
                            .toList());
        }

        private static IncomingRecord withFewerHeaders(IncomingRecord record) {
            var headers = new LinkedHashMap<String, RecordHeader>();
            record.headers().forEach(header -> headers.put(header.name(), header));
            return new IncomingRecord(
                    record.position(),
                    record.key(),
                    record.value(),
                    List.copyOf(headers.values()),
                    record.acceptedAt(),
                    record.unreadable());
        }
    }

    static final class SaysThatEveryPageIsTheLast extends ChangesPages {
        SaysThatEveryPageIsTheLast(LogBroker broker) {
            super(broker);
        }

        @Override
        RecordPage change(RecordPage page, long after) {
            return new RecordPage(page.records(), page.through(), true);
        }
    }

    static final class IgnoresBytes extends SpoiledBroker {
        IgnoresBytes(LogBroker broker) {
            super(broker);
        }

        @Override
        RecordPage read(TopicReader reader, int partition, long after, int limit, int bytes) {
            return super.read(reader, partition, after, limit, Integer.MAX_VALUE);
        }
    }

    static final class IgnoresTheLimit extends SpoiledBroker {
        IgnoresTheLimit(LogBroker broker) {
            super(broker);
        }

        @Override
        RecordPage read(TopicReader reader, int partition, long after, int limit, int bytes) {
            return super.read(reader, partition, after, Integer.MAX_VALUE, bytes);
        }
    }

    static final class JumpsOverWhatIsGone extends SpoiledBroker {
        JumpsOverWhatIsGone(LogBroker broker) {
            super(broker);
        }

        @Override
        RecordPage read(TopicReader reader, int partition, long after, int limit, int bytes) {
            try {
                return super.read(reader, partition, after, limit, bytes);
            } catch (RecordsGoneException e) {
                return super.read(reader, partition, e.first() - 1, limit, bytes);
            }
        }
    }

    static final class GivesNoHints extends SpoiledBroker {
        GivesNoHints(LogBroker broker) {
            super(broker);
        }

        @Override
        Hints onRecords(TopicReader reader, int partition, Runnable hint) {
            return () -> {};
        }
    }

    static final class PublishesBehindARefusal extends SpoiledBroker {
        PublishesBehindARefusal(LogBroker broker) {
            super(broker);
        }

        @Override
        List<Accepted> publish(Publisher publisher, List<OutgoingRecord> records) throws InterruptedException {
            var accepted = new ArrayList<Accepted>();
            for (var record : records) {
                accepted.addAll(super.publish(publisher, List.of(record)));
            }
            return accepted;
        }
    }

    static final class PublishesBackwards extends SpoiledBroker {
        PublishesBackwards(LogBroker broker) {
            super(broker);
        }

        @Override
        List<Accepted> publish(Publisher publisher, List<OutgoingRecord> records) throws InterruptedException {
            return super.publish(publisher, records.reversed()).reversed();
        }
    }

    static final class KnowsOnePartition extends SpoiledBroker {
        KnowsOnePartition(LogBroker broker) {
            super(broker);
        }

        @Override
        List<Accepted> publish(Publisher publisher, List<OutgoingRecord> records) throws InterruptedException {
            return super.publish(
                    publisher,
                    records.stream()
                            .map(record -> new OutgoingRecord(
                                    record.topic(), 0, record.key(), record.value(), record.headers(), record.time()))
                            .toList());
        }
    }

    static final class AcceptsAnyTopic extends SpoiledBroker {
        AcceptsAnyTopic(LogBroker broker) {
            super(broker);
        }

        @Override
        public void prepare(Collection<Topic> topics) {
            try {
                super.prepare(topics);
            } catch (IllegalStateException e) {
                // It is another one, and nobody is told.
            }
        }
    }
}
