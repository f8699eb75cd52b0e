package dev.holdfast.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the value of the most specific host pattern: exact host before longest suffix before {@code *}; with equal hosts
 * the one with a port before the one without. A lookup costs one hash look-up per label of the host, however many patterns
 * there are. Immutable, thread-safe.
 *
 * @param <V> what a pattern leads to
 */
public final class PolicyTable<V> {
    private final Map<String, ByPort<V>> exact = new HashMap<>();
    private final Map<String, ByPort<V>> suffix = new HashMap<>();
    private final ByPort<V> any = new ByPort<>();

    /** Copies the patterns. */
    public PolicyTable(Map<HostPattern, ? extends V> values) {
        values.forEach((pattern, value) -> {
            ByPort<V> ports = switch (pattern.kind()) {
                case EXACT -> exact.computeIfAbsent(pattern.host(), h -> new ByPort<>());
                case SUFFIX -> suffix.computeIfAbsent(pattern.host(), h -> new ByPort<>());
                case ANY -> any;
            };
            ports.put(pattern.port(), Objects.requireNonNull(value));
        });
    }

    /**
     * The value for a host.
     *
     * @param host in its canonical form ({@link HostPattern#canonicalHost})
     * @param port the effective port
     * @return the most specific pattern's value, or null
     */
    public @Nullable V find(String host, int port) {
        V found = find(exact.get(host), port);
        if (found != null) {
            return found;
        }
        if (host.indexOf(':') >= 0) {
            // An address: it is below no domain, and whoever names no zone means each of them.
            String address = HostName.withoutZone(host);
            found = address == null ? null : find(exact.get(address), port);
            return found != null ? found : any.find(port);
        }
        if (suffix.isEmpty()) {
            return any.find(port);
        }
        for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
            found = find(suffix.get(host.substring(dot + 1)), port);
            if (found != null) {
                return found;
            }
        }
        return any.find(port);
    }

    private @Nullable V find(@Nullable ByPort<V> ports, int port) {
        return ports == null ? null : ports.find(port);
    }

    /** Whether no pattern is there. */
    public boolean isEmpty() {
        return exact.isEmpty() && suffix.isEmpty() && any.values.isEmpty();
    }

    private static final class ByPort<V> {
        private static final int ANY_PORT = 0;
        private final Map<Integer, V> values = new HashMap<>(2);

        void put(int port, V value) {
            values.put(port, value);
        }

        @Nullable
        V find(int port) {
            V exact = values.get(port);
            return exact != null ? exact : values.get(ANY_PORT);
        }
    }
}
