package dev.headwater.postgres.faults;

import dev.headwater.store.AppendResult;
import dev.headwater.store.StreamId;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A line in the journal of a worker: a closed choice. */
sealed interface Entry {

    /** Written before an append is sent. */
    record Meant(Intent intent) implements Entry {}

    /** The append was acknowledged. */
    record Acknowledged(String key, AppendResult result) implements Entry {}

    /** The append was refused; for a condition, the event at this position breaks it, otherwise it is 0. */
    record Refused(String key, long conflictPosition) implements Entry {}

    /** The store said that nothing was stored, and the append was given up. */
    record NothingStored(String key) implements Entry {}

    /** The store could not tell what became of the append, which is tried again. */
    record Unknown(String key) implements Entry {}

    /** The worker has done all that it does at its start. */
    record Ready() implements Entry {}

    default String line() {
        return switch (this) {
            case Meant(var intent) -> "meant " + intent.text();
            case Acknowledged(var key, var result) ->
                "acknowledged %s %d %d %s"
                        .formatted(
                                key,
                                result.firstPosition(),
                                result.lastPosition(),
                                result.versions().entrySet().stream()
                                        .map(version -> version.getKey() + "=" + version.getValue())
                                        .collect(Collectors.joining(",")));
            case Refused(var key, long conflictPosition) -> "refused " + key + " " + conflictPosition;
            case NothingStored(var key) -> "nothing " + key;
            case Unknown(var key) -> "unknown " + key;
            case Ready() -> "ready -";
        };
    }

    static Entry parse(String line) {
        var words = line.split(" ", 2);
        var rest = words[1].split(" ", -1);
        return switch (words[0]) {
            case "meant" -> new Meant(Intent.parse(words[1]));
            case "acknowledged" -> {
                var versions = Arrays.stream(rest[3].split(",", -1))
                        .map(version -> version.split("=", -1))
                        .collect(Collectors.toMap(
                                version -> new StreamId(version[0]), version -> Long.parseLong(version[1])));
                yield new Acknowledged(
                        rest[0], new AppendResult(Long.parseLong(rest[1]), Long.parseLong(rest[2]), versions));
            }
            case "refused" -> new Refused(rest[0], Long.parseLong(rest[1]));
            case "nothing" -> new NothingStored(rest[0]);
            case "unknown" -> new Unknown(rest[0]);
            case "ready" -> new Ready();
            default -> throw new IllegalArgumentException("Not an entry of a journal: " + line);
        };
    }
}
