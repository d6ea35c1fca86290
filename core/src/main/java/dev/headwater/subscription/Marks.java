package dev.headwater.subscription;

import dev.headwater.store.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a segment has come in the logs of the sources whose events are republished in the log that it reads. Used by
 * one thread.
 *
 * <p>Whoever republishes the events of a source does so in the order of their positions there, begins where everything
 * before was republished already, and never sends one while the fate of the one before is unknown. So what stands in
 * the log of one source are runs without holes, each of which begins at or before the end of those before it, also when
 * several republish at once without knowing of each other: each run has that property alone, and mixing two of them
 * keeps it. Therefore everything at or before the highest position that was seen was seen, and whatever comes again at
 * or before it is a repetition: one number for each source recognises all of them, for ever. The keys of a segment are
 * a part of those of the log, and for a part of the events the same is true.
 *
 * <p>It is not true when two segments of a republisher share the log, when something is sent behind a send that failed,
 * or when a checkpoint moves before what is before it was acknowledged.
 */
final class Marks {

    /** Seen at or before what is handled last. */
    private final Map<String, Long> settled;
    /** Seen behind it, by position. */
    private final TreeMap<Long, Origin> ahead = new TreeMap<>();
    /** Seen at all. */
    private final Map<String, Long> latest;
    /** Seen in the page at hand, which may be read again. */
    private final List<Seen> page = new ArrayList<>();

    private final Map<String, Long> latestOfPage = new HashMap<>();

    private record Seen(long position, Origin origin) {}

    Marks(Map<String, Long> stored) {
        this.settled = new HashMap<>(stored);
        this.latest = new HashMap<>(stored);
    }

    /** A page is read, perhaps for the second time. */
    void beginPage() {
        page.clear();
        latestOfPage.clear();
    }

    /** Whether an event was seen before; otherwise it is from now on, if the page is kept. */
    boolean isRepetition(long position, Origin origin) {
        var log = origin.logOfSource();
        long known = Math.max(latest.getOrDefault(log, 0L), latestOfPage.getOrDefault(log, 0L));
        if (origin.order() <= known) {
            return true;
        }
        page.add(new Seen(position, origin));
        latestOfPage.put(log, origin.order());
        return false;
    }

    /** The page is in work. */
    void keepPage() {
        page.forEach(seen -> ahead.put(seen.position(), seen.origin()));
        latest.putAll(latestOfPage);
        beginPage();
    }

    /** Everything up to a position belongs to every checkpoint from now on. */
    void settle(long position) {
        var passed = ahead.headMap(position, true);
        passed.values().forEach(origin -> settled.put(origin.logOfSource(), origin.order()));
        passed.clear();
    }

    /** What was seen up to a position, the page at hand included. */
    Map<String, Long> upTo(long position) {
        if (latest.isEmpty() && page.isEmpty()) {
            return Map.of();
        }
        var marks = new HashMap<>(settled);
        ahead.headMap(position, true).values().forEach(origin -> marks.put(origin.logOfSource(), origin.order()));
        page.stream()
                .filter(seen -> seen.position() <= position)
                .forEach(seen ->
                        marks.put(seen.origin().logOfSource(), seen.origin().order()));
        return marks;
    }
}
