package dev.headwater.postgres;

/** Says which database holds a topic, and as which role to work there. */
@FunctionalInterface
public interface TopicDatabases {

    /**
     * Settings that lead to the database of a topic; the schema is chosen by the broker. They are made afresh for every
     * call.
     *
     * @param topic the topic
     * @param publishing whether records are to be appended, or else only read
     */
    PostgresDatabase.Builder of(String topic, boolean publishing);
}
