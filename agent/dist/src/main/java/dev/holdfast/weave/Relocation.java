package dev.holdfast.weave;

import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import org.jspecify.annotations.Nullable;

/**
 * Maps names of a library as published to those of the copy at hand, which has its classes under the root package that
 * the library was published with, or, where a vendor has copied it into a jar of its own ("shaded" it), under another
 * one.
 *
 * @param from the root package as published, with slashes
 * @param to the root package of the copy, with slashes
 */
record Relocation(String from, String to) {
    /**
     * Returns where the copy is whose class this may be.
     *
     * @param root the root package as published
     * @param className with slashes
     * @return null: the class is none of the library's
     */
    static @Nullable Relocation of(ClientInstrumentation client, String root, String className) {
        String longest = "";
        for (JoinPoint point : client.joinPoints()) {
            String end = point.owner().substring(root.length());
            // The end of one class may be the end of another one, too, with a package before it.
            if (className.endsWith(end) && end.length() > longest.length()) {
                longest = end;
            }
        }
        return longest.isEmpty()
                ? null
                : new Relocation(root, className.substring(0, className.length() - longest.length()));
    }

    /** Returns whether the copy was moved. */
    boolean isMoved() {
        return !from.equals(to);
    }

    /**
     * The name in the copy of what is named in a library as published.
     *
     * @param text the name of a class, with slashes or dots, a descriptor, or a signature
     */
    String map(String text) {
        return isMoved()
                ? replace(replace(text, from + '/', to + '/'), from.replace('/', '.') + '.', to.replace('/', '.') + '.')
                : text;
    }

    /** Replaces the beginning of each class name, and nothing in the middle of one. */
    private static String replace(String text, String before, String after) {
        int at = text.indexOf(before);
        if (at < 0) {
            return text;
        }
        StringBuilder result = new StringBuilder();
        int copied = 0;
        while (at >= 0) {
            if (at == 0 || text.charAt(at - 1) == 'L' || text.charAt(at - 1) == '[') {
                result.append(text, copied, at).append(after);
                copied = at + before.length();
            }
            at = text.indexOf(before, at + before.length());
        }
        return result.append(text, copied, text.length()).toString();
    }
}
