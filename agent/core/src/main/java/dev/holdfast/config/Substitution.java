package dev.holdfast.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts values from outside into a parsed document, before it is read: ${NAME} is a variable of the environment,
 * ${NAME:-default} one with a default, ${file:PATH} the text of a file. They may stand in any string and in host
 * patterns; a second dollar sign before one makes it literal. What they are replaced by is not looked through again, so
 * that nobody who sets a variable reaches another one.
 *
 * <p>Each value keeps its {@link ExternalSource} beside it, in its {@link Position}. Loaded only for a text that may
 * hold a variable.
 */
final class Substitution {
    /** The beginning of a variable. */
    private static final String BEGIN = "${";

    private static final String HOSTS = "hosts";
    private static final String FILE = "file:";
    private static final String DEFAULT = ":-";
    private static final String LITERAL = "; $${ stands for the two characters";
    private static final String ALLOWED = "write ${NAME}, ${NAME:-default} or ${file:PATH}" + LITERAL;
    /** The same where the value is shown. */
    private static final String ALLOWED_SHOWN = "write ${NAME} or ${NAME:-default}" + LITERAL;

    private final Environment environment;
    private final ExternalFiles files;
    private final Problems problems;
    /** The number of characters that may still come from outside: a name of a few may stand for many. */
    private int left = FileReader.LIMIT;

    private Substitution(Environment environment, String file, Problems problems) {
        this.environment = environment;
        this.problems = problems;
        files = new ExternalFiles(file);
    }

    /**
     * Replaces the variables of a document.
     *
     * @param document changed in place
     * @param environment the variables
     * @param file the name of the file, for those that are named relative to it
     * @param problems takes what is wrong with a variable
     */
    static void replace(ParsedTable document, Environment environment, String file, Problems problems) {
        Substitution substitution = new Substitution(environment, file, problems);
        substitution.names(document, HOSTS);
        substitution.values(document, "", 1, true);
    }

    /**
     * Replaces the variables in the values of a table.
     *
     * @param depth of its names: 1 at the top
     * @param files whether the text of a file is allowed
     */
    private void values(ParsedTable table, String path, int depth, boolean files) {
        boolean ofHosts = depth == 2 && path.equals(HOSTS);
        boolean ofPolicy = depth == 3 && path.startsWith(PolicyDefinitions.TABLE + ".");
        for (String name : table.names()) {
            Object value = table.value(name);
            String inner = path.isEmpty() ? MessageText.keyPart(name) : path + "." + MessageText.keyPart(name);
            // The host patterns of a named policy are shown, as those in names are.
            boolean mayBeFile = files && !(ofPolicy && name.equals(Keys.POLICY_HOSTS.name()));
            if (!(value instanceof String text)) {
                within(value, inner, depth, mayBeFile);
            } else if (!ofHosts) { // where no text belongs, and the position's source is that of the name
                Position at = table.position(name);
                Replaced replaced = replaced(text, inner, at, mayBeFile);
                if (replaced != null) {
                    table.put(name, replaced.text, replaced.at(at));
                }
            }
        }
    }

    private void within(Object value, String path, int depth, boolean files) {
        if (value instanceof ParsedTable table) {
            values(table, path, depth + 1, files);
        } else if (value instanceof ParsedArray array) {
            for (int i = 0; i < array.values().size(); i++) {
                Position at = array.position(i);
                if (array.values().get(i) instanceof String text) {
                    Replaced replaced = replaced(text, path, at, files);
                    if (replaced != null) {
                        array.set(i, replaced.text, replaced.at(at));
                    }
                } else {
                    within(array.values().get(i), path, depth, files);
                }
            }
        }
    }

    /** Returns a text as it is written where it means itself: the inverse of what is done to a literal dollar sign. */
    static String escaped(String literal) {
        return literal.replace(BEGIN, '$' + BEGIN);
    }

    /** Replaces the variables in the names of a table's entries. */
    private void names(ParsedTable document, String name) {
        if (!(document.get(name) instanceof ParsedTable table)) {
            return;
        }
        ParsedTable renamed = new ParsedTable();
        for (String written : table.names()) {
            String path = name + "." + MessageText.keyPart(written);
            Position at = table.position(written);
            Replaced replaced = replaced(written, path, at, false);
            String text = replaced == null ? written : replaced.text;
            if (replaced != null && replaced.isMissing()) {
                continue;
            }
            if (renamed.contains(text)) {
                problems.error(
                        at.line(),
                        at.column(),
                        path,
                        "is the same name as in line " + renamed.position(text).line());
                continue;
            }
            renamed.put(text, table.value(written), replaced == null ? at : replaced.at(at));
        }
        document.put(name, renamed, document.position(name));
    }

    /** A text with its variables replaced. */
    private static final class Replaced {
        private final String text;
        private final @Nullable ExternalSource source;

        Replaced(String text, @Nullable ExternalSource source) {
            this.text = text;
            this.source = source;
        }

        boolean isMissing() {
            return source != null && source.missing();
        }

