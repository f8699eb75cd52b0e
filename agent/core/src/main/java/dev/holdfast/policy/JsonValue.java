package dev.holdfast.policy;

import org.jspecify.annotations.Nullable;

/**
 * A value in a JSON text, as far as a pattern can match it.
 *
 * @param kind what it is
 * @param text the characters of a string, the digits of a number as they are written; {@code true}, {@code false},
 *     {@code null}; else empty
 */
record JsonValue(Kind kind, String text) {
    /** The kinds of values. */
    enum Kind {
        /** A string, a number, or a boolean. */
        SCALAR,
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
            case NULL -> !pattern.isAny() && pattern.matches(text);
            case FILLED -> pattern.isAny();
            case EMPTY -> false;
        };
    }
}
