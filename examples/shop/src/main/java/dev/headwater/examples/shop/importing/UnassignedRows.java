package dev.headwater.examples.shop.importing;

import java.util.List;

/**
 * Some rows of a file that belong to no invoice.
 *
 * @param file identifies the file by its content
 * @param rows at least one
 */
public record UnassignedRows(String file, List<CsvRow> rows) {}
