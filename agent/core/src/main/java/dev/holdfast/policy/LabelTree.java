package dev.holdfast.policy;

import java.util.List;
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
    // Null where no pattern is of that kind.
    private @Nullable LabelTable<LabelTree<V>> written;
    /** The labels with a {@code *}, the most specific first. */
    private @Nullable LabelTable<LabelTree<V>> starred;

    private @Nullable PortTable<V> ends;
    private @Nullable PortTable<V> below;

    /**
     * Adds a pattern.
     *
     * @param labels its labels; the first may be a {@code *} for any number of them
     * @param count how many of them are left, from the first on
     */
    void add(List<String> labels, int count, int port, V value) {
        if (count == 0) {
            ends = ends == null ? new PortTable<>() : ends;
            ends.put(port, value);
        } else if (count == 1 && labels.get(0).equals("*")) {
            below = below == null ? new PortTable<>() : below;
            below.put(port, value);
        } else {
            tree(labels.get(count - 1)).add(labels, count - 1, port, value);
        }
    }

    private LabelTree<V> tree(String label) {
        int star = label.indexOf('*');
        LabelTable<LabelTree<V>> labels = star < 0 ? written() : starred(star, label.length() - star - 1);
        LabelTree<V> tree = labels.find(label, 0, label.length());
        if (tree == null) {
            tree = new LabelTree<>();
            labels.put(label, tree);
        }
        return tree;
    }

    private LabelTable<LabelTree<V>> written() {
        LabelTable<LabelTree<V>> labels = written == null ? LabelTable.written() : written;
        written = labels;
        return labels;
    }

    private LabelTable<LabelTree<V>> starred(int before, int behind) {
        for (LabelTable<LabelTree<V>> labels = starred; labels != null; labels = labels.next()) {
            if (labels.before() == before && labels.behind() == behind) {
                return labels;
            }
        }
        LabelTable<LabelTree<V>> made = LabelTable.starred(before, behind);
        starred = LabelTable.chained(starred, made);
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
            return ends == null ? null : ends.find(port);
        }
        int start = host.lastIndexOf('.', end - 1) + 1;
        LabelTree<V> named = written == null ? null : written.find(host, start, end);
        V found = named == null ? null : named.find(host, start - 1, port);
        for (LabelTable<LabelTree<V>> labels = starred; found == null && labels != null; labels = labels.next()) {
            LabelTree<V> tree = labels.find(host, start, end);
            found = tree == null ? null : tree.find(host, start - 1, port);
        }
        return found != null || below == null ? found : below.find(port);
    }
}
