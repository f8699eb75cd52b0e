package dev.holdfast.config;

import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseOptions;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * The border to the full TOML parser: its tables become ours, and so do its errors. Tables are walked by
 * {@code keySet}: the parser's {@code entrySet} copies by streams, which costs classes.
 */
final class TomlSyntax {
    /** With so many errors in a first part of a text, the rest is not looked at. */
    private static final int ENOUGH_ERRORS = 1000;

    private static final int FIRST_PART = 1 << 16;
    private static final Pattern LINE = Pattern.compile("line (\\d+)");

    private final TomlParseResult result;
    private final CondensedText condensed;
    private final String text;

    private TomlSyntax(TomlParseResult result, CondensedText condensed, String text) {
        this.result = result;
        this.condensed = condensed;
        this.text = text;
    }

    /**
     * Parses a text; what of it makes sense is in the result even where there are errors. With each key the parser goes
     * through all errors that it has found, so that a long text is first tried by its beginning, and refused by that
     * where it is full of them.
     */
    static TomlSyntax parse(String text) {
        CondensedText condensed = CondensedText.of(text);
        String toml = condensed.text();
        for (int end = FIRST_PART; end < toml.length(); end *= 2) {
            TomlParseResult part = parsed(toml.substring(0, end));
            if (part.errors().size() > ENOUGH_ERRORS) {
                return new TomlSyntax(part, condensed, text);
            }
        }
        return new TomlSyntax(parsed(toml), condensed, text);
    }

    private static TomlParseResult parsed(String text) {
        return Toml.parse(text, TomlParseOptions.sourceless());
    }

    /** Returns the parser's errors, in its own words. */
    List<TomlParseError> errors() {
        return result.errors();
    }

    /** The line of the file where the first of the errors is. */
    int firstErrorLine() {
        int first = Integer.MAX_VALUE;
        for (TomlParseError error : result.errors()) {
            first = Math.min(first, condensed.lineOf(error.position().line()));
        }
        return first;
    }

    /**
     * Adds the parser's errors to those found in the values. Below a broken table header, keys were taken for keys of
     * the table before, so that whatever was said about them, up to the next header, misleads and is forgotten.
     */
    void report(Problems problems) {
        if (!result.hasErrors()) {
            return;
        }
        String[] lines = text.split("\n", -1);
        problems.forget(belowBrokenHeaders(lines));
        problems.forgetLacks();
        for (TomlParseError error : result.errors()) {
            int number = condensed.lineOf(error.position().line());
            String line = number <= lines.length ? lines[number - 1].strip() : "";
            problems.error(number, error.position().column(), "", message(error) + hint(error, line));
        }
    }

    /** The lines from each broken table header to the next one that is whole. */
    private BitSet belowBrokenHeaders(String[] lines) {
        BitSet broken = new BitSet();
        for (TomlParseError error : result.errors()) {
            broken.set(condensed.lineOf(error.position().line()));
        }
        BitSet below = new BitSet();
        boolean lost = false;
        for (int line = 1; line <= lines.length; line++) {
            String text = lines[line - 1].strip();
            // What holds a comma is an element of an array that spans lines.
            if (text.startsWith("[") && (broken.get(line) || (text.indexOf(']') > 0 && text.indexOf(',') < 0))) {
                lost = broken.get(line);
            }
            below.set(line, lost);
        }
        return below;
    }

    /** The document, or what of it makes sense. */
    ParsedTable table() {
        return table(result);
    }

    private ParsedTable table(TomlTable from) {
        ParsedTable table = new ParsedTable();
        for (String name : from.keySet()) {
            List<String> path = List.of(name);
            table.put(name, value(Objects.requireNonNull(from.get(path))), position(from.inputPositionOf(path)));
        }
        return table;
    }

    private ParsedArray array(TomlArray from) {
        ParsedArray array = new ParsedArray();
        for (int i = 0; i < from.size(); i++) {
            array.add(value(from.get(i)), position(from.inputPositionOf(i)));
        }
        return array;
    }

    private Object value(Object from) {
        if (from instanceof TomlTable table) {
            return table(table);
        }
        return from instanceof TomlArray array ? array(array) : from;
    }

    private Position position(@Nullable TomlPosition at) {
        return at == null ? Position.START : new Position(condensed.lineOf(at.line()), at.column());
    }

    private String message(TomlParseError error) {
        String said = error.getMessage() == null ? "syntax error" : error.getMessage();
        int again = said.indexOf(" previously defined at ");
        if (again >= 0) {
            return said.substring(0, again) + " is defined a second time; the first is at "
                    + place(said.substring(again + " previously defined at ".length()));
        }
        return "not valid TOML: " + withoutText(said);
    }

    /** A place as the parser says it, with the line of the file. */
    private String place(String said) {
        Matcher line = LINE.matcher(said);
        return line.find()
                ? said.substring(0, line.start(1))
                        + condensed.lineOf(Integer.parseInt(line.group(1)))
                        + said.substring(line.end(1))
                : said;
    }

    /** Returns a hint at the most likely meaning of a line that is no TOML. */
    private static String hint(TomlParseError error, String line) {
        String said = String.valueOf(error.getMessage());
        String value = line.substring(line.indexOf('=') + 1).strip();
        boolean bareHost = line.startsWith("[hosts.") && !line.startsWith("[hosts.\"");
        if (bareHost && (said.endsWith("expected a key") || said.endsWith("expected ] or ."))) {
            return "; a host pattern needs quotes, such as [hosts.\"*.example.com\"]";
        }
        if (said.startsWith("Invalid escape sequence") || said.startsWith("Invalid unicode escape sequence")) {
            return "; in double quotes a backslash begins an escape: write a Windows path in single quotes, or with"
                    + " slashes";
        }
        if (line.indexOf('=') < 0 || value.isEmpty() || !said.startsWith("Unexpected '")) {
            return "";
        }
        if (value.startsWith("True") || value.startsWith("False")) {
            return "; true and false are written in small letters";
        }
        if (value.matches("(?i)[a-z]:[/\\\\].*")) {
            return "; a path needs quotes, single ones where it has backslashes";
        }
        boolean bare = said.matches("Unexpected '[A-Za-z].*expected a (value|newline).*")
                && error.position().column() > line.indexOf('=');
        return bare ? "; text needs quotes, a duration too" : "";
    }

    /** Leaves out what the parser repeats of the file beyond a single character: it may be part of a credential. */
    private static String withoutText(String said) {
        String start = "Unexpected '";
        int end = said.indexOf("', expected ");
        if (said.startsWith(start) && end > start.length() + 1 && said.charAt(start.length()) != '\\') {
            return "unexpected text" + said.substring(end + 1);
        }
        return Character.toLowerCase(said.charAt(0)) + said.substring(1);
    }
}
