package dev.holdfast.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The requests to a host that a route applies to: a path, and the methods if not all. A path is compared segment by
 * segment, with case, as the URL has it, but for percent escapes that are needless ({@code %41} is {@code A}) or
 * missing ({@code é} is {@code %c3%a9}). In a pattern, a {@code *} stands for any text within a segment, at most one in
 * each, and {@code **} as the last segment for any number of segments, none included. A query is no part of a path.
 * Immutable; a match takes time linear in the path.
 *
 * @param segments those of the path; each may hold a {@code *}
 * @param prefix whether {@code **} follows them
 * @param methods for which methods, as requests have them; empty: for all
 */
public record RoutePattern(List<String> segments, boolean prefix, Set<String> methods) {
    /** The most specific first: it wins. Patterns that compare as equal are told apart by their order in the file. */
    public static final Comparator<RoutePattern> MOST_SPECIFIC_FIRST = RoutePattern::compare;

    private static final int MOST_SEGMENTS = 100;

    /** Copies the collections. */
    public RoutePattern {
        segments = List.copyOf(segments);
        methods = Set.copyOf(methods);
    }

    /**
     * Reads a pattern.
     *
     * @param path begins with a slash
     * @param methods empty: all
     * @throws IllegalArgumentException if the path is none; the message says what is allowed
     */
    public static RoutePattern parse(String path, Set<String> methods) {
        if (!path.startsWith("/")) {
            throw bad("it begins with /");
        }
        if (path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
            throw bad("remove the query or fragment");
        }
        List<String> segments = segments(path);
        if (segments.size() > MOST_SEGMENTS) {
            throw bad("it has more than " + MOST_SEGMENTS + " segments");
        }
        boolean prefix = segments.get(segments.size() - 1).equals("**");
        if (prefix) {
            segments = segments.subList(0, segments.size() - 1);
        }
        for (String segment : segments) {
            int star = segment.indexOf('*');
            if (star >= 0 && segment.indexOf('*', star + 1) >= 0) {
                throw bad("a segment holds one * at most, and ** stands alone, at the end");
            }
            for (int i = 0; i < segment.length(); i++) {
                if (segment.charAt(i) <= ' ') {
                    throw bad("write a blank as %20");
                }
            }
        }
        return new RoutePattern(segments, prefix, methods);
    }

    /**
     * Returns whether a request is concerned.
     *
     * @param method as the request has it
     * @param path its segments, as {@link #segments} gives them
     */
    public boolean matches(String method, List<String> path) {
        return takes(method) && matchesPath(path);
    }

    /** Returns whether requests with a method are concerned, whatever the path. */
    boolean takes(String method) {
        return methods.isEmpty() || methods.contains(method);
    }

    /** Returns whether a path is concerned, whatever the method. */
    public boolean matchesPath(List<String> path) {
        int size = segments.size();
        if (prefix ? path.size() < size : path.size() != size) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if (!matchesSegment(segments.get(i), path.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether a segment, which may hold a {@code *}, matches one of a path. */
    static boolean matchesSegment(String pattern, String segment) {
        int star = pattern.indexOf('*');
        return star < 0
                ? pattern.equals(segment)
                : segment.length() >= pattern.length() - 1
                        && segment.startsWith(pattern.substring(0, star))
                        && segment.endsWith(pattern.substring(star + 1));
    }

    /**
     * The segments of a path, unreserved characters unescaped (RFC 3986, 6.2.2.2): {@code /} has one, which is empty.
     *
     * @param path as the URL has it; an empty one counts as {@code /}
     */
    public static List<String> segments(String path) {
        String text = unescaped(path.startsWith("/") ? path.substring(1) : path);
        List<String> segments = new ArrayList<>();
        int from = 0;
        for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', from)) {
            segments.add(text.substring(from, slash));
            from = slash + 1;
        }
        segments.add(text.substring(from));
        return segments;
    }

    private static String unescaped(String path) {
        int from = 0;
        while (from < path.length() && path.charAt(from) != '%' && path.charAt(from) < 0x80) {
            from++;
        }
        if (from == path.length()) {
            return path;
        }
        StringBuilder text = new StringBuilder(path.length()).append(path, 0, from);
        for (int i = from; i < path.length(); i++) {
            char c = path.charAt(i);
            int high = c == '%' && i + 2 < path.length() ? hex(path.charAt(i + 1)) : -1;
            int low = high >= 0 ? hex(path.charAt(i + 2)) : -1;
            if (c >= 0x80) {
                int character = path.codePointAt(i);
                appendEscaped(text, character);
                i += Character.charCount(character) - 1;
            } else if (low < 0) {
                text.append(c);
            } else if (isUnreserved((char) (16 * high + low))) {
                text.append((char) (16 * high + low));
                i += 2;
            } else {
                // The two digits are the same in either case.
                appendEscaped(text, high, low);
                i += 2;
            }
        }
        return text.toString();
    }

    private static int hex(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    /** Appends the character's UTF-8 bytes, percent-encoded (RFC 3986, 2.5). */
    private static void appendEscaped(StringBuilder text, int character) {
        int following = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
        int lead = ((0xff00 >> (following + 1)) & 0xff) | (character >> (6 * following));
        appendEscaped(text, lead >> 4, lead & 0xf);
        for (int i = following - 1; i >= 0; i--) {
            int next = 0x80 | ((character >> (6 * i)) & 0x3f);
            appendEscaped(text, next >> 4, next & 0xf);
        }
    }

    private static void appendEscaped(StringBuilder text, int high, int low) {
        text.append('%').append(Character.forDigit(high, 16)).append(Character.forDigit(low, 16));
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    private static int compare(RoutePattern one, RoutePattern other) {
        int common = Math.min(one.segments.size(), other.segments.size());
        for (int i = 0; i < common; i++) {
            int order = Integer.compare(rank(other.segments.get(i)), rank(one.segments.get(i)));
            if (order != 0) {
                return order;
            }
        }
        int length = Integer.compare(other.segments.size(), one.segments.size());
        if (length != 0) {
            return length;
        }
        if (one.prefix != other.prefix) {
            return one.prefix ? 1 : -1;
        }
        // One that names its methods before one that is for all; of two that do, the one that names fewer.
        int methods = Boolean.compare(one.methods.isEmpty(), other.methods.isEmpty());
        return methods != 0 ? methods : Integer.compare(one.methods.size(), other.methods.size());
    }

    /** Returns how specific a segment is: one without {@code *} most, then by the characters beside it. */
    static int rank(String segment) {
        return segment.indexOf('*') < 0 ? Integer.MAX_VALUE : segment.length();
    }

    private static IllegalArgumentException bad(String why) {
        return new IllegalArgumentException(
                why + "; allowed are a path (/v1/orders), * within a segment (/v1/*/lines), and /** at the end");
    }

    /** The methods, in the order of the alphabet; empty: all. */
    public String methodNames() {
        return String.join(",", new TreeSet<>(methods));
    }

    /** {@code GET,HEAD /v1/**}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (!methods.isEmpty()) {
            text.append(methodNames()).append(' ');
        }
        for (String segment : segments) {
            text.append('/').append(segment);
        }
        return text.append(prefix ? "/**" : "").toString();
    }
}
