package dev.headwater.schema.validation;

import dev.headwater.HeadwaterException;
import java.util.List;

/** A schema that cannot be used: it is no JSON Schema, reaches outside of itself, or could make validation explode. */
public final class InvalidSchemaException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /** Creates the exception; each problem names its place in the schema. */
    public InvalidSchemaException(List<String> problems) {
        super("The schema cannot be used:\n  " + String.join("\n  ", problems), null);
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, one sentence each. */
    public List<String> problems() {
        return problems;
    }
}
