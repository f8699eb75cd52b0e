package dev.holdfast.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the known word that a mistyped one most likely stands for. */
final class Suggestion {
    /** The number of words that are compared: a file that has more names would take seconds over a few mistakes. */
    private static final int MOST_COMPARED = 500;

    private Suggestion() {}

    /**
     * The nearest of some words, or null if none is near. Upper and lower case and {@code -} for {@code _} count as
     * equal.
     */
    static @Nullable String nearest(String word, Collection<String> words) {
        // A third of the letters may be wrong: fewer misses what is plainly meant, more suggests what is not.
        int best = Math.min(4, Math.max(1, word.length() / 3)) + 1;
        String found = null;
        if (word.length() <= 100) {
            int compared = 0;
            for (String candidate : words) {
                if (++compared > MOST_COMPARED) {
                    break;
                }
                int distance = Math.min(distance(folded(word), folded(candidate)), partOf(word, candidate));
                if (distance < best) {
                    best = distance;
                    found = candidate;
                }
            }
        }
        return found;
    }

    /** A word cut short at an end, or with something added there, is as near as one or two wrong letters. */
    private static int partOf(String word, String candidate) {
        String shorter = word.length() < candidate.length() ? word : candidate;
        String longer = shorter.equals(word) ? candidate : word;
        if (shorter.length() < 3) {
            return Integer.MAX_VALUE;
        }
        boolean plural = shorter.equals(word)
                && shorter.endsWith("y")
                && longer.equals(shorter.substring(0, shorter.length() - 1) + "ies");
        return longer.startsWith(shorter) || plural ? 1 : longer.endsWith("_" + shorter) ? 2 : Integer.MAX_VALUE;
    }

    /** Returns the edit distance: letters inserted, left out, changed or swapped with their neighbour. */
    private static int distance(char[] from, char[] to) {
        int[][] cost = new int[from.length + 1][to.length + 1];
        for (int i = 0; i <= from.length; i++) {
            for (int j = 0; j <= to.length; j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                // The first letter is the one that people get right.
                int wrong = i == 1 && j == 1 ? 2 : 1;
                int change = cost[i - 1][j - 1] + (from[i - 1] == to[j - 1] ? 0 : wrong);
                cost[i][j] = Math.min(change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[from.length][to.length];
    }

    private static char[] folded(String word) {
        char[] letters = word.toCharArray();
        for (int i = 0; i < letters.length; i++) {
            letters[i] = letters[i] == '-' || letters[i] == ' ' ? '_' : Character.toLowerCase(letters[i]);
        }
        return letters;
    }
}
