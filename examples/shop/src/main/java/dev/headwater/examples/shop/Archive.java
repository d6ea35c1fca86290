package dev.headwater.examples.shop;

import dev.headwater.export.ExportedLog;
import dev.headwater.export.ImportSummary;
import dev.headwater.export.LogExport;
import dev.headwater.export.LogImport;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/** A file with the events of a shop. */
final class Archive {

    private final Path file;
    private final long events;

    private Archive(Path file, long events) {
        this.file = file;
        this.events = events;
    }

    /** Checks a file to its end. */
    static Archive open(Path file) throws IOException {
        return new Archive(file, ExportedLog.verify(file).events());
    }

    /** Brings the events of the file into a database. */
    ImportSummary restoreTo(Database database, PrintStream err) throws IOException {
        try (var progress = Progress.of("Events restored", events, err)) {
            return LogImport.into(database.postgres().eventStorage())
                    .reporting((done, all) -> progress.at(done))
                    .from(file);
        }
    }

    /** Writes every event of the database that the options name to a new file. */
    static void write(Path file, Options options, PrintWriter out, PrintStream err) throws IOException {
        try (var database = Database.open(options)) {
            var log = database.postgres().eventStorage();
            try (var progress = Progress.of("Events exported", log.headPosition(), err)) {
                var summary = LogExport.of(log)
                        .reporting((done, all) -> progress.at(done))
                        .to(file);
                out.printf(
                        Locale.ROOT,
                        "Exported  %,d events to %s%nSHA-256   %s%n",
                        summary.events(),
                        file,
                        summary.sha256());
            }
        }
        out.flush();
    }
}
