package dev.holdfast.config;

/**
 * The characters and the single values of a TOML document, for {@link SimpleTomlParser}: strings on one line, decimal
 * numbers, booleans, bare keys, comments. It knows where it is, and nothing of tables.
 */
final class SimpleTomlScanner {
    private final String text;
    private int at;
    private int line = 1;
    private int lineStart;

    SimpleTomlScanner(String text) {
        this.text = text;
    }

    /** Returns whether nothing is left. */
    boolean atEnd() {
        return at >= text.length();
    }

    /** Passes the next character. */
    void skip() {
        at++;
    }

    /** Returns the position of the next character. */
    Position position() {
        return new Position(line, at - lineStart + 1);
    }

    /** A part of a key: bare, or in quotes. */
    String simpleKey() throws UnsupportedSyntaxException {
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
            throw new UnsupportedSyntaxException();
        }
        return text.substring(start, at);
    }

    private static boolean isBare(char c) {
        return MessageText.isLetterOrDigit(c) || c == '_' || c == '-';
    }

    /** A word that stands for a value. */
    Object word(String word, Object value) throws UnsupportedSyntaxException {
        if (!text.startsWith(word, at)) {
            throw new UnsupportedSyntaxException();
        }
        at += word.length();
        return value;
    }

    /** A {@code Long}, or a {@code Double} where it has a fraction. */
    Object number() throws UnsupportedSyntaxException {
        int start = at;
        if (peek() == '-' || peek() == '+') {
            at++;
        }
        int digits = digits();
        // Neither octal, nor what a long could not hold.
        if (digits == 0 || (digits > 1 && text.charAt(at - digits) == '0') || digits > 18) {
            throw new UnsupportedSyntaxException();
        }
        boolean fraction = peekOrEnd() == '.';
        if (fraction) {
            at++;
            if (digits() == 0) {
                throw new UnsupportedSyntaxException();
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

    /** A string in double quotes, its escapes resolved. */
    String basicString() throws UnsupportedSyntaxException {
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
                throw new UnsupportedSyntaxException();
            }
            at++;
        }
        String rest = text.substring(start, at);
        at++;
        noThirdQuote('"', rest.isEmpty() && unescaped == null);
        return unescaped == null ? rest : unescaped.append(rest).toString();
    }

    private static char escaped(char c) throws UnsupportedSyntaxException {
        return switch (c) {
            case '"', '\\' -> c;
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            default -> throw new UnsupportedSyntaxException();
        };
    }

    /** A string in single quotes. */
    String literalString() throws UnsupportedSyntaxException {
        at++;
        int start = at;
        while (peek() != '\'') {
            if (!isPlain(peek())) {
                throw new UnsupportedSyntaxException();
            }
            at++;
        }
        String value = text.substring(start, at);
        at++;
        noThirdQuote('\'', value.isEmpty());
        return value;
    }

    /** Three quotes in a row begin a string over several lines. */
    private void noThirdQuote(char quote, boolean empty) throws UnsupportedSyntaxException {
        if (empty && peekOrEnd() == quote) {
            throw new UnsupportedSyntaxException();
        }
    }

    /** The next character. */
    char peek() throws UnsupportedSyntaxException {
        if (at >= text.length()) {
            throw new UnsupportedSyntaxException();
        }
        return text.charAt(at);
    }

    private char peekOrEnd() {
        return at < text.length() ? text.charAt(at) : '\n';
    }

    /** Passes a character that must be next. */
    void expect(char c) throws UnsupportedSyntaxException {
        if (peek() != c) {
            throw new UnsupportedSyntaxException();
        }
        at++;
    }

    /** Up to the next character that is no blank, within the line. */
    void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    /** Up to the next character that is no blank, comment or line end. */
    void skipBlankLines() throws UnsupportedSyntaxException {
        while (true) {
            skipBlanks();
            if (at >= text.length() || !lineEnds()) {
                return;
            }
        }
    }

    /** Passes the end of the line, before which nothing but a comment may be left. */
    void endOfLine() throws UnsupportedSyntaxException {
        skipBlanks();
        if (at < text.length() && !lineEnds()) {
            throw new UnsupportedSyntaxException();
        }
    }

    /** Returns whether a comment or a line end is here; then it is passed. */
    private boolean lineEnds() throws UnsupportedSyntaxException {
        boolean comment = text.charAt(at) == '#';
        if (comment) {
            while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
                if (!isPlain(text.charAt(at)) && text.charAt(at) != '\t') {
                    throw new UnsupportedSyntaxException();
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

    /** Returns whether a character may be in a string or comment unescaped, and is one character in every encoding. */
    private static boolean isPlain(char c) {
        return (c >= ' ' && c <= '~') || (c >= 0xA0 && c < Character.MIN_SURROGATE);
    }

    /** The text is beyond this parser. */
    static final class UnsupportedSyntaxException extends Exception {
        private static final long serialVersionUID = 1;

        UnsupportedSyntaxException() {
            super(null, null, false, false);
        }
    }
}
