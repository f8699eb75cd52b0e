package dev.holdfast.policy;

import org.jspecify.annotations.Nullable;

/**
 * The values of one host, or of the hosts of one kind: for any port, and for some.
 *
 * @param <V> what a pattern leads to
 */
final class PortTable<V> {
    private @Nullable V anyPort;
    private @Nullable OfPort<V> ports;

    private record OfPort<V>(int port, V value, @Nullable OfPort<V> next) {}

    /**
     * Adds a value.
     *
     * @param port 0: any
     */
    void put(int port, V value) {
        if (port == 0) {
            anyPort = value;
        } else {
            ports = new OfPort<>(port, value, ports);
        }
    }

    /** The value for a port; null if there is none. */
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
