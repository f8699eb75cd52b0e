package dev.holdfast.policy;

import org.jspecify.annotations.Nullable;

/**
 * Looks for one value in a JSON text (RFC 8259), in one pass, and without a tree: the text is read to its end, so that
 * one which is no JSON has no value anywhere. Where a name stands in an object twice, the last one counts, as with most
 * parsers. Objects and arrays in more than {@value #DEEPEST} levels are not read.
 *
 * <p>Used once, by one thread. Throws nothing for whatever text it is given.
 */
final class JsonScanner {
    private static final int DEEPEST = 512;
    private static final char END = '\0';

    private final JsonPointer pointer;
    private final String text;
    private int at;
    private boolean good = true;
    private @Nullable JsonValue found;

    JsonScanner(JsonPointer pointer, String text) {
        this.pointer = pointer;
        this.text = text;
    }

    /** Returns the value that the pointer leads to; null: none, or the text is no JSON. */
    @Nullable
    JsonValue find() {
        at = text.startsWith("\uFEFF") ? 1 : 0;
        skipSpace();
        value(0, true);
        skipSpace();
        return good && at == text.length() ? found : null;
    }

    /**
     * Reads a value.
     *
     * @param level how many objects and arrays it stands in
     * @param onTheWay whether the pointer leads to it or through it
     */
    private void value(int level, boolean onTheWay) {
        boolean target = onTheWay && level == pointer.tokens().size();
        if (onTheWay) {
            found = null; // the one before had the same name
        }
        char first = peek();
        if (first == '{' || first == '[') {
            boolean filled = level < DEEPEST && (first == '{' ? object(level, onTheWay) : array(level, onTheWay));
            good &= level < DEEPEST;
            if (target) {
                found = new JsonValue(filled ? JsonValue.Kind.FILLED : JsonValue.Kind.EMPTY, "");
            }
            return;
        }
        int from = at;
        if (first == '"') {
            String read = string(target);
            if (target) {
                found = new JsonValue(JsonValue.Kind.SCALAR, read);
            }
            return;
        }
        boolean isNull = first == 'n';
        switch (first) {
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> number();
        }
        if (target) {
            JsonValue.Kind kind = first == '-' || (first >= '0' && first <= '9')
                    ? JsonValue.Kind.NUMBER
                    : isNull ? JsonValue.Kind.NULL : JsonValue.Kind.SCALAR;
            found = new JsonValue(kind, good ? text.substring(from, at) : "");
        }
    }

    /** Reads an object. Returns whether there is anything in it. */
    private boolean object(int level, boolean onTheWay) {
        boolean leads = onTheWay && level < pointer.tokens().size();
        at++;
        skipSpace();
        if (peek() == '}') {
            at++;
            return false;
        }
        while (good) {
            String name = peek() == '"' ? string(leads) : fail();
            skipSpace();
            expect(':');
            skipSpace();
            value(level + 1, leads && name.equals(pointer.tokens().get(level)));
            skipSpace();
            if (peek() != ',') {
                break;
            }
            at++;
            skipSpace();
        }
        expect('}');
        return true;
    }

    /** Reads an array. Returns whether there is anything in it. */
    private boolean array(int level, boolean onTheWay) {
        boolean leads = onTheWay && level < pointer.tokens().size();
        at++;
        skipSpace();
        if (peek() == ']') {
            at++;
            return false;
        }
        for (int index = 0; good; index++) {
            value(level + 1, leads && pointer.isIndex(level, index));
            skipSpace();
            if (peek() != ',') {
                break;
            }
            at++;
            skipSpace();
        }
        expect(']');
        return true;
    }

    /** Reads a string. Returns its characters where they are wanted. */
    private String string(boolean wanted) {
        at++;
        StringBuilder read = wanted ? new StringBuilder() : null;
        while (good && at < text.length()) {
            char c = text.charAt(at);
            at++;
            if (c == '"') {
                return read == null ? "" : read.toString();
            }
            if (c < ' ') {
                return fail();
            }
            char meant = c == '\\' ? escaped() : c;
            if (read != null) {
                read.append(meant);
            }
        }
        return fail();
    }

    private char escaped() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hexadecimal();
            default -> {
                good = false;
                yield END;
            }
        };
    }

    private char hexadecimal() {
        int read = 0;
        for (int i = 0; i < 4; i++) {
            char c = peek();
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            good &= digit >= 0;
            read = read * 16 + digit;
            at++;
        }
        return (char) read;
    }

    private void number() {
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (peek() == '.') {
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
    }

    private void digits() {
        int from = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        good &= at > from;
    }

    private void literal(String word) {
        good &= text.startsWith(word, at);
        at += word.length();
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    private void expect(char c) {
        good &= peek() == c;
        at++;
    }

    private String fail() {
        good = false;
        return "";
    }
}
