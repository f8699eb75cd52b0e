package dev.holdfast.policy;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a host, the most specific first, and the way to the one that holds for a request. They are a tree of
 * segments: a search looks at no more of them than have what the path has, however many there are. That it finds the
 * first of the list that matches is held by a test. Immutable.
 */
final class RouteTable extends AbstractList<Route> {
    private static final RouteTable EMPTY = new RouteTable(List.of());

    private final List<Route> sorted;
    private final Node root = new Node("");

    private RouteTable(List<Route> sorted) {
        this.sorted = sorted;
        for (int i = 0; i < sorted.size(); i++) {
            root.add(sorted.get(i).pattern().segments(), 0, new Leaf(sorted.get(i), i));
        }
    }

    static RouteTable of(List<Route> routes) {
        if (routes instanceof RouteTable table) {
            return table;
        }
        if (routes.isEmpty()) {
            return EMPTY;
        }
        List<Route> sorted = new ArrayList<>(routes);
        sorted.sort(Comparator.comparing(Route::pattern, RoutePattern.MOST_SPECIFIC_FIRST));
        return new RouteTable(List.copyOf(sorted));
    }

    /**
     * The most specific route of a request, or null.
     *
     * @param path its segments, as {@link RoutePattern#segments} gives them
     * @param method as the request has it
     */
    @Nullable
    Route find(List<String> path, String method) {
        Leaf found = root.find(path, 0, method);
        return found == null ? null : found.route();
    }

    /** Returns whether some request with a path has a route that is not off. */
    boolean anyInForce(List<String> path) {
        return root.find(path, 0, null) != null;
    }

    @Override
    public Route get(int index) {
        return sorted.get(index);
    }

    @Override
    public int size() {
        return sorted.size();
    }

    /**
     * A route at its place.
     *
     * @param place in the list, from 0
     */
    private record Leaf(Route route, int place) {}

    /** The patterns that share their first segments. */
    private static final class Node {
        /** The segment that leads here. */
        private final String pattern;

        private final Map<String, Node> written = new HashMap<>(2);
        /** Those with a {@code *}, the most specific first. */
        private final Map<String, Node> starred = new LinkedHashMap<>(2);

        private final List<Leaf> ends = new ArrayList<>(1);
        private final List<Leaf> prefixes = new ArrayList<>(0);

        Node(String pattern) {
            this.pattern = pattern;
        }

        /** Adds a pattern; called in the order of the list. */
        void add(List<String> segments, int at, Leaf leaf) {
            if (at == segments.size()) {
                (leaf.route().pattern().prefix() ? prefixes : ends).add(leaf);
                return;
            }
            String next = segments.get(at);
            (next.indexOf('*') < 0 ? written : starred)
                    .computeIfAbsent(next, Node::new)
                    .add(segments, at + 1, leaf);
        }

        /**
         * Finds the first match in the order of {@link RoutePattern#MOST_SPECIFIC_FIRST}: what is written, with a star,
         * longer, to its end.
         *
         * @param method null: whichever, of a route that is not off
         */
        @Nullable
        Leaf find(List<String> path, int at, @Nullable String method) {
            Leaf found = null;
            if (at == path.size()) {
                found = first(ends, method);
            } else {
                Node inner = written.get(path.get(at));
                found = inner == null ? null : inner.find(path, at + 1, method);
                if (found == null && !starred.isEmpty()) {
                    found = findStarred(path, at, method);
                }
            }
            return found == null ? first(prefixes, method) : found;
        }

        /** Those of one rank are told apart by what follows. */
        private @Nullable Leaf findStarred(List<String> path, int at, @Nullable String method) {
            Leaf best = null;
            int rank = 0;
            for (Node node : starred.values()) {
                if (best != null && RoutePattern.rank(node.pattern) < rank) {
                    return best;
                }
                if (RoutePattern.matchesSegment(node.pattern, path.get(at))) {
                    Leaf found = node.find(path, at + 1, method);
                    if (found != null && (best == null || found.place() < best.place())) {
                        best = found;
                        rank = RoutePattern.rank(node.pattern);
                    }
                }
            }
            return best;
        }

        private static @Nullable Leaf first(List<Leaf> leaves, @Nullable String method) {
            for (Leaf leaf : leaves) {
                if (method == null
                        ? leaf.route().policy().mode() != Mode.OFF
                        : leaf.route().pattern().takes(method)) {
                    return leaf;
                }
            }
            return null;
        }
    }
}
