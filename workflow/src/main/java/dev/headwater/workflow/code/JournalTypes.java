package dev.headwater.workflow.code;

import dev.headwater.Message;
import dev.headwater.MessageTypes;
import java.util.Set;

/** The types of what workflow code records. */
public final class JournalTypes {

    /** Entries of journals, and what is said of instances outside of them. */
    public static final MessageTypes TYPES = MessageTypes.builtIn(Entry.class, Remarks.class);

    private static final Set<String> ENTRIES = TYPES.namesOf(Entry.class);

    private JournalTypes() {}

    /** These types together with another one of the toolkit. */
    public static MessageTypes and(Class<? extends Message> other) {
        return MessageTypes.builtIn(Entry.class, Remarks.class, other);
    }

    /** Whether something of this type is an entry of a journal, and not a command that stands between them. */
    static boolean isEntry(String type) {
        return ENTRIES.contains(type);
    }
}
