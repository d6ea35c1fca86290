package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.OutOfStepException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of the log: its last event, and the streams that it has appended to lately.
 *
 * <p>All of it is true as long as that event is still the last one, because stored events never change. So it is never
 * trusted by itself: a {@link ForeseenAppend} has the server compare the last event inside the critical section. When
 * others append to the same log, what is known of streams is forgotten, and nothing is foreseen until an append stood
 * right behind the event that was known as the last. Not thread-safe: the one flight that is under way uses it.
 */
final class KnownLog {

    private static final int MAX_STREAMS = 10_000;
    private static final long UNKNOWN = 0;

    private final Map<StreamId, Stream> streams = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<StreamId, Stream> eldest) {
            return size() > MAX_STREAMS;
        }
    };
    private long head;
    private @Nullable UUID headId;
    private long lastStream = UNKNOWN;
    private boolean isAlone;

    /**
     * A stream of the log.
     *
     * @param id its number on the server
     * @param version the version of its last event, 0 when it is to be created
     */
    record Stream(long id, long version) {

        boolean isNew() {
            return version == 0;
        }
    }

    /** Where the events of a batch will stand, if the log is as it is known; empty when too little is known. */
    Optional<Foresight> foresee(AppendBatch batch) {
        if (!isAlone || headId == null || !batch.isPlain()) {
            return Optional.empty();
        }
        var slots = batch.slots();
        var places = new ArrayList<Stream>(slots.size());
        long last = lastStream;
        for (var slot : slots.entrySet()) {
            var stream = streams.get(slot.getKey());
            var expected = slot.getValue().expected();
            if (stream == null && last != UNKNOWN && expected instanceof ExpectedVersion.NoStream) {
                stream = new Stream(++last, 0);
            } else if (stream == null || !expected.accepts(stream.version())) {
                return Optional.empty();
            }
            places.add(stream);
        }
        return Optional.of(new Foresight(head, headId, places));
    }

    /** Takes in what an answer of the server says, if it stored anything. */
    void learn(AppendBatch batch, BatchAnswer answer) throws OutOfStepException {
        boolean isFirst = true;
        for (int i = 0; i < batch.appends().size(); i++) {
            if (answer.outcomes().get(i) instanceof AppendOutcome.Stored(var result)) {
                if (isFirst) {
                    isFirst = false;
                    isAlone = Objects.equals(answer.previousId(), headId);
                    if (isAlone && headId != null && result.firstPosition() != head + 1) {
                        throw new OutOfStepException();
                    }
                    if (!isAlone) {
                        forgetStreams();
                    }
                }
                learn(
                        batch.appends().get(i),
                        result,
                        stream -> answer.streamIds().get(batch.slot(stream).index() - 1));
            }
        }
    }

    private void learn(EncodedAppend append, AppendResult result, ToLongFunction<StreamId> ids) {
        for (var part : append.parts()) {
            long id = ids.applyAsLong(part.stream());
            long version = result.version(part.stream());
            streams.put(part.stream(), new Stream(id, version));
            if (version == part.events().size()) {
                lastStream = Math.max(lastStream, id);
            }
            headId = part.events().getLast().message().id();
        }
        head = result.lastPosition();
    }

    /** Something went wrong, or the log was not as foreseen. */
    void forget() {
        isAlone = false;
        forgetStreams();
    }

    private void forgetStreams() {
        streams.clear();
        lastStream = UNKNOWN;
    }
}
