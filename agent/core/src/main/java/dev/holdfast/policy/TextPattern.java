package dev.holdfast.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text in which a {@code *} stands for any text, compared without case. Takes time linear in the text that it is
 * compared with, whatever both are: each part between two stars is looked for by the algorithm of Knuth, Morris and
 * Pratt, behind the end of the part before. Immutable.
 */
public final class TextPattern {
    private static final char ANY = '*';

    private final String text;
    /** The parts between the stars, of which there is one less; with their tables, where a search may need one. */
    private final List<Part> parts;

    private TextPattern(String text, List<Part> parts) {
        this.text = text;
        this.parts = parts;
    }

    /** Makes the pattern of a text. */
    public static TextPattern of(String text) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (int star = text.indexOf(ANY); star >= 0; star = text.indexOf(ANY, from)) {
            parts.add(Part.of(text.substring(from, star)));
            from = star + 1;
        }
        parts.add(Part.of(text.substring(from)));
        return new TextPattern(text, List.copyOf(parts));
    }

    /** Returns whether it stands for any text, and one without a character too. */
    public boolean isAny() {
        return text.length() == parts.size() - 1 && !text.isEmpty();
    }

    /** The text itself, where no {@code *} in it stands for another one; else null. */
    @Nullable
    String literal() {
        return parts.size() == 1 ? text : null;
    }

    /** Returns whether it matches the whole of a text. */
    public boolean matches(String whole) {
        Part first = parts.get(0);
        if (parts.size() == 1) {
            return whole.length() == first.length() && first.isAt(whole, 0);
        }
        Part last = parts.get(parts.size() - 1);
        int end = whole.length() - last.length();
        return first.length() <= end
                && first.isAt(whole, 0)
                && last.isAt(whole, end)
                && found(whole, 1, parts.size() - 1, first.length(), end);
    }

    /** Returns whether it matches a part of a text. */
    public boolean isIn(String whole) {
        return found(whole, 0, parts.size(), 0, whole.length());
    }

    /** Each part at its first place behind the one before: if there is any way, this is one. */
    private boolean found(String whole, int fromPart, int toPart, int from, int end) {
        int at = from;
        for (Part part : parts.subList(fromPart, toPart)) {
            at = part.endIn(whole, at, end);
            if (at < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TextPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Shows no text, which may be a secret. */
    @Override
    public String toString() {
        return "TextPattern";
    }

    /** A text without stars, folded, and for each of its beginnings the longest one that it ends in, too. */
    private static final class Part {
        private final char[] text;
        private final int[] table;

        private Part(char[] text, int[] table) {
            this.text = text;
            this.table = table;
        }

        static Part of(String written) {
            char[] text = written.toCharArray();
            int[] table = new int[text.length];
            int matched = 0;
            for (int i = 0; i < text.length; i++) {
                text[i] = folded(text[i]);
                if (i > 0) {
                    while (matched > 0 && text[i] != text[matched]) {
                        matched = table[matched - 1];
                    }
                    matched += text[i] == text[matched] ? 1 : 0;
                    table[i] = matched;
                }
            }
            return new Part(text, table);
        }

        int length() {
            return text.length;
        }

        /** Returns whether it stands at a place of a text that has room for it. */
        boolean isAt(String whole, int at) {
            for (int i = 0; i < text.length; i++) {
                if (folded(whole.charAt(at + i)) != text[i]) {
                    return false;
                }
            }
            return true;
        }

        /** Returns the end of its first place between two places of a text; -1: there is none. */
        int endIn(String whole, int from, int end) {
            if (text.length == 0) {
                return from;
            }
            int matched = 0;
            for (int i = from; i < end; i++) {
                char c = folded(whole.charAt(i));
                while (matched > 0 && c != text[matched]) {
                    matched = table[matched - 1];
                }
                matched += c == text[matched] ? 1 : 0;
                if (matched == text.length) {
                    return i + 1;
                }
            }
            return -1;
        }

        private static char folded(char c) {
            return c < 128
                    ? (char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)
                    : Character.toLowerCase(Character.toUpperCase(c));
        }
    }
}
