package dev.headwater;

/** The rule for names: every database, file and log line can give them back exactly, and tell them apart. */
public final class PlainText {

    private PlainText() {}

    /**
     * Returns a name that holds neither a control character nor half a surrogate pair.
     *
     * @param what is named, for the message
     * @throws IllegalArgumentException when it holds one
     */
    public static String require(String what, String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isISOControl(c)) {
                throw new IllegalArgumentException(
                        "The name of a %s holds the control character U+%04X at index %d: none is allowed"
                                .formatted(what, (int) c, i));
            }
            if (isHalf(name, i)) {
                throw new IllegalArgumentException(
                        "The name of a %s holds half a surrogate pair at index %d: it is not valid Unicode"
                                .formatted(what, i));
            }
            if (Character.isHighSurrogate(c)) {
                i++;
            }
        }
        return name;
    }

    /** Whether a text holds no half of a surrogate pair. */
    public static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isHalf(text, i)) {
                return false;
            }
            if (Character.isHighSurrogate(text.charAt(i))) {
                i++;
            }
        }
        return true;
    }

    /** Whether a surrogate without its counterpart begins at an index, where no pair is in its middle. */
    static boolean isHalf(String text, int index) {
        return Character.isSurrogate(text.charAt(index))
                && !Character.isSupplementaryCodePoint(text.codePointAt(index));
    }
}
