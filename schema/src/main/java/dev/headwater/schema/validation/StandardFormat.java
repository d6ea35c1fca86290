package dev.headwater.schema.validation;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.format.Format;
import com.networknt.schema.format.Formats;
import java.util.List;

/** A format whose texts are never long, so that nobody spends time on a long text in search of it. */
record ShortFormat(Format format) implements Format {

    private static final int MAX_LENGTH = 4_000;

    static List<Format> all() {
        return Formats.DEFAULT.stream().<Format>map(ShortFormat::new).toList();
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
}
