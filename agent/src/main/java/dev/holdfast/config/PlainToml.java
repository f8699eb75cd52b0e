package dev.holdfast.config;

import dev.holdfast.config.PlainScanner.Beyond;
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
final class PlainToml {
    private static final int DEEPEST = 20;

    private final PlainScanner in;
    private final Table root = new Table();
    /** How each table came to be; absent: as an intermediate part of a header, so that it may still get its own. */
    private final Map<Table, Origin> origins = new HashMap<>();
    /** The arrays that grow by headers; one that was written as a value does not. */
    private final Set<Array> arraysOfTables = new HashSet<>();

    private int depth;

    private enum Origin {
        HEADER,
        DOTTED_KEY,
        INLINE
    }

    private PlainToml(String text) {
        in = new PlainScanner(text);
    }

    /** The document, or null: the full parser has to look at it. */
    static @Nullable Table parse(String text) {
        PlainToml parser = new PlainToml(text);
        try {
            parser.document();
            return parser.root;
        } catch (Beyond e) {
            return null;
        }
    }

    private void document() throws Beyond {
        origins.put(root, Origin.HEADER);
        Table table = root;
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

    private Table header() throws Beyond {
        Position header = in.position();
        in.skip();
        boolean element = in.peek() == '[';
        if (element) {
            in.skip();
        }
        Table table = root;
        while (true) {
            in.skipBlanks();
            String name = in.simpleKey();
            in.skipBlanks();
            boolean last = in.peek() == ']';
            if (!last && in.peek() != '.') {
                throw new Beyond();
            }
            in.skip();
            if (last && element) {
                in.expect(']');
                return element(table, name, header);
            }
            Table inner = below(table, name, header);
            if (last) {
                if (origins.putIfAbsent(inner, Origin.HEADER) != null) {
                    throw new Beyond();
                }
                table.put(name, inner, header); // where it stands, rather than where it was first spoken of
                return inner;
            }
            table = inner;
        }
    }

    private Table element(Table table, String name, Position header) throws Beyond {
        Object there = table.get(name);
        Array array;
        if (there == null) {
            array = new Array();
            arraysOfTables.add(array);
            table.put(name, array, header);
        } else if (there instanceof Array made && arraysOfTables.contains(made)) {
            array = made;
        } else {
            throw new Beyond();
        }
        Table added = new Table();
        origins.put(added, Origin.HEADER);
        array.add(added, header);
        return added;
    }

    private Table below(Table table, String name, Position header) throws Beyond {
        Object there = table.get(name);
        if (there == null) {
            Table made = new Table();
            table.put(name, made, header);
            return made;
        }
        if (there instanceof Array array && arraysOfTables.contains(array)) {
            return (Table) array.values().get(array.values().size() - 1);
        }
        if (!(there instanceof Table inner)) {
            throw new Beyond();
        }
        Origin origin = origins.get(inner);
        if (origin != null && origin != Origin.HEADER) {
            throw new Beyond();
        }
        return inner;
    }

    private void keyAndValue(Table into) throws Beyond {
        Table table = into;
        Position start = in.position();
        String name = in.simpleKey();
        in.skipBlanks();
        while (in.peek() == '.') {
            in.skip();
            in.skipBlanks();
            Object there = table.get(name);
            Table inner;
            if (there == null) {
                inner = new Table();
                origins.put(inner, Origin.DOTTED_KEY);
                table.put(name, inner, start);
            } else if (there instanceof Table made && origins.get(made) == Origin.DOTTED_KEY) {
                inner = made;
            } else {
                throw new Beyond();
            }
            table = inner;
            name = in.simpleKey();
            in.skipBlanks();
        }
        in.expect('=');
        in.skipBlanks();
        if (table.contains(name)) {
            throw new Beyond();
        }
        table.put(name, value(), start);
    }

    // ---- values

    private Object value() throws Beyond {
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

    private Array array() throws Beyond {
        deeper();
        in.skip();
        Array array = new Array();
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

    private Table inlineTable() throws Beyond {
        deeper();
        in.skip();
        Table table = new Table();
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

    private void deeper() throws Beyond {
        if (++depth > DEEPEST) {
            throw new Beyond();
        }
    }
}
