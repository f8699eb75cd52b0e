package dev.holdfast.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The source of a value that comes from outside the file, such as a variable of the environment. It goes with the value
 * wherever that goes, and is what messages and explanations show instead of the value, which may be a secret.
 *
 * @param written the value as the file has it, with the variables by their names; or the name of the variable or system
 *     property that sets the key
 * @param shown the same for a message: in quotes, and cut where it is long
 * @param masked the same with {@code ***} for the file's own text, for keys whose values may be secrets
 * @param whole whether nothing of the value is the file's own text, so that it may be a number or a flag too
 * @param missing whether there is no value; that was reported
 */
record ExternalSource(String written, String shown, String masked, boolean whole, boolean missing) {
    private static final String WHOLE = "[+-]?(?:0|[1-9](?:_?[0-9])*)";
    private static final String FRACTION = "(?:\\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?";

    /** A source that sets a key by its name, without the file. */
    static ExternalSource override(String name) {
        return new ExternalSource(name, name, name, true, false);
    }

    /** The source of an array or a table of which some values come from outside; null where none does. */
    static @Nullable ExternalSource within(Object found) {
        List<String> sources = new ArrayList<>();
        collect(found, sources);
        if (sources.isEmpty()) {
            return null;
        }
        String masked = "***, with " + String.join(", ", sources);
        String shown = found instanceof ParsedArray array ? toml(array) : masked;
        return new ExternalSource(shown, shown, masked, false, false);
    }

    private static void collect(Object found, List<String> sources) {
        if (found instanceof ParsedArray array) {
            for (int i = 0; i < array.values().size(); i++) {
                add(array.position(i), sources);
                collect(array.values().get(i), sources);
            }
        } else if (found instanceof ParsedTable table) {
            for (String name : table.names()) {
                add(table.position(name), sources);
                collect(table.value(name), sources);
            }
        }
    }

    private static void add(Position at, List<String> sources) {
        if (at.external() != null && !sources.contains(at.external().masked())) {
            sources.add(at.external().masked());
        }
    }

    private static String toml(ParsedArray array) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < array.values().size(); i++) {
            ExternalSource external = array.position(i).external();
            text.append(i == 0 ? "" : ", ")
                    .append(
                            external != null
                                    ? external.shown()
                                    : MessageText.found(array.values().get(i)));
        }
        return text.append(']').toString();
    }

    /**
     * Gives a text from outside the type of its key: whoever sets a variable cannot write a number, a flag or an array
     * otherwise. The elements of an array are separated by commas.
     *
     * @param text the whole value
     * @return the text itself where it is of no other type that the key takes
     */
    static Object typed(ValueType type, String text) {
        String word = text.strip();
        return switch (type) {
            case FLAG, JITTER -> word.equals("true") || word.equals("false") ? Boolean.valueOf(word) : word;
            case INTEGER, SIZE, WINDOW, STATUSES, STATUS_RANGES, OUTCOMES -> number(word, false);
            case DECIMAL -> number(word, true);
            default -> text;
        };
    }

    /** A number as TOML writes it; Java's own forms, such as {@code 1.5f}, or digits of other scripts, are none. */
    private static Object number(String word, boolean fraction) {
        boolean whole = word.matches(WHOLE);
        if (!whole && (!fraction || !word.matches(WHOLE + FRACTION))) {
            return word;
        }
        String digits = word.replace("_", "");
        try {
            return whole ? (Object) Long.valueOf(digits) : (Object) Double.valueOf(digits);
        } catch (NumberFormatException e) {
            return word; // more than a long holds
        }
    }

    /** The elements of an array that a text from outside stands for, each with the text's position. */
    static ParsedArray elements(String text, Position at) {
        ParsedArray array = new ParsedArray();
        for (int from = 0; from <= text.length(); ) {
            int comma = text.indexOf(',', from);
            int to = comma < 0 ? text.length() : comma;
            String element = text.substring(from, to).strip();
            if (!element.isEmpty()) {
                array.add(element, at);
            }
            from = to + 1;
        }
        return array;
    }
}
