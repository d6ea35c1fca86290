package dev.headwater.schema.validation;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.format.Format;
import com.networknt.schema.format.Formats;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A format of the standard whose texts are never long, so that nobody spends time on a long text in search of it. The
 * formats that the validator has beyond the standard are left out.
 */
record StandardFormat(Format format) implements Format {

    private static final int MAX_LENGTH = 4_000;

    private static final Set<String> STANDARD = Set.of(
            "date-time",
            "date",
            "time",
            "duration",
            "email",
            "idn-email",
            "hostname",
            "idn-hostname",
            "ipv4",
            "ipv6",
            "uri",
            "uri-reference",
            "iri",
            "iri-reference",
            "json-pointer",
            "relative-json-pointer",
            "regex");

    static Map<String, Format> byName() {
        var formats = new TreeMap<String, Format>();
        for (var format : Formats.DEFAULT) {
            if (STANDARD.contains(format.getName())) {
                formats.put(format.getName(), new StandardFormat(format));
            }
        }
        formats.put("uuid", new StandardFormat(new Uuid()));
        formats.put("uri-template", new StandardFormat(new UriTemplate()));
        return formats;
    }

    @Override
    public String getName() {
        return format.getName();
    }

    @Override
    public String getMessageKey() {
        return format.getMessageKey();
    }

    @Override
    public boolean matches(ExecutionContext context, SchemaContext schemaContext, String value) {
        return value.length() <= MAX_LENGTH && format.matches(context, schemaContext, value);
    }

    /** A UUID as in RFC 9562, without the regular expression that took a tenth of a whole validation. */
    private static final class Uuid implements Format {

        private static final String NIL = "00000000-0000-0000-0000-000000000000";

        @Override
        public String getName() {
            return "uuid";
        }

        @Override
        public boolean matches(ExecutionContext context, String value) {
            if (value.length() != NIL.length()) {
                return false;
            }
            for (int i = 0; i < NIL.length(); i++) {
                char at = value.charAt(i);
                if (NIL.charAt(i) == '-' ? at != '-' : !HexFormat.isHexDigit(at)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * A URI template as in RFC 6570. The validator's own expression for it takes exponential time; this one never goes
     * back.
     */
    private static final class UriTemplate implements Format {

        private static final String VARIABLE = "(?:[\\w.]|%\\p{XDigit}{2})++(?::[1-9]\\d{0,3}+|\\*)?+";

        private static final Pattern PATTERN =
                Pattern.compile("(?:[!#$&(-;=?-\\[\\]_a-z~\\u00a0-\\uffff]++|%\\p{XDigit}{2}" + "|\\{[+#./;?&=,!@|]?+"
                        + VARIABLE + "(?:," + VARIABLE + ")*+\\})*+");

        @Override
        public String getName() {
            return "uri-template";
        }

        @Override
        public boolean matches(ExecutionContext context, String value) {
            return PATTERN.matcher(value).matches();
        }
    }
}
