package dev.headwater.schema.compatibility;

/** Ends the comparison at one place; the reason continues a sentence that begins with the name of the place. */
final class NotJudgedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    NotJudgedException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
