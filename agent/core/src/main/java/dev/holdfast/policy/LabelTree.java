package dev.holdfast.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Host patterns with a {@code *} within their labels, read from the last label to the first. With each label, one that
 * is written wins over one with a {@code *}, of two of these the one with more letters beside it, and any of them over
 * a {@code *} that stands for any number of labels. Where letters are as many, the one with more before its {@code *}
 * wins; two different ones of one label are told apart by that, so that the order of the patterns plays no part.
 *
 * <p>Labels are looked up by hash tables: one for each number of letters before and behind a {@code *}.
 *
 * @param <V> what a pattern leads to
 */
final class LabelTree<V> {
    private final Map<String, LabelTree<V>> written = new HashMap<>(2);
    /** The most specific first. */
    private final List<Shape<V>> starred = new ArrayList<>(1);

    private final PortTable<V> ends = new PortTable<>();
    private final PortTable<V> below = new PortTable<>();

    /** The labels that have so many letters before and behind their {@code *}. */
    private record Shape<V>(int before, int behind, Map<String, LabelTree<V>> trees) {}

    /**
     * Adds a pattern.
     *
     * @param labels its labels; the first may be a {@code *} for any number of them
     * @param count how many of them are left, from the first on
     */
    void add(List<String> labels, int count, int port, V value) {
        if (count == 0) {
            ends.put(port, value);
        } else if (count == 1 && labels.get(0).equals("*")) {
            below.put(port, value);
        } else {
            tree(labels.get(count - 1)).add(labels, count - 1, port, value);
        }
    }

    private LabelTree<V> tree(String label) {
        int star = label.indexOf('*');
        Map<String, LabelTree<V>> trees =
                star < 0 ? written : shape(star, label.length() - star - 1).trees();
        LabelTree<V> tree = trees.get(label);
        if (tree == null) {
            tree = new LabelTree<>();
            trees.put(label, tree);
        }
        return tree;
    }

    private Shape<V> shape(int before, int behind) {
        for (Shape<V> shape : starred) {
            if (shape.before() == before && shape.behind() == behind) {
                return shape;
            }
        }
        Shape<V> made = new Shape<>(before, behind, new HashMap<>(2));
        starred.add(made);
        starred.sort(Comparator.comparing((Shape<V> shape) -> -shape.before() - shape.behind())
                .thenComparing(shape -> -shape.before()));
        return made;
    }

    /**
     * The value of the most specific pattern for what is left of a host; null if there is none.
     *
     * @param end the index behind the labels that are left; -1 if none are
     */
    @Nullable
    V find(String host, int end, int port) {
        if (end < 0) {
            return ends.find(port);
        }
        int start = host.lastIndexOf('.', end - 1) + 1;
        LabelTree<V> named = written.isEmpty() ? null : written.get(host.substring(start, end));
        V found = named == null ? null : named.find(host, start - 1, port);
        for (int i = 0; found == null && i < starred.size(); i++) {
            Shape<V> shape = starred.get(i);
            if (end - start >= shape.before() + shape.behind()) {
                // Without the two parts as texts of their own: this is on the way of a call.
                String label = new StringBuilder(shape.before() + shape.behind() + 1)
                        .append(host, start, start + shape.before())
                        .append('*')
                        .append(host, end - shape.behind(), end)
                        .toString();
                LabelTree<V> tree = shape.trees().get(label);
                found = tree == null ? null : tree.find(host, start - 1, port);
            }
        }
        return found != null ? found : below.find(port);
    }
}
