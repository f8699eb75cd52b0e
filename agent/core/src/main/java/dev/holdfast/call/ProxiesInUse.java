package dev.holdfast.call;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP proxies that covered calls go through: the first {@value #MAX}, as {@code host:port}. Asked once for each
 * target, when it is called for the first time. Thread-safe.
 */
public final class ProxiesInUse {
    /** The most addresses that are kept. */
    public static final int MAX = 20;

    private final Set<String> addresses = ConcurrentHashMap.newKeySet();

    /**
     * A call goes through a proxy.
     *
     * @param address of it, {@code host:port}; null: it goes through none, or none that is known
     */
    public void note(@Nullable String address) {
        if (address != null && addresses.size() < MAX && address.matches("[\\w.\\-:%\\[\\]]+")) {
            addresses.add(address);
        }
    }

    /** Their addresses, sorted. */
    public Set<String> addresses() {
        return new TreeSet<>(addresses);
    }
}
