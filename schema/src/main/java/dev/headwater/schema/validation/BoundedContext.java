package dev.headwater.schema.validation;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;

/** Keeps the first errors of a validation only: whether there is any decides, and people read no more. */
final class BoundedContext extends ExecutionContext {

    private static final int MAX_ERRORS = 200;

    BoundedContext(ExecutionConfig config) {
        super(config);
    }

    @Override
    public void addError(Error error) {
        if (getErrors().size() < MAX_ERRORS) {
            super.addError(error);
        }
    }
}