        Position at(Position at) {
            return new Position(at.line(), at.column(), source);
        }
    }

    /**
     * Replaces the variables of a text.
     *
     * @param files whether the text of a file is allowed: not where the result is shown
     * @return null where there is nothing to replace
     */
    private @Nullable Replaced replaced(String written, String path, Position at, boolean files) {
        int begin = written.indexOf(BEGIN);
        if (begin < 0) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        StringBuilder masked = new StringBuilder();
        boolean whole = true;
        boolean external = false;
        boolean missing = false;
        int from = 0;
        for (; begin >= 0; begin = written.indexOf(BEGIN, from)) {
            boolean escaped = begin > from && written.charAt(begin - 1) == '$';
            int literal = escaped ? begin - 1 : begin;
            text.append(written, from, literal);
            mask(masked, escaped || literal > from);
            whole &= !escaped && literal == from;
            if (escaped) {
                text.append(BEGIN);
                from = begin + BEGIN.length();
                continue;
            }
            external = true;
            int end = written.indexOf('}', begin);
            String inner = end < 0 ? null : written.substring(begin + BEGIN.length(), end);
            String value = inner == null ? unfinished(path, at, files) : value(inner, path, at, files);
            missing |= value == null;
            text.append(value == null ? "" : value);
            if (inner == null) {
                from = written.length();
                break;
            }
            int standard = inner.indexOf(DEFAULT);
            masked.append(BEGIN)
                    .append(standard < 0 ? inner : inner.substring(0, standard))
                    .append('}');
            from = end + 1;
        }
        boolean rest = from < written.length();
        text.append(written, from, written.length());
        mask(masked, rest);
        problems.hasExternal(external);
        String shown = MessageText.quoted(written);
        String hidden = MessageText.quoted(masked.toString());
        ExternalSource source = external ? new ExternalSource(written, shown, hidden, whole && !rest, missing) : null;
        return new Replaced(text.toString(), source);
    }

    private static void mask(StringBuilder masked, boolean literal) {
        int length = masked.length();
        if (literal && (length == 0 || masked.charAt(length - 1) == '}')) {
            masked.append("***");
        }
    }

    private @Nullable String unfinished(String path, Position at, boolean files) {
        return error(path, at, "${ has no } behind it; " + allowed(files));
    }

    private static String allowed(boolean files) {
        return files ? ALLOWED : ALLOWED_SHOWN;
    }

    /** Returns the value of what stands between the braces; null: there is none, which is reported. */
    private @Nullable String value(String inner, String path, Position at, boolean files) {
        int standard = inner.indexOf(DEFAULT);
        String name = standard < 0 ? inner : inner.substring(0, standard);
        String otherwise = standard < 0 ? null : inner.substring(standard + DEFAULT.length());
        if (inner.contains(BEGIN)) {
            return error(path, at, "a variable within a variable is not replaced; " + allowed(files));
        }
        if (name.startsWith(FILE)) {
            return files
                    ? ofFile(name.substring(FILE.length()), otherwise, path, at)
                    : error(
                            path,
                            at,
                            "the text of a file is not allowed here, since it would be shown; " + allowed(files));
        }
        if (!isName(name)) {
            // Not repeated: what stands between braces in a text that means no variable may be anything.
            return error(path, at, "what stands between ${ and } is no name of a variable; " + allowed(files));
        }
        String value = environment.variable(name);
        if (value != null) {
            return fromOutside(value, name, path, at);
        }
        return otherwise != null
                ? within(otherwise, path, at)
                : error(
                        path,
                        at,
                        "the environment has no variable " + name + "; set it, or write a default: ${" + name
                                + ":-...}");
    }

    private @Nullable String ofFile(String name, @Nullable String otherwise, String path, Position at) {
        List<String> reason = new ArrayList<>(1);
        String text = files.text(name, otherwise != null, reason);
        if (text == null && otherwise != null && reason.isEmpty()) {
            return within(otherwise, path, at);
        }
        return text == null ? error(path, at, reason.get(0)) : fromOutside(text, "this file", path, at);
    }

    /** A value is not looked through for further variables, which somebody who wrote one into it did not know. */
    private @Nullable String fromOutside(String value, String source, String path, Position at) {
        if (value.contains(BEGIN) && LiteralCheck.holdsVariable(value)) {
            problems.warn(
                    at.line(),
                    at.column(),
                    path,
                    "the value of " + source + " holds what looks like a variable, and is taken literally: what a"
                            + " variable stands for is not looked through for others");
        }
        return within(value, path, at);
    }

    private @Nullable String within(String value, String path, Position at) {
        left -= value.length();
        return left >= 0
                ? value
                : error(
                        path,
                        at,
                        "values from outside are more than " + Units.size(FileReader.LIMIT)
                                + " together, the most that is read");
    }

    private @Nullable String error(String path, Position at, String message) {
        problems.error(at.line(), at.column(), path, message);
        return null;
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((!MessageText.isLetterOrDigit(c) && c != '_') || (i == 0 && c >= '0' && c <= '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
