package dev.holdfast.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tables that stand before the first syntax error of a file. TOML is read from the top, so that what ends
 * before the table with the error means the same whatever follows, unless a table is opened once more below.
 */
final class PartialDocument {
    /** The header of a table that {@link ObservabilityConfig} is made of. */
    private static final Pattern OUTSIDE_HEADER =
            Pattern.compile("(?m)^\\s*\\[\\s*\\[?\\s*[\"']?(?:admin|log|metrics|reload)\\b");

    private PartialDocument() {}

    /**
     * Returns the observability settings of these tables.
     *
     * @param text of the whole file
     * @param errorLine the first line with an error, counted from 1
     * @param file the name of the file
     * @param environment see {@link DocumentReader}
     * @return {@link ObservabilityConfig#STANDARD} where that cannot be told for certain
     */
    static ObservabilityConfig outside(String text, int errorLine, String file, @Nullable Environment environment) {
        int end = lastHeader(text, errorLine);
        String before = text.substring(0, end);
        ParsedTable table =
                OUTSIDE_HEADER.matcher(text).region(end, text.length()).find() ? null : SimpleTomlParser.parse(before);
        if (table == null) {
            return ObservabilityConfig.STANDARD;
        }
        Problems problems = new Problems(file);
        Settings settings = new Settings(null);
        return DocumentReader.readTop(table, before, settings, file, problems, environment);
    }

    /**
     * Returns the line at which the table with the error begins. What only looks like a header, within an array or a
     * string of several lines, cuts the text where it cannot be parsed.
     */
    private static int lastHeader(String text, int errorLine) {
        int header = 0;
        int line = 1;
        for (int start = 0; start < text.length() && line <= errorLine; line++) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            if (text.substring(start, end).stripLeading().startsWith("[")) {
                header = start;
            }
            start = end + 1;
        }
        return header;
    }
}
