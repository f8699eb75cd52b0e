package dev.holdfast.policy;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the value of the most specific host pattern: exact host before longest suffix before {@code *}; with equal
 * hosts the one with a port before the one without. Immutable, thread-safe.
 *
 * <p>A lookup reads the host once, from its end, and with each label asks one hash table whether a pattern names what
 * was read so far: its cost does not depend on the number of patterns.
 *
 * @param <V> what a pattern leads to
 */
public final class PolicyTable<V> {
    // By the hash of the name; a power of two in length, at most half full.
    private final @Nullable Named<V>[] names;
    private final ByPort<V> any = new ByPort<>();

    /** Copies the patterns. */
    public PolicyTable(Map<HostPattern, ? extends V> values) {
        names = table(values.size());
        for (Map.Entry<HostPattern, ? extends V> entry : values.entrySet()) {
            HostPattern pattern = entry.getKey();
            ByPort<V> ports = switch (pattern.kind()) {
                case EXACT -> named(pattern.host()).here();
                case SUFFIX -> named(pattern.host()).below();
                case ANY -> any;
            };
            ports.put(pattern.port(), Objects.requireNonNull(entry.getValue()));
        }
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
        V found = null;
        int hash = 0;
        for (int i = host.length() - 1; i >= 0; i--) {
            char c = host.charAt(i);
            if (c == '.') {
                Named<V> domain = named(host, i + 1, hash);
                V below = domain == null ? null : find(domain.below, port);
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
            return found != null ? found : any.find(port);
        }
        // It is below no domain, and whoever names no zone means each of them.
        String anyZone = HostName.withoutZone(host);
        return anyZone != null ? find(anyZone, port) : any.find(port);
    }

    private static <V> @Nullable V find(@Nullable ByPort<V> ports, int port) {
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
        private @Nullable ByPort<V> here;
        private @Nullable ByPort<V> below;

        Named(String name, int hash, @Nullable Named<V> next) {
            this.name = name;
            this.hash = hash;
            this.next = next;
        }

        ByPort<V> here() {
            if (here == null) {
                here = new ByPort<>();
            }
            return here;
        }

        ByPort<V> below() {
            if (below == null) {
                below = new ByPort<>();
            }
            return below;
        }

        boolean is(String host, int from, int hashFromThere) {
            return hash == hashFromThere
                    && name.length() == host.length() - from
                    && host.regionMatches(from, name, 0, name.length());
        }
    }

    /** The values of one name: for any port, and for some. */
    private static final class ByPort<V> {
        private @Nullable V anyPort;
        private @Nullable OfPort<V> ports;

        void put(int port, V value) {
            if (port == 0) {
                anyPort = value;
            } else {
                ports = new OfPort<>(port, value, ports);
            }
        }

        @Nullable
        V find(int port) {
            // One by one: who writes a host down with many ports is yet to be seen.
            for (OfPort<V> some = ports; some != null; some = some.next) {
                if (some.port == port) {
                    return some.value;
                }
            }
            return anyPort;
        }
    }

    private record OfPort<V>(int port, V value, @Nullable OfPort<V> next) {}
}
