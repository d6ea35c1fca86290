package dev.headwater.postgres;

import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.Publisher;
import dev.headwater.broker.spi.Topic;
import dev.headwater.broker.spi.TopicReader;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.topic.PublishedLog;
import dev.headwater.postgres.topic.PublishedLogPublisher;
import dev.headwater.postgres.topic.PublishedLogReader;
import dev.headwater.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A message broker that is nothing but PostgreSQL, for teams without another one: a topic is a published log, the
 * tables of an event log in a schema of its own.
 *
 * <p>The service that publishes a topic owns it and appends to it, mostly by its relay; every record has one place in
 * one order, so a topic has one partition. A record that is published again with the same CloudEvents id is recognised,
 * and stands there once. Others read with a role that may only {@code SELECT} ({@link #grantsForReading}), over
 * connections of their own to that database, are woken by {@code NOTIFY}, and keep how far they have come at home.
 * Nothing is ever updated, so a snapshot that somebody holds slows nobody down. Several services may append to a topic
 * that they ask things of its owner on.
 *
 * <p>Records stay. To remove old ones, delete them from the tables of the schema, but never the last one; readers that
 * come too late are told. Thread-safe.
 */
public final class PostgresLogBroker implements LogBroker {

    private static final String PREFIX = "topic_";

    private final TopicDatabases databases;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, PostgresDatabase> publishing = new HashMap<>();
    private final Map<String, PostgresDatabase> reading = new HashMap<>();

    /** A broker over these databases, in which connections are opened when a topic is first used. */
    public PostgresLogBroker(TopicDatabases databases) {
        this.databases = databases;
    }

    /** The name of the schema of a topic. */
    public static String schemaOf(String topic) {
        return PREFIX + topic.toLowerCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The statements that let a role read a topic; the owner of its schema runs them. */
    public static String grantsForReading(String topic, String role) {
        return PostgresDatabase.builder().schema(schemaOf(topic)).grantsForReading(role);
    }

    /** Makes the schemas that are missing, with a role that may publish. How long records stay is for their owner. */
    @Override
    public void prepare(Collection<Topic> topics) {
        var problems = new ArrayList<String>();
        for (var topic : topics) {
            if (topic.partitions() != 1) {
                problems.add(
                        "'" + topic.name() + "' has 1 partition, as every topic here: expected " + topic.partitions());
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalStateException(
                    "These topics are others than expected:\n  " + String.join("\n  ", problems));
        }
        topics.forEach(topic -> publishing(topic.name(), MigrationMode.APPLY));
    }

    @Override
    public int partitions(String topic) {
        reading(topic);
        return 1;
    }

    @Override
    public Publisher publisher() {
        return new PublishedLogPublisher(topic -> new PublishedLog(
                topic, publishing(topic, MigrationMode.VALIDATE).eventStorage()));
    }

    @Override
    public TopicReader read(String topic) {
        return new PublishedLogReader(new PublishedLog(topic, reading(topic).eventStorage()));
    }

    private PostgresDatabase publishing(String topic, MigrationMode mode) {
        return open(topic, publishing, databases.of(topic, true).migrations(mode));
    }

    private PostgresDatabase reading(String topic) {
        return open(topic, reading, databases.of(topic, false).onlyReading());
    }

    private PostgresDatabase open(
            String topic, Map<String, PostgresDatabase> opened, PostgresDatabase.Builder settings) {
        lock.lock();
        try {
            var known = opened.get(topic);
            if (known == null) {
                known = settings.schema(schemaOf(topic)).open();
                opened.put(topic, known);
            }
            return known;
        } catch (PostgresException e) {
            throw new IllegalArgumentException(
                    "There is no topic '" + topic + "' that can be used here: " + e.getMessage(), e);
        } catch (StoreUnavailableException e) {
            throw new BrokerUnavailableException("The database of the topic '" + topic + "' cannot be reached", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<PostgresDatabase> open;
        lock.lock();
        try {
            open = new ArrayList<>(publishing.values());
            open.addAll(reading.values());
            publishing.clear();
            reading.clear();
        } finally {
            lock.unlock();
        }
        open.forEach(PostgresDatabase::close);
    }
}
