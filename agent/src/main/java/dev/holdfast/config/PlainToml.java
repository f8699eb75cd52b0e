package dev.holdfast.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the TOML that configurations are made of, and nothing else: tables, arrays of tables, dotted keys, strings on one line, decimal numbers,
 * booleans, arrays, inline tables, comments. Anything beyond, and any mistake, is left to the full parser, which knows all
 * of TOML and how to explain errors, but takes 300 classes and 100 times as long, in the middle of a program's start.
 *
 * <p>So it may refuse what is valid, but what it accepts it reads as the full parser does; a test holds the two together.
 */
final class PlainToml {
    private static final int DEEPEST = 20;

    private final String text;
    private final Table root = new Table();
    /** How each table came to be; absent: as an intermediate part of a header, so that it may still get its own. */
    private final Map<Table, Origin> origins = new HashMap<>();
    /** The arrays that grow by headers; one that was written as a value does not. */
    private final Set<Array> arraysOfTables = new HashSet<>();

    private int at;
    private int line = 1;
    private int lineStart;
    private int depth;

    private enum Origin {
        HEADER,
        DOTTED_KEY,
        INLINE
    }

    private PlainToml(String text) {
        this.text = text;
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
        for (skipBlankLines(); at < text.length(); skipBlankLines()) {
            if (peek() == '[') {
                table = header();
            } else {
                keyAndValue(table);
            }
            endOfLine();
        }
    }

    // ---- tables and keys

