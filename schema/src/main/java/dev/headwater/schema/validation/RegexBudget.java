package dev.headwater.schema.validation;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import com.networknt.schema.regex.RegularExpressions;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Regular expressions that cannot take for ever: all matches of one validation together may look at so many characters.
 *
 * <p>A backtracking matcher that explodes looks at the same characters again and again, so counting them finds it, on
 * every machine at the same point and without a clock.
 */
final class RegexBudget implements RegularExpressionFactory {

    static final int MAX_LENGTH = 1_000;

    private static final long LEAST = 1_000_000;
    private static final long PER_BYTE = 50;

    private final ThreadLocal<Long> left = ThreadLocal.withInitial(() -> LEAST);

    /** Gives the validation of a payload on this thread its budget. */
    void begin(int payloadBytes) {
        left.set(LEAST + PER_BYTE * payloadBytes);
    }

    void end() {
        left.remove();
    }

    /** Why a pattern cannot be used; null when it can. */
    static @Nullable String problem(String regex) {
        if (regex.length() > MAX_LENGTH) {
            return "is a pattern of " + regex.length() + " characters: at most " + MAX_LENGTH + " are allowed";
        }
        try {
            compile(regex);
            return null;
        } catch (PatternSyntaxException e) {
            return "is no regular expression: " + e.getDescription();
        } catch (StackOverflowError e) {
            return "is a pattern that nests too deeply";
        }
    }

    private static Pattern compile(String regex) {
        return Pattern.compile(
                RegularExpressions.replaceLongformCharacterProperties(RegularExpressions.replaceDollarAnchors(regex)));
    }

    @Override
    public RegularExpression getRegularExpression(String regex) {
        var problem = problem(regex);
        if (problem != null) {
            throw new IllegalArgumentException("This " + problem);
        }
        var pattern = compile(regex);
        return text -> matches(pattern, text);
    }

    private boolean matches(Pattern pattern, String text) {
        var counted = new CountedText(text, left.get());
        try {
            return pattern.matcher(counted).find();
        } catch (StackOverflowError e) {
            throw new ExhaustedException();
        } finally {
            left.set(counted.left);
        }
    }

    /** The patterns of a schema cost more than they may. */
    static final class ExhaustedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ExhaustedException() {
            super("too many characters looked at", null, false, false);
        }
    }

    private static final class CountedText implements CharSequence {

        private final String text;
        private long left;

        CountedText(String text, long left) {
            this.text = text;
            this.left = left;
        }

        @Override
        public char charAt(int index) {
            if (--left < 0) {
                throw new ExhaustedException();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
