package dev.headwater.workflow.code;

import dev.headwater.HeadwaterException;
import org.jspecify.annotations.Nullable;

/** An instance cannot go on with the code as it is: nothing was done, and nothing is undone. */
public final class WorkflowStuckException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    WorkflowStuckException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
