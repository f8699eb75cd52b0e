package dev.holdfast.policy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the value of the most specific host pattern: an exact host first; then names with a {@code *}, compared label
 * by label from the last one as {@link LabelTree} says, so that the longest suffix wins; or the smallest network; then
 * any name of a single label; then {@code *}. With equal hosts the one with a port wins over the one without.
 * Immutable, thread-safe.
 *
 * <p>A lookup reads the host once, from its end, and with each label asks one hash table whether a pattern names what
 * was read so far: its cost does not depend on the number of patterns. What is behind the last {@code *} of a pattern
 * with one within a label is such a name too, and leads to the rest.
 *
 * @param <V> what a pattern leads to
 */
public final class PolicyTable<V> {
    // By the hash of the name; a power of two in length, at most half full.
    private final @Nullable Named<V>[] names;
    private final PortTable<V> any = new PortTable<>();
    // Null where no pattern is of that kind, which is the usual case.
    private @Nullable LabelTree<V> starred;
    private @Nullable NetworkTable<V> networks;
    private @Nullable PortTable<V> singleLabels;

    /** Copies the patterns. */
    public PolicyTable(Map<HostPattern, ? extends V> values) {
        names = table(values.size());
        for (Map.Entry<HostPattern, ? extends V> entry : values.entrySet()) {
            add(entry.getKey(), Objects.requireNonNull(entry.getValue()));
        }
    }

    private void add(HostPattern pattern, V value) {
        int port = pattern.port();
        switch (pattern.kind()) {
            case EXACT -> named(pattern.host()).here().put(port, value);
            case SUFFIX -> named(pattern.host()).below().put(port, value);
            case LABELS -> addLabels(pattern, value);
            case NETWORK -> {
                networks = networks == null ? new NetworkTable<>() : networks;
                networks.put(pattern.host(), port, value);
            }
            case SINGLE_LABEL -> {
                singleLabels = singleLabels == null ? new PortTable<>() : singleLabels;
                singleLabels.put(port, value);
            }
            case ANY -> any.put(port, value);
        }
    }

    private void addLabels(HostPattern pattern, V value) {
        List<String> labels = HostPattern.labels(pattern.host());
        int last = pattern.host().lastIndexOf('*');
        int dot = pattern.host().indexOf('.', last);
        LabelTree<V> tree;
        if (dot < 0) {
            starred = starred == null ? new LabelTree<>() : starred;
            tree = starred;
        } else {
            tree = named(pattern.host().substring(dot + 1)).starred();
        }
        int written = dot < 0
                ? 0
                : HostPattern.labels(pattern.host().substring(dot + 1)).size();
        tree.add(labels, labels.size() - written, pattern.port(), value);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // no array of a generic type can be made otherwise
    private static <V> @Nullable Named<V>[] table(int size) {
        return new Named[Integer.highestOneBit(Math.max(1, size)) * 4];
    }

    private Named<V> named(String name) {
        int hash = 0;
        for (int i = name.length() - 1; i >= 0; i--) {
            hash = hash(hash, name.charAt(i));
        }
        Named<V> named = named(name, 0, hash);
        if (named == null) {
            int slot = slot(hash);
            named = new Named<>(name, hash, names[slot]);
            names[slot] = named;
        }
        return named;
    }

    private static int hash(int hashOfWhatFollows, char c) {
        return 31 * hashOfWhatFollows + c;
    }

    private int slot(int hash) {
        // The upper bits take part: names that end alike differ in them first.
        return (hash ^ hash >>> 16) & names.length - 1;
    }

    /**
     * The value for a host.
     *
     * @param host in its canonical form ({@link HostPattern#canonicalHost})
     * @param port the effective port
     * @return the most specific pattern's value, or null
     */
    public @Nullable V find(String host, int port) {
        boolean address = false;
        V found = starred == null || NetworkTable.groups(host) != null ? null : starred.find(host, host.length(), port);
        int hash = 0;
        for (int i = host.length() - 1; i >= 0; i--) {
            char c = host.charAt(i);
            if (c == '.') {
                Named<V> domain = named(host, i + 1, hash);
                V below = domain == null ? null : domain.find(host, i, port);
                found = below != null ? below : found;
            }
            address |= c == ':';
            hash = hash(hash, c);
        }
        Named<V> whole = named(host, 0, hash);
        V exact = whole == null ? null : find(whole.here, port);
        if (exact != null) {
            return exact;
        }
        if (!address) {
            return found != null ? found : ofKind(host, port);
        }
        // It is below no domain, and a pattern without a zone stands for every zone.
        String anyZone = HostName.withoutZone(host);
        return anyZone != null ? find(anyZone, port) : ofKind(host, port);
    }

    /** The value for all hosts of the kind that a host is of, and else for every host. */
    private @Nullable V ofKind(String host, int port) {
        V found = networks == null ? null : networks.find(host, port);
        if (found == null && singleLabels != null && HostPattern.isSingleLabel(host)) {
            found = singleLabels.find(port);
        }
        return found != null ? found : any.find(port);
    }

    private static <V> @Nullable V find(@Nullable PortTable<V> ports, int port) {
        return ports == null ? null : ports.find(port);
    }

    private @Nullable Named<V> named(String host, int from, int hash) {
        Named<V> named = names[slot(hash)];
        while (named != null && !named.is(host, from, hash)) {
            named = named.next;
        }
        return named;
    }

    /** The entries of one name: for the host of that name, and for the hosts below it. */
    private static final class Named<V> {
        private final String name;
        private final int hash;
        private final @Nullable Named<V> next;
        // Null where no pattern is for them: thousands of names have one or the other.
        private @Nullable PortTable<V> here;
        private @Nullable PortTable<V> below;
        private @Nullable LabelTree<V> starred;

        Named(String name, int hash, @Nullable Named<V> next) {
            this.name = name;
            this.hash = hash;
            this.next = next;
        }

        PortTable<V> here() {
            if (here == null) {
                here = new PortTable<>();
            }
            return here;
        }

        PortTable<V> below() {
            if (below == null) {
                below = new PortTable<>();
            }
            return below;
        }

        LabelTree<V> starred() {
            if (starred == null) {
                starred = new LabelTree<>();
            }
            return starred;
        }

        /** The value for a host below this name, whose labels before it end at an index. */
        @Nullable
        V find(String host, int end, int port) {
            V found = starred == null ? null : starred.find(host, end, port);
            return found != null || below == null ? found : below.find(port);
        }

        boolean is(String host, int from, int hashFromThere) {
            return hash == hashFromThere
                    && name.length() == host.length() - from
                    && host.regionMatches(from, name, 0, name.length());
        }
    }
}
