package dev.headwater.export;

import dev.headwater.HeadwaterException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file is not an export as it was written: it was cut off or altered, or is something else. */
public final class InvalidExportException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final long line;

    private InvalidExportException(String message, long line, @Nullable Throwable cause) {
        super(message, cause);
        this.line = line;
    }

    static InvalidExportException cutOff(Path file, long line) {
        return new InvalidExportException(
                file + " was cut off after line " + line
                        + ": the line that completes an export is missing; get the whole file, or export again",
                line,
                null);
    }

    static InvalidExportException altered(Path file, long line, String reason, @Nullable Throwable cause) {
        return new InvalidExportException(
                file + " was altered: " + reason + "; get the file as it was written, or export again", line, cause);
    }

    static InvalidExportException other(Path file, String reason) {
        return new InvalidExportException(file + " " + reason, 1, null);
    }

    /** The same, after a part of the file was imported. */
    InvalidExportException afterImporting(ImportSummary part) {
        return new InvalidExportException(
                getMessage() + "; it was in order when the import began, events imported since, which stay: "
                        + part.imported(),
                line,
                this);
    }

    /** The number of the line, from 1, at which it was noticed. */
    public long line() {
        return line;
    }
}
