package dev.headwater.store;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.IntegrationEvent;
import dev.headwater.Message;
import dev.headwater.Notification;
import java.util.Set;

/**
 * An event that is about to be appended: its envelope and the tags that it is found by. The toolkit records commands
 * and integration events likewise, in {@linkplain StreamId#isReserved reserved streams} and nowhere else.
 *
 * @param envelope the event or command with its id, time and metadata
 * @param tags at most {@value #MAX_TAGS} tags, each 1 to {@value #MAX_TAG_LENGTH} characters without control characters
 */
public record NewEvent(Envelope<? extends Message> envelope, Set<String> tags) {

    /** The most tags of an event. */
    public static final int MAX_TAGS = 100;

    /** The longest tag, in characters. */
    public static final int MAX_TAG_LENGTH = 200;

    /** Copies and checks the tags, and refuses notifications, which are never stored. */
    public NewEvent {
        if (envelope.message() instanceof Notification) {
            throw new IllegalArgumentException("The message "
                    + envelope.message().getClass().getName()
                    + " cannot be appended: a Notification is never stored; expected a DomainEvent, or a Command or"
                    + " IntegrationEvent in a reserved stream");
        }
        tags = Set.copyOf(tags);
        if (tags.size() > MAX_TAGS) {
            throw new IllegalArgumentException("An event has " + tags.size() + " tags: at most " + MAX_TAGS
                    + " are allowed; a tag is what decisions and queries look for");
        }
        tags.forEach(NewEvent::requireValidTag);
    }

    /** An event that happens now, with a fresh id; its tags are those it gives as {@link Tagged}. */
    public static NewEvent of(DomainEvent event) {
        return of(Envelope.of(event));
    }

    /** An event in an envelope of the caller's making; its tags are those it gives as {@link Tagged}. */
    public static NewEvent of(Envelope<? extends DomainEvent> envelope) {
        return new NewEvent(envelope, envelope.message() instanceof Tagged tagged ? tagged.tags() : Set.of());
    }

    /** A command that is recorded now, with a fresh id and without tags, in a reserved stream. */
    public static NewEvent command(Command<?> command) {
        return command(Envelope.of(command));
    }

    /** A command in an envelope of the caller's making, without tags, to be recorded in a reserved stream. */
    public static NewEvent command(Envelope<? extends Command<?>> command) {
        return new NewEvent(command, Set.of());
    }

    /** What other services are to be told, without tags, to be recorded in a reserved stream. */
    public static NewEvent integration(Envelope<? extends IntegrationEvent> event) {
        return new NewEvent(event, Set.of());
    }

    /** Whether it is for other services, rather than an event of this one. */
    public boolean isIntegration() {
        return envelope.message() instanceof IntegrationEvent;
    }

    /** Whether it is a command rather than an event. */
    public boolean isCommand() {
        return envelope.message() instanceof Command<?>;
    }

    /** Refuses what cannot be a tag. */
    public static void requireValidTag(String tag) {
        if (tag.isEmpty() || tag.length() > MAX_TAG_LENGTH) {
            throw new IllegalArgumentException(
                    "A tag has " + tag.length() + " characters: expected 1 to " + MAX_TAG_LENGTH);
        }
        if (tag.chars().anyMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))) {
            throw new IllegalArgumentException(
                    "A tag holds a control character or one outside of the Basic Multilingual Plane: use others");
        }
    }
}
