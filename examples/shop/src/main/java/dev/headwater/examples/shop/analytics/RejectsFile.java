package dev.headwater.examples.shop.analytics;

import dev.headwater.examples.shop.importing.RejectedRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Writes all rejected rows as a CSV file: line, reason, and what stood in the line. */
public final class RejectsFile {

    private static final int FETCH_SIZE = 1000;

    private static final String SELECT = """
            SELECT line, reason, ARRAY(SELECT json_array_elements_text(fields)) AS fields
            FROM shop.rejected_rows ORDER BY line, position, ordinal""";

    private RejectsFile() {}

    public static void write(Path path, DataSource dataSource) throws SQLException, IOException {
        try (var connection = dataSource.getConnection();
                var writer = Files.newBufferedWriter(path);
                var csv = new CSVPrinter(writer, CSVFormat.RFC4180)) {
            connection.setAutoCommit(false); // or the driver would fetch everything at once
            try {
                var header = new ArrayList<>(List.of("line", "reason"));
                header.addAll(RejectedRow.COLUMNS);
                csv.printRecord(header);
                print(connection, csv);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static void print(Connection connection, CSVPrinter csv) throws SQLException, IOException {
        try (var statement = connection.prepareStatement(SELECT)) {
            statement.setFetchSize(FETCH_SIZE);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    csv.printRecord(record(row));
                }
            }
        }
    }

    private static List<Object> record(ResultSet row) throws SQLException {
        var values = new ArrayList<Object>();
        values.add(row.getLong("line"));
        values.add(row.getString("reason"));
        values.addAll(List.of((String[]) row.getArray("fields").getArray()));
        return values;
    }
}
