package dev.holdfast.policy;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A value in a JSON text, as far as a pattern can match it.
 *
 * @param kind what it is
 * @param text the characters of a string, the digits of a number as they are written; {@code true}, {@code false},
 *     {@code null}; else empty
 */
record JsonValue(Kind kind, String text) {
    private static final int LONGEST_NUMBER = 60;
    private static final int LARGEST_EXPONENT = 400;

    /** The kinds of values. */
    enum Kind {
        /** A string or a boolean. */
        SCALAR,
        /** A number. */
        NUMBER,
        /** The literal {@code null}. */
        NULL,
        /** An object or an array with something in it. */
        FILLED,
        /** An object or an array without anything in it. */
        EMPTY
    }

    /** Returns the value at a place of a text; null: there is none, or the text is not JSON. */
    static @Nullable JsonValue at(JsonPointer pointer, String text) {
        return new JsonScanner(pointer, text).find();
    }

    /**
     * Returns whether a pattern matches it. One that stands for any text matches every value but {@code null} and an
     * object or array that is empty, which say that there is nothing: {@code "errors": []}.
     */
    boolean matches(TextPattern pattern) {
        return switch (kind) {
            case SCALAR -> pattern.matches(text);
            case NUMBER -> pattern.matches(text) || isNumber(pattern.literal());
            case NULL -> !pattern.isAny() && pattern.matches(text);
            case FILLED -> pattern.isAny();
            case EMPTY -> false;
        };
    }

    /** Returns whether it is the number that a text is, however either is written: 1 is 1.0, and 1e0. */
    private boolean isNumber(@Nullable String other) {
        if (other == null || other.length() > LONGEST_NUMBER || text.length() > LONGEST_NUMBER) {
            return false;
        }
        try {
            BigDecimal one = new BigDecimal(text);
            BigDecimal two = new BigDecimal(other);
            // To compare far exponents would write out all of their zeros.
            return Math.abs((long) one.scale()) <= LARGEST_EXPONENT
                    && Math.abs((long) two.scale()) <= LARGEST_EXPONENT
                    && one.compareTo(two) == 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
