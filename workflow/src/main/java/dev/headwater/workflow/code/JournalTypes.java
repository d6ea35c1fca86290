package dev.headwater.workflow.code;

import dev.headwater.Message;
import dev.headwater.MessageTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The types of what workflow code records. */
public final class JournalTypes {

    /** Entries of journals, and what is said of instances outside of them. */
    public static final MessageTypes TYPES = MessageTypes.builtIn(Entry.class, Remarks.class);

    private static final Set<String> ENTRIES = TYPES.namesOf(Entry.class);

    private JournalTypes() {}

    /** These types together with others of the toolkit. */
    @SafeVarargs
    public static MessageTypes and(Class<? extends Message>... others) {
        var all = new ArrayList<Class<? extends Message>>(List.of(others));
        all.add(Entry.class);
        all.add(Remarks.class);
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<? extends Message>[] types = all.toArray(new Class[0]);
        return MessageTypes.builtIn(types);
    }

    /** Whether something of this type is an entry of a journal, and not a command that stands between them. */
    static boolean isEntry(String type) {
        return ENTRIES.contains(type);
    }
}
