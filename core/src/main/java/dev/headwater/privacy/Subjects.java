package dev.headwater.privacy;

/** The rule for the ids of subjects, which stand in the clear in events, keys and errors. */
final class Subjects {

    private static final int LONGEST = 200;

    private Subjects() {}

    /** Does not repeat what it refuses, which may be a value given in place of the id. */
    static String requireValid(String subject) {
        boolean valid = !subject.isEmpty()
                && subject.length() <= LONGEST
                && subject.chars().noneMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c));
        if (!valid) {
            throw new IllegalArgumentException("The id of a data subject has " + subject.length()
                    + " characters or one that is not allowed: expected 1 to " + LONGEST
                    + " characters of the basic plane, without control characters");
        }
        return subject;
    }
}
