package dev.holdfast.policy;

import java.util.List;

/**
 * A condition on a response's body. Takes time linear in the body. Immutable.
 *
 * @param texts of which the body has to contain one; empty: nothing is asked of it as a text
 * @param values of which each has to be there, in a body that is JSON
 */
public record BodyPattern(List<TextPattern> texts, List<JsonPattern> values) {
    /** Copies the lists. */
    public BodyPattern {
        texts = List.copyOf(texts);
        values = List.copyOf(values);
    }

    /**
     * A value in a JSON text, and what it looks like.
     *
     * @param pointer where it is
     * @param values of which one has to match
     */
    public record JsonPattern(JsonPointer pointer, List<TextPattern> values) {
        /** Copies the values. */
        public JsonPattern {
            values = List.copyOf(values);
        }

        private boolean matches(String body) {
            JsonValue found = JsonValue.at(pointer, body);
            if (found != null) {
                for (TextPattern value : values) {
                    if (found.matches(value)) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    /** Returns whether a body matches. */
    boolean matches(String body) {
        for (JsonPattern value : values) {
            if (!value.matches(body)) {
                return false;
            }
        }
        for (TextPattern text : texts) {
            if (text.isIn(body)) {
                return true;
            }
        }
        return texts.isEmpty();
    }
}
