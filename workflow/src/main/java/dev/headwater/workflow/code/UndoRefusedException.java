package dev.headwater.workflow.code;

import dev.headwater.HeadwaterException;

/** An aggregate refuses the command that undoes something; it is executed again, until it is accepted or given up. */
final class UndoRefusedException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    UndoRefusedException(String kind, String reason) {
        super("refused: " + kind + ": " + reason, null);
    }
}
