package dev.headwater.postgres.append;

import static java.util.Objects.requireNonNull;

import dev.headwater.store.AppendCondition;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private boolean isConditional;

    /** A batch of one. */
    public static AppendBatch of(EncodedAppend append) {
        var batch = new AppendBatch();
        batch.add(append);
        return batch;
    }

    /** A batch of some of the members of another one. */
    static AppendBatch of(List<EncodedAppend> members) {
        var batch = new AppendBatch();
        members.forEach(batch::add);
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

    /**
     * Takes the append in for a member that expects a version of the same stream which is most likely past, so that it
     * would be refused; what becomes of this one tells about that one, too.
     *
     * @param lately which versions streams have come to, as far as that is known
     * @return where the member stood; -1 when there is none
     */
    int tryOvertake(EncodedAppend append, Map<StreamId, Long> lately) {
        var part = append.parts().getFirst();
        var slot = slots.get(part.stream());
        var version = lately.get(part.stream());
        if (slot == null || slot.owner() == 0 || version == null || isConditional || !isOfOneVersion(append)) {
            return -1;
        }
        int place = slot.owner() - 1;
        var member = appends.get(place);
        if (!isOfOneVersion(member)
                || AppendCall.code(slot.expected()) >= version
                || AppendCall.code(part.expected()) < version) {
            return -1;
        }
        appends.set(place, append);
        slots.put(part.stream(), new Slot(slot.index(), slot.owner(), part.expected()));
        isPlain &= part.events().stream().allMatch(event -> event.tags().isEmpty());
        events += append.size() - member.size();
        bytes += append.bytes() - member.bytes();
        return place;
    }

    private static boolean isOfOneVersion(EncodedAppend append) {
        return append.parts().size() == 1
                && append.condition().isEmpty()
                && AppendCall.code(append.parts().getFirst().expected()) >= 0;
    }

    private void add(EncodedAppend append) {
        appends.add(append);
        int owner = isRefusable(append) ? appends.size() : 0;
        for (var part : append.parts()) {
            slots.putIfAbsent(part.stream(), new Slot(slots.size() + 1, owner, part.expected()));
            isPlain &= part.events().stream().allMatch(event -> event.tags().isEmpty());
        }
        isConditional |= append.condition().isPresent();
        isPlain &= append.condition().isEmpty();
        events += append.size();
        bytes += append.bytes();
    }

    boolean isTooLargeWith(EncodedAppend append) {
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
