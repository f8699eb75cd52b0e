package dev.holdfast.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in a JSON text (RFC 6901), such as {@code /errors/0/extensions/code}. Immutable.
 *
 * @param tokens the names and indexes on the way to it, unescaped; empty: the whole text
 */
public record JsonPointer(List<String> tokens) {
    /** Copies the tokens. */
    public JsonPointer {
        tokens = List.copyOf(tokens);
    }

    /**
     * Reads a pointer.
     *
     * @return null: it is none, as without a slash at its beginning, or with a tilde that escapes nothing
     */
    public static @Nullable JsonPointer parse(String text) {
        if (text.isEmpty()) {
            return new JsonPointer(List.of());
        }
        if (text.charAt(0) != '/') {
            return null;
        }
        List<String> tokens = new ArrayList<>();
        StringBuilder token = new StringBuilder();
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '/') {
                tokens.add(token.toString());
                token.setLength(0);
            } else if (c == '~') {
                i++;
                char escaped = i < text.length() ? text.charAt(i) : ' ';
                if (escaped != '0' && escaped != '1') {
                    return null;
                }
                token.append(escaped == '0' ? '~' : '/');
            } else {
                token.append(c);
            }
        }
        tokens.add(token.toString());
        return new JsonPointer(tokens);
    }

    /** Returns whether the token at a place is the index of an array's element: digits without a zero before them. */
    boolean isIndex(int at, int index) {
        String token = tokens.get(at);
        return token.equals(Integer.toString(index));
    }
}
