package dev.headwater.privacy;

import dev.headwater.HeadwaterException;

/** Personal data was to be written about a subject that was forgotten; nothing was written. */
public final class SubjectForgottenException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final String subject;

    /** Creates the exception for a subject. */
    public SubjectForgottenException(String subject) {
        super(
                "The subject '" + subject
                        + "' was forgotten, so nothing personal can be written about it any more: leave"
                        + " it out, or use another id if the person has come back",
                null);
        this.subject = subject;
    }

    /** Who was forgotten. */
    public String subject() {
        return subject;
    }
}
