package dev.holdfast.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The networks (RFC 4632, RFC 4291) that hosts written as addresses are in; the smallest wins. A lookup asks one hash
 * table for each length of a prefix that some network has.
 *
 * @param <V> what a network leads to
 */
final class NetworkTable<V> {
    private static final int GROUP = 16;

    private final Map<String, PortTable<V>> networks = new HashMap<>();
    private final TreeSet<Integer> lengths = new TreeSet<>();

    /** Adds a network as {@link HostPattern#host} has it. */
    void put(String network, int port, V value) {
        int slash = network.indexOf('/');
        int length = Integer.parseInt(network, slash + 1, network.length(), 10);
        int[] address = groups(network.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException(network);
        }
        String key = key(address, length);
        PortTable<V> table = networks.get(key);
        if (table == null) {
            table = new PortTable<>();
            networks.put(key, table);
        }
        table.put(port, value);
        lengths.add(length);
    }

    /** The value of the smallest network of a host; null if it is in none, or is no address. */
    @Nullable
    V find(String host, int port) {
        int[] address = groups(host);
        if (address == null) {
            return null;
        }
        // An IPv4 address in IPv6's clothes (RFC 4291, 2.5.5.2) is connected to as the IPv4 address.
        int[] mapped = mapped(address);
        V found = mapped == null ? null : find(mapped, port);
        return found == null ? find(address, port) : found;
    }

    private @Nullable V find(int[] address, int port) {
        for (int length : lengths.descendingSet()) {
            PortTable<V> table = length > address.length * GROUP ? null : networks.get(key(address, length));
            V found = table == null ? null : table.find(port);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The groups of 16 bits of an address: two of an IPv4 one, eight of an IPv6 one; null if the text is none. */
    static int @Nullable [] groups(String host) {
        return host.indexOf(':') >= 0 ? Ipv6.groups(host) : Ipv6.groupsOfIpv4(host);
    }

    /** The two groups of an IPv4 address that an IPv6 address holds; null: it is another one. */
    static int @Nullable [] mapped(int[] address) {
        if (address.length != 8 || address[5] != 0xffff) {
            return null;
        }
        for (int i = 0; i < 5; i++) {
            if (address[i] != 0) {
                return null;
            }
        }
        return new int[] {address[6], address[7]};
    }

    /** The first bits of an address, the others left out, and how many there are. */
    static String key(int[] address, int length) {
        StringBuilder key =
                new StringBuilder().append(address.length).append('/').append(length);
        for (int i = 0; i * GROUP < length; i++) {
            int bits = Math.min(GROUP, length - i * GROUP);
            key.append(':').append(address[i] >> (GROUP - bits));
        }
        return key.toString();
    }

    /** Returns whether an address has no bit set behind the first ones. */
    static boolean isClean(int[] address, int length) {
        for (int i = 0; i < address.length; i++) {
            int bits = Math.max(0, Math.min(GROUP, length - i * GROUP));
            if ((address[i] & ((1 << (GROUP - bits)) - 1)) != 0) {
                return false;
            }
        }
        return true;
    }
}
