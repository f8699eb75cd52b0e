package dev.holdfast.config;

import dev.holdfast.config.SimpleTomlScanner.UnsupportedSyntaxException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the TOML that configurations are made of, and nothing else: tables, arrays of tables, dotted keys, strings on
 * one line, decimal numbers, booleans, arrays, inline tables, comments. Anything beyond, and any mistake, is left to
 * the full parser, which knows all of TOML and how to explain errors, but takes 300 classes and 100 times as long, in
 * the middle of a program's start.
 *
 * <p>So it may refuse what is valid, but what it accepts it reads as the full parser does; a test holds the two
 * together.
 */
final class SimpleTomlParser {
    private static final int DEEPEST = 20;

    private final SimpleTomlScanner in;
    private final ParsedTable root = new ParsedTable();
    /**
     * The way in which each table was defined; absent: as an intermediate part of a header, so that it may still get
     * its own.
     */
    private final Map<ParsedTable, Origin> origins = new HashMap<>();
    /** The arrays that grow by headers; one that was written as a value does not. */
    private final Set<ParsedArray> arraysOfTables = new HashSet<>();

    private int depth;

    private enum Origin {
        HEADER,
        DOTTED_KEY,
        INLINE
    }

    private SimpleTomlParser(String text) {
        in = new SimpleTomlScanner(text);
    }

    /** The document, or null: the full parser has to look at it. */
    static @Nullable ParsedTable parse(String text) {
        SimpleTomlParser parser = new SimpleTomlParser(text);
        try {
            parser.document();
            return parser.root;
        } catch (UnsupportedSyntaxException e) {
            return null;
        }
    }

    private void document() throws UnsupportedSyntaxException {
        origins.put(root, Origin.HEADER);
        ParsedTable table = root;
        for (in.skipBlankLines(); !in.atEnd(); in.skipBlankLines()) {
            if (in.peek() == '[') {
                table = header();
            } else {
                keyAndValue(table);
            }
            in.endOfLine();
        }
    }

    // ---- tables and keys

    private ParsedTable header() throws UnsupportedSyntaxException {
        Position header = in.position();
        in.skip();
        boolean element = in.peek() == '[';
        if (element) {
            in.skip();
        }
        ParsedTable table = root;
        while (true) {
            in.skipBlanks();
            String name = in.simpleKey();
            in.skipBlanks();
            boolean last = in.peek() == ']';
            if (!last && in.peek() != '.') {
                throw new UnsupportedSyntaxException();
            }
            in.skip();
            if (last && element) {
                in.expect(']');
                return element(table, name, header);
            }
            ParsedTable inner = below(table, name, header);
            if (last) {
                if (origins.putIfAbsent(inner, Origin.HEADER) != null) {
                    throw new UnsupportedSyntaxException();
                }
                table.put(name, inner, header); // where it stands, rather than where it was first spoken of
                return inner;
            }
            table = inner;
        }
    }

    private ParsedTable element(ParsedTable table, String name, Position header) throws UnsupportedSyntaxException {
        Object there = table.get(name);
        ParsedArray array;
        if (there == null) {
            array = new ParsedArray();
            arraysOfTables.add(array);
            table.put(name, array, header);
        } else if (there instanceof ParsedArray made && arraysOfTables.contains(made)) {
            array = made;
        } else {
            throw new UnsupportedSyntaxException();
        }
        ParsedTable added = new ParsedTable();
        origins.put(added, Origin.HEADER);
        array.add(added, header);
        return added;
    }

    private ParsedTable below(ParsedTable table, String name, Position header) throws UnsupportedSyntaxException {
        Object there = table.get(name);
        if (there == null) {
            ParsedTable made = new ParsedTable();
            table.put(name, made, header);
            return made;
        }
        if (there instanceof ParsedArray array && arraysOfTables.contains(array)) {
            return (ParsedTable) array.values().get(array.values().size() - 1);
        }
        if (!(there instanceof ParsedTable inner)) {
            throw new UnsupportedSyntaxException();
        }
        Origin origin = origins.get(inner);
        if (origin != null && origin != Origin.HEADER) {
            throw new UnsupportedSyntaxException();
        }
        return inner;
    }

    private void keyAndValue(ParsedTable into) throws UnsupportedSyntaxException {
        ParsedTable table = into;
        Position start = in.position();
        String name = in.simpleKey();
        in.skipBlanks();
        while (in.peek() == '.') {
            in.skip();
            in.skipBlanks();
            Object there = table.get(name);
            ParsedTable inner;
            if (there == null) {
                inner = new ParsedTable();
                origins.put(inner, Origin.DOTTED_KEY);
                table.put(name, inner, start);
            } else if (there instanceof ParsedTable made && origins.get(made) == Origin.DOTTED_KEY) {
                inner = made;
            } else {
                throw new UnsupportedSyntaxException();
            }
            table = inner;
            name = in.simpleKey();
            in.skipBlanks();
        }
        in.expect('=');
        in.skipBlanks();
        if (table.contains(name)) {
            throw new UnsupportedSyntaxException();
        }
        table.put(name, value(), start);
    }

    // ---- values

    private Object value() throws UnsupportedSyntaxException {
        return switch (in.peek()) {
            case '"' -> in.basicString();
            case '\'' -> in.literalString();
            case 't' -> in.word("true", true);
            case 'f' -> in.word("false", false);
            case '[' -> array();
            case '{' -> inlineTable();
            default -> in.number();
        };
    }

    private ParsedArray array() throws UnsupportedSyntaxException {
        deeper();
        in.skip();
        ParsedArray array = new ParsedArray();
        for (in.skipBlankLines(); in.peek() != ']'; in.skipBlankLines()) {
            Position where = in.position();
            array.add(value(), where);
            in.skipBlankLines();
            if (in.peek() != ']') {
                in.expect(',');
            }
        }
        in.skip();
        depth--;
        return array;
    }

    private ParsedTable inlineTable() throws UnsupportedSyntaxException {
        deeper();
        in.skip();
        ParsedTable table = new ParsedTable();
        in.skipBlanks();
        if (in.peek() != '}') {
            while (true) {
                keyAndValue(table);
                in.skipBlanks();
                if (in.peek() == '}') {
                    break;
                }
                in.expect(',');
                in.skipBlanks();
            }
        }
        in.skip();
        depth--;
        origins.put(table, Origin.INLINE);
        return table;
    }

    private void deeper() throws UnsupportedSyntaxException {
        if (++depth > DEEPEST) {
            throw new UnsupportedSyntaxException();
        }
    }
}
