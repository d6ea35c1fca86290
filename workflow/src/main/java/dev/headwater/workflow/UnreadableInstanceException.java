package dev.headwater.workflow;

import dev.headwater.HeadwaterException;
import org.jspecify.annotations.Nullable;

/** What is kept of an instance cannot be read by the present code; its events wait, and those of others go on. */
final class UnreadableInstanceException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    UnreadableInstanceException(String process, String id, String problem, @Nullable Throwable cause) {
        super(
                "The instance '" + id + "' of the process '" + process + "' cannot be read: " + problem
                        + "; let the code read it again, and retry its dead letters",
                cause);
    }
}
