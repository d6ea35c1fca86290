package dev.headwater.postgres.append;

import static java.util.Objects.requireNonNull;

import dev.headwater.store.AppendCondition;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Appends that go to the server in one call because none of them can change what another depends on.
 *
 * <p>An append that may be refused, for a version or for a condition, has its streams for itself. Appends that cannot
 * be refused may share a stream; their events are numbered here. A condition is admitted only as long as no earlier
 * member brings an event that it rules out. So the server can check all members against the state before the batch. Not
 * thread-safe.
 */
public final class AppendBatch {

    static final int MAX_EVENTS = 2048;
    static final long MAX_BYTES = 8L * 1024 * 1024;

    /**
     * A stream of the batch.
     *
     * @param index its number, from 1
     * @param owner the number of the append, from 1, that has it for itself; 0 when it may be shared
     * @param expected what the stream must look like
     */
    record Slot(int index, int owner, ExpectedVersion expected) {}

    private final List<EncodedAppend> appends = new ArrayList<>();
    private final SequencedMap<StreamId, Slot> slots = new LinkedHashMap<>();
    private int events;
    private long bytes;
    private boolean isPlain = true;

    /** A batch of one. */
    public static AppendBatch of(EncodedAppend append) {
        var batch = new AppendBatch();
        batch.add(append);
        return batch;
    }

    /** Takes the append in, unless it depends on a member or makes the batch too large. The first one always fits. */
    boolean tryAdd(EncodedAppend append) {
        if (!appends.isEmpty() && (isTooLargeWith(append) || dependsOnMember(append))) {
            return false;
        }
        add(append);
        return true;
    }

    private void add(EncodedAppend append) {
        appends.add(append);
        int owner = isRefusable(append) ? appends.size() : 0;
        for (var part : append.parts()) {
            slots.putIfAbsent(part.stream(), new Slot(slots.size() + 1, owner, part.expected()));
            isPlain &= part.events().stream().allMatch(event -> event.tags().isEmpty());
        }
        isPlain &= append.condition().isEmpty();
        events += append.size();
        bytes += append.bytes();
    }

    private boolean isTooLargeWith(EncodedAppend append) {
        return events + append.size() > MAX_EVENTS || bytes + append.bytes() > MAX_BYTES;
    }

    private boolean dependsOnMember(EncodedAppend append) {
        boolean refusable = isRefusable(append);
        for (var part : append.parts()) {
            var slot = slots.get(part.stream());
            if (slot != null && (refusable || slot.owner() != 0)) {
                return true;
            }
        }
        return append.condition().isPresent() && isRuledOut(append.condition().get());
    }

    private boolean isRuledOut(AppendCondition condition) {
        for (var member : appends) {
            for (var part : member.parts()) {
                for (var event : part.events()) {
                    if (condition.query().matches(event.message().type(), part.stream(), event.tags())) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean isRefusable(EncodedAppend append) {
        return append.condition().isPresent()
                || append.parts().stream().anyMatch(part -> !(part.expected() instanceof ExpectedVersion.Any));
    }

    List<EncodedAppend> appends() {
        return appends;
    }

    SequencedMap<StreamId, Slot> slots() {
        return slots;
    }

    Slot slot(StreamId stream) {
        return requireNonNull(slots.get(stream));
    }

    int events() {
        return events;
    }

    /** Whether there are no tags and no conditions. */
    boolean isPlain() {
        return isPlain;
    }

    boolean isFull() {
        return events >= MAX_EVENTS || bytes >= MAX_BYTES;
    }
}
