package dev.headwater.broker;

/**
 * Says to which topic the messages of a type go: mostly {@code <service>.<category>}, so that all types of one kind of
 * thing are in one topic and keep their order.
 */
@FunctionalInterface
public interface TopicNaming {

    /**
     * The topic of a type; never another one.
     *
     * @param type the registered name of a type
     */
    String topicOf(String type);

    /** All types in one topic. */
    static TopicNaming all(String topic) {
        return type -> topic;
    }
}
