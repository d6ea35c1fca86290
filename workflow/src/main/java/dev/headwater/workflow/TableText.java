package dev.headwater.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a table down, as text and as a diagram, without calling any of its functions. */
final class TableText {

    private static final String NOBODY = "(unclaimed)";
    private static final String BEGINNING = "(beginning)";

    private final TableModel<?, ?> model;

    TableText(TableModel<?, ?> model) {
        this.model = model;
    }

    private record Line(String stage, String cause, String commands, String next) {}

    String table() {
        var lines = new ArrayList<Line>();
        lines.add(new Line("STAGE", "WHEN", "SENDS", "LEADS TO"));
        model.starts().forEach(start -> lines.add(line(BEGINNING, start.row(), "")));
        for (var stage : model.rows()) {
            var name = stage.stage() + (stage.isEnding() ? " (end)" : "");
            var before = lines.size();
            stage.rows().forEach(row -> lines.add(line(name, row, "stays")));
            stage.expiry().forEach(row -> lines.add(line(name, expired(stage), row, "stays")));
            if (lines.size() == before) {
                lines.add(new Line(name, "", "", ""));
            }
        }
        model.unclaimed().forEach(row -> lines.add(line(NOBODY, row, "")));
        int stages = width(lines.stream().map(Line::stage).toList());
        int causes = width(lines.stream().map(Line::cause).toList());
        int commands = width(lines.stream().map(Line::commands).toList());
        var format = "%-" + stages + "s  %-" + causes + "s  %-" + commands + "s  %s";
        return lines.stream()
                .map(line -> format.formatted(line.stage(), line.cause(), line.commands(), line.next())
                        .stripTrailing())
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static int width(List<String> cells) {
        return cells.stream().mapToInt(String::length).max().orElse(1);
    }

    private static Line line(String stage, TableModel.Row<?> row, String staying) {
        return line(stage, event(row), row, staying);
    }

    private static Line line(String stage, String event, TableModel.Row<?> row, String staying) {
        var next = row.isIgnored() ? "ignores it" : row.target() == null ? staying : String.valueOf(row.target());
        return new Line(stage, cause(event, row), commands(row), next);
    }

    String diagram() {
        var text = new StringBuilder("stateDiagram-v2\n");
        model.starts().forEach(start -> arrow(text, "[*]", start.row().target(), event(start.row()), start.row()));
        for (var stage : model.rows()) {
            var from = String.valueOf(stage.stage());
            for (var row : stage.rows()) {
                if (!row.isIgnored()) {
                    arrow(text, from, row.target() == null ? stage.stage() : row.target(), event(row), row);
                }
            }
            stage.expiry().forEach(row -> arrow(text, from, row.target(), expired(stage), row));
            if (stage.isEnding()) {
                text.append("    ").append(from).append(" --> [*]\n");
            }
        }
        return text.toString();
    }

    private static void arrow(
            StringBuilder text, String from, @Nullable Object to, String event, TableModel.Row<?> row) {
        var commands = commands(row);
        text.append("    ")
                .append(from)
                .append(" --> ")
                .append(to)
                .append(" : ")
                .append(plain(cause(event, row)));
        text.append(commands.isEmpty() ? "" : " / " + commands).append('\n');
    }

    /** Without what ends or splits a label in Mermaid. */
    private static String plain(String label) {
        return label.replaceAll("[:;#\\r\\n]+", " ");
    }

    private static String event(TableModel.Row<?> row) {
        var type = row.type();
        return type == null ? "" : type.getSimpleName();
    }

    private static String expired(TableModel.StageModel<?> stage) {
        var limit = stage.limit();
        return limit == null ? "after some time" : "after " + limit.inWords();
    }

    private static String cause(String event, TableModel.Row<?> row) {
        var guard = row.guard();
        return guard == null ? event : event + " [" + guard.inWords() + "]";
    }

    private static String commands(TableModel.Row<?> row) {
        return row.sends().stream()
                .map(send -> send.type().getSimpleName())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