    private Table header() throws Beyond {
        Position header = position();
        at++;
        boolean element = peek() == '[';
        if (element) {
            at++;
        }
        Table table = root;
        while (true) {
            skipBlanks();
            String name = simpleKey();
            skipBlanks();
            boolean last = peek() == ']';
            if (!last && peek() != '.') {
                throw new Beyond();
            }
            at++;
            if (last && element) {
                expect(']');
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
        Position start = position();
        String name = simpleKey();
        skipBlanks();
        while (peek() == '.') {
            at++;
            skipBlanks();
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
            name = simpleKey();
            skipBlanks();
        }
        expect('=');
        skipBlanks();
        if (table.contains(name)) {
            throw new Beyond();
        }
        table.put(name, value(), start);
    }

    private String simpleKey() throws Beyond {
        char first = peek();
        if (first == '"') {
            return basicString();
        }
        if (first == '\'') {
            return literalString();
        }
        int start = at;
        while (at < text.length() && isBare(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw new Beyond();
        }
        return text.substring(start, at);
    }

    private static boolean isBare(char c) {
        return Text.isLetterOrDigit(c) || c == '_' || c == '-';
    }

    // ---- values

    private Object value() throws Beyond {
        return switch (peek()) {
            case '"' -> basicString();
            case '\'' -> literalString();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case '[' -> array();
            case '{' -> inlineTable();
            default -> number();
        };
    }

    private Object word(String word, Object value) throws Beyond {
        if (!text.startsWith(word, at)) {
            throw new Beyond();
        }
        at += word.length();
        return value;
    }

    private Object number() throws Beyond {
        int start = at;
        if (peek() == '-' || peek() == '+') {
            at++;
        }
        int digits = digits();
        // Neither octal, nor what a long could not hold.
        if (digits == 0 || (digits > 1 && text.charAt(at - digits) == '0') || digits > 18) {
            throw new Beyond();
        }
        boolean fraction = peekOrEnd() == '.';
        if (fraction) {
            at++;
            if (digits() == 0) {
                throw new Beyond();
            }
        }
        String number = text.substring(start, at);
        return fraction ? (Object) Double.valueOf(number) : (Object) Long.valueOf(number);
    }

    private int digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at - start;
    }

    private String basicString() throws Beyond {
        at++;
        int start = at;
        StringBuilder unescaped = null;
        while (true) {
            char c = peek();
            if (c == '"') {
                break;
            }
            if (c == '\\') {
                unescaped = (unescaped == null ? new StringBuilder() : unescaped).append(text, start, at);
                at++;
                unescaped.append(escaped(peek()));
                start = at + 1;
            } else if (!isPlain(c)) {
                throw new Beyond();
            }
            at++;
        }
        String rest = text.substring(start, at);
        at++;
        noThirdQuote('"', rest.isEmpty() && unescaped == null);
        return unescaped == null ? rest : unescaped.append(rest).toString();
    }

    private static char escaped(char c) throws Beyond {
        return switch (c) {
            case '"', '\\' -> c;
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            default -> throw new Beyond();
        };
    }

    private String literalString() throws Beyond {
        at++;
        int start = at;
        while (peek() != '\'') {
            if (!isPlain(peek())) {
                throw new Beyond();
            }
            at++;
        }
        String value = text.substring(start, at);
        at++;
        noThirdQuote('\'', value.isEmpty());
        return value;
    }

    /** Three quotes in a row begin a string over several lines. */
    private void noThirdQuote(char quote, boolean empty) throws Beyond {
        if (empty && peekOrEnd() == quote) {
            throw new Beyond();
        }
    }

    private Array array() throws Beyond {
        deeper();
        at++;
        Array array = new Array();
        for (skipBlankLines(); peek() != ']'; skipBlankLines()) {
            Position where = position();
            array.add(value(), where);
            skipBlankLines();
            if (peek() != ']') {
                expect(',');
            }
        }
        at++;
        depth--;
        return array;
    }

    private Table inlineTable() throws Beyond {
        deeper();
        at++;
        Table table = new Table();
        skipBlanks();
        if (peek() != '}') {
            while (true) {
                keyAndValue(table);
                skipBlanks();
                if (peek() == '}') {
                    break;
                }
                expect(',');
                skipBlanks();
            }
        }
        at++;
        depth--;
        origins.put(table, Origin.INLINE);
        return table;
    }

    private void deeper() throws Beyond {
        if (++depth > DEEPEST) {
            throw new Beyond();
        }
    }

    // ---- characters

    private Position position() {
        return new Position(line, at - lineStart + 1);
    }

    private char peek() throws Beyond {
        if (at >= text.length()) {
            throw new Beyond();
        }
        return text.charAt(at);
    }

    private char peekOrEnd() {
        return at < text.length() ? text.charAt(at) : '\n';
    }

    private void expect(char c) throws Beyond {
        if (peek() != c) {
            throw new Beyond();
        }
        at++;
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    /** Up to the next character that is no blank, comment or line end. */
    private void skipBlankLines() throws Beyond {
        while (true) {
            skipBlanks();
            if (at >= text.length() || !lineEnds()) {
                return;
            }
        }
    }

    private void endOfLine() throws Beyond {
        skipBlanks();
        if (at < text.length() && !lineEnds()) {
            throw new Beyond();
        }
    }

    /** Whether a comment or a line end is here; then it is passed. */
    private boolean lineEnds() throws Beyond {
        boolean comment = text.charAt(at) == '#';
        if (comment) {
            while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
                if (!isPlain(text.charAt(at)) && text.charAt(at) != '\t') {
                    throw new Beyond();
                }
                at++;
            }
        }
        if (text.startsWith("\r\n", at)) {
            at++;
        }
        if (at < text.length() && text.charAt(at) == '\n') {
            at++;
            line++;
            lineStart = at;
            return true;
        }
        return comment;
    }

    /** What may stand in a string or comment as it is, and is one character for everybody. */
    private static boolean isPlain(char c) {
        return (c >= ' ' && c <= '~') || (c >= 0xA0 && c < Character.MIN_SURROGATE);
    }

    /** The text is beyond this parser. */
    private static final class Beyond extends Exception {
        private static final long serialVersionUID = 1;

        private Beyond() {
            super(null, null, false, false);
        }
    }
}
