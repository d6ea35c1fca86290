package dev.headwater.examples.shop.importing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a CSV file in UTF-8 with the header that the shop expects, one after the other.
 *
 * <p>Every problem with the file as a whole is an {@link UnusableFileException}. Empty lines are no rows.
 */
final class CsvFile implements AutoCloseable {

    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).get();
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final int SHOWN = 120;

    private final Path path;
    private final DigestInputStream bytes;
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;

    private CsvFile(Path path, DigestInputStream bytes, CSVParser parser) {
        this.path = path;
        this.bytes = bytes;
        this.parser = parser;
        this.records = parser.iterator();
    }

    static CsvFile open(Path path) {
        if (!Files.exists(path)) {
            throw new UnusableFileException(path + " does not exist");
        }
        if (!Files.isRegularFile(path)) {
            throw new UnusableFileException(path + " is not a file: expected a CSV file");
        }
        var file = read(path);
        try {
            file.requireHeader();
            return file;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static CsvFile read(Path path) {
        try {
            var bytes = new DigestInputStream(new BufferedInputStream(Files.newInputStream(path)), Sha256.start());
            // A decoder of one's own reports malformed input; the usual one would replace it.
            var text = new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder());
            return new CsvFile(path, bytes, FORMAT.parse(text));
        } catch (IOException e) {
            throw new UnusableFileException(path + " cannot be read: " + e, e);
        }
    }

    /** The next row; null at the end. */
    @Nullable
    CsvRow next() {
        long reached = parser.getCurrentLineNumber();
        try {
            if (!records.hasNext()) {
                return null;
            }
            var fields = List.of(records.next().values());
            long lineBreaks = fields.stream().mapToLong(CsvFile::lineBreaks).sum();
            var row = new CsvRow(parser.getCurrentLineNumber() - lineBreaks, fields);
            if (fields.stream().anyMatch(field -> field.indexOf('\0') >= 0)) {
                throw new UnusableFileException(path + " is not a text file: line " + row.line()
                        + " holds a NUL character; expected a CSV file in UTF-8");
            }
            return row;
        } catch (UncheckedIOException e) {
            throw unusable(Objects.requireNonNullElse(e.getCause(), e), reached + 1);
        }
    }

    /** Identifies the file by its content, once it was read to the end. */
    String contentId() {
        return Sha256.hex(bytes.getMessageDigest());
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new UnusableFileException(path + " cannot be closed: " + e, e);
        }
    }

    private void requireHeader() {
        var header = next();
        if (header == null) {
            throw new UnusableFileException(path + " is empty: expected the header " + expectedHeader());
        }
        if (!withoutByteOrderMark(header.fields()).equals(CsvRow.COLUMNS)) {
            throw new UnusableFileException(path + " is not a CSV file with orders: expected the header "
                    + expectedHeader() + ", found " + shown(String.join(",", header.fields())));
        }
    }

    private static List<String> withoutByteOrderMark(List<String> header) {
        var fields = new ArrayList<>(header);
        if (fields.getFirst().startsWith(BYTE_ORDER_MARK)) {
            fields.set(0, fields.getFirst().substring(BYTE_ORDER_MARK.length()));
        }
        return fields;
    }

    private UnusableFileException unusable(Exception problem, long line) {
        if (problem instanceof CharacterCodingException) {
            return new UnusableFileException(
                    path + " is not in UTF-8, in line " + line + " or later: expected a CSV file in UTF-8", problem);
        }
        return new UnusableFileException(
                path + " cannot be read as CSV from line " + line + " on: "
                        + shown(String.valueOf(problem.getMessage())),
                problem);
    }

    private static String expectedHeader() {
        return String.join(",", CsvRow.COLUMNS);
    }

    private static String shown(String text) {
        var printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "…";
    }

    private static long lineBreaks(String field) {
        long count = 0;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\r' || (c == '\n' && (i == 0 || field.charAt(i - 1) != '\r'))) {
                count++;
            }
        }
        return count;
    }
}
