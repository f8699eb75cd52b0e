package dev.holdfast.config;

import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseOptions;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * The border to the full TOML parser: its tables become ours, and so do its errors. Tables are walked by {@code keySet}:
 * the parser's {@code entrySet} copies by streams, which costs classes.
 */
final class TomlSyntax {
    private TomlSyntax() {}

    /** Parses a text; what of it makes sense is in the result even where there are errors. */
    static TomlParseResult parse(String text) {
        return Toml.parse(text, TomlParseOptions.sourceless());
    }

    /**
     * Adds the parser's errors to those found in the values. Below a broken table header, keys were taken for keys of
     * the table before, so that whatever was said about them, up to the next header, misleads and is forgotten.
     */
    static void report(TomlParseResult result, String text, Problems problems) {
        if (!result.hasErrors()) {
            return;
        }
        String[] lines = text.split("\n", -1);
        problems.forget(belowBrokenHeaders(lines, result));
        for (TomlParseError error : result.errors()) {
            TomlPosition at = error.position();
            String line = at.line() <= lines.length ? lines[at.line() - 1].strip() : "";
            problems.error(at.line(), at.column(), "", message(error) + hint(error, line));
        }
    }

    /** The lines from each broken table header to the next one that is whole. */
    private static BitSet belowBrokenHeaders(String[] lines, TomlParseResult result) {
        BitSet broken = new BitSet();
        for (TomlParseError error : result.errors()) {
            broken.set(error.position().line());
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
    static Table table(TomlTable from) {
        Table table = new Table();
        for (String name : from.keySet()) {
            List<String> path = List.of(name);
            table.put(name, value(Objects.requireNonNull(from.get(path))), position(from.inputPositionOf(path)));
        }
        return table;
    }

    private static Array array(TomlArray from) {
        Array array = new Array();
        for (int i = 0; i < from.size(); i++) {
            array.add(value(from.get(i)), position(from.inputPositionOf(i)));
        }
        return array;
    }

    private static Object value(Object from) {
        if (from instanceof TomlTable table) {
            return table(table);
        }
        return from instanceof TomlArray array ? array(array) : from;
    }

    private static Position position(@Nullable TomlPosition at) {
        return at == null ? Position.START : new Position(at.line(), at.column());
    }

    private static String message(TomlParseError error) {
        String said = error.getMessage() == null ? "syntax error" : error.getMessage();
        int again = said.indexOf(" previously defined at ");
        if (again >= 0) {
            return said.substring(0, again) + " is defined a second time; the first is at "
                    + said.substring(again + " previously defined at ".length());
        }
        return "not valid TOML: " + withoutText(said);
    }

    /** What is most often meant by a line that is no TOML. */
    private static String hint(TomlParseError error, String line) {
        String said = String.valueOf(error.getMessage());
        String value = line.substring(line.indexOf('=') + 1).strip();
        boolean bareHost = line.startsWith("[hosts.") && !line.startsWith("[hosts.\"");
        if (bareHost && (said.endsWith("expected a key") || said.endsWith("expected ] or ."))) {
            return "; a host pattern needs quotes, such as [hosts.\"*.example.com\"]";
        }
        if (line.indexOf('=') < 0 || value.isEmpty() || !said.startsWith("Unexpected '")) {
            return "";
        }
        if (value.startsWith("True") || value.startsWith("False")) {
            return "; true and false are written in small letters";
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
