package dev.holdfast.config;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A TOML text without most of its long runs of blank lines and comments, and where its lines stood. The time that the
 * full parser takes grows with the cube of such a run: 1,000 lines took it 15 seconds, in a file that was valid
 * otherwise. What is left out is without meaning to a parser: no line within a string, and none with a character that a
 * comment may not have.
 */
final class CondensedText {
    /** The number of lines of a run that are kept; as many take less than a millisecond. */
    private static final int KEPT = 20;

    private final String text;
    private final int @Nullable [] lines;

    private CondensedText(String text, int @Nullable [] lines) {
        this.text = text;
        this.lines = lines;
    }

    /** Condenses a text; one without long runs is left as it is. */
    static CondensedText of(String text) {
        return new Reader(text).condensed();
    }

    /** Returns the condensed text. */
    String text() {
        return text;
    }

    /** The line of the original text, from 1, that stands at this line, from 1, of what is left. */
    int lineOf(int line) {
        return lines == null || line < 1 || line > lines.length ? line : lines[line - 1];
    }

    private static final class Reader {
        private final String text;
        private final StringBuilder left = new StringBuilder();
        private int[] lines = new int[64];
        private int linesLeft;
        /** The three quotes that end the string at hand, if it may span lines; else null. */
        private @Nullable String end;

        Reader(String text) {
            this.text = text;
        }

        CondensedText condensed() {
            int line = 1;
            int run = 0;
            int start = 0;
            while (start <= text.length()) {
                int newline = text.indexOf('\n', start);
                int stop = newline < 0 ? text.length() : newline;
                run = end == null && isWithoutMeaning(start, stop) ? run + 1 : 0;
                // The last line stays, so that an error at the end of the text has its place.
                if (run <= KEPT || newline < 0) {
                    keep(line, start, newline < 0 ? stop : stop + 1);
                }
                if (run == 0) {
                    goThrough(start, stop);
                }
                start = stop + 1;
                line++;
            }
            return linesLeft == line - 1
                    ? new CondensedText(text, null)
                    : new CondensedText(left.toString(), Arrays.copyOf(lines, linesLeft));
        }

        private void keep(int line, int from, int to) {
            if (linesLeft == lines.length) {
                lines = Arrays.copyOf(lines, 2 * linesLeft);
            }
            lines[linesLeft++] = line;
            left.append(text, from, to);
        }

        /** Returns whether a line is blank or a comment, as TOML allows them. */
        private boolean isWithoutMeaning(int from, int to) {
            int stop = to > from && text.charAt(to - 1) == '\r' ? to - 1 : to;
            int at = from;
            while (at < stop && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
            if (at < stop && text.charAt(at) != '#') {
                return false;
            }
            for (; at < stop; at++) {
                char c = text.charAt(at);
                if ((c < ' ' && c != '\t') || c == 0x7f || Character.isSurrogate(c)) {
                    return false;
                }
            }
            return true;
        }

        /** Finds out whether a string spans the end of the line. */
        private void goThrough(int from, int to) {
            int at = from;
            while (at < to) {
                char c = text.charAt(at);
                if (end != null) {
                    at = inLongString(at, c, end);
                } else if (c == '#') {
                    return;
                } else if (c != '"' && c != '\'') {
                    at++;
                } else if (text.startsWith(c == '"' ? "\"\"\"" : "'''", at)) {
                    end = c == '"' ? "\"\"\"" : "'''";
                    at += 3;
                } else {
                    at = behindString(at + 1, to, c);
                }
            }
        }

        private int inLongString(int at, char c, String quotes) {
            if (c == '\\' && quotes.charAt(0) == '"') {
                return at + 2;
            }
            if (!text.startsWith(quotes, at)) {
                return at + 1;
            }
            end = null;
            // Up to two more of them belong to the string.
            int behind = at + 3;
            while (behind < at + 5 && behind < text.length() && text.charAt(behind) == c) {
                behind++;
            }
            return behind;
        }

        private int behindString(int from, int to, char quote) {
            int at = from;
            while (at < to && text.charAt(at) != quote) {
                at += text.charAt(at) == '\\' && quote == '"' ? 2 : 1;
            }
            return at + 1;
        }
    }
}
