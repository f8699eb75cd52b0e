package dev.holdfast.cli;

import java.util.List;

/** Rows for a terminal, in columns that are as wide as they need to be. */
final class TextTable {
    private TextTable() {}

    /**
     * Writes the rows, two blanks between the columns; the last one is not padded.
     *
     * @param rows at least one, all with the same number of columns
     * @param indentation before each row
     * @param rightAligned how many columns, from the first on, are aligned to the right
     * @param text takes the lines
     */
    static void write(List<List<String>> rows, String indentation, int rightAligned, StringBuilder text) {
        int last = rows.get(0).size() - 1;
        int[] widths = new int[last];
        for (List<String> row : rows) {
            for (int i = 0; i < last; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indentation);
            for (int i = 0; i < last; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                line.append(i < rightAligned ? padding + row.get(i) : row.get(i) + padding)
                        .append("  ");
            }
            ExplanationText.line(text, line.append(row.get(last)).toString().stripTrailing());
        }
    }
}
