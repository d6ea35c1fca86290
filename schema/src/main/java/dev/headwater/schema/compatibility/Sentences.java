package dev.headwater.schema.compatibility;

import dev.headwater.schema.compatibility.Difference.Kind;

/** Puts a difference into words: what the reader demands, and what the writer may have written. */
final class Sentences {

    private final Direction direction;

    Sentences(Direction direction) {
        this.direction = direction;
    }

    /** The difference that {@code subject must now be less: events written before may be more}. */
    Difference difference(String path, Kind kind, String demand, String written) {
        return new Difference(direction, path, kind, must(path) + demand + ": " + writers() + written);
    }

    Difference required(String path, boolean wasDeclared) {
        var subject = subject(path);
        var explanation = switch (direction) {
            case BACKWARD ->
                wasDeclared
                        ? subject + " was optional and is now required: events written before may lack it"
                        : subject + " is new and required: events written before lack it";
            case FORWARD ->
                subject + (wasDeclared ? " was required and is now optional" : " was required and is gone")
                        + ": code of the earlier version still requires it";
        };
        return new Difference(direction, path, Kind.REQUIRED, explanation);
    }

    Difference notJudged(String path, String reason) {
        return new Difference(
                direction,
                path,
                Kind.NOT_JUDGED,
                subject(path) + " " + reason + ": whether this version can read the other cannot be decided");
    }

    private String must(String path) {
        return switch (direction) {
            case BACKWARD -> subject(path) + " must now ";
            case FORWARD -> "for code of the earlier version " + subject(path) + " must ";
        };
    }

    private String writers() {
        return switch (direction) {
            case BACKWARD -> "events written before ";
            case FORWARD -> "events written from now on ";
        };
    }

    private static String subject(String path) {
        return path.equals("$") ? "the message" : "'" + path.substring(path.startsWith("$.") ? 2 : 1) + "'";
    }
}
