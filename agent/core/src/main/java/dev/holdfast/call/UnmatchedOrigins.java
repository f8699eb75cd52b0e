package dev.holdfast.call;

import dev.holdfast.policy.Origin;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * The origins that were called and that no host pattern matches, with the number of their calls: these run unmodified,
 * and whoever believes them protected learns of it nowhere else. The first {@value #MAX} are told apart, the calls of
 * those that come later are counted together. An origin's counter is found when it is called for the first time under a
 * configuration, so that a call costs one increment. Thread-safe.
 */
public final class UnmatchedOrigins {
    /** The most origins that are told apart. */
    public static final int MAX = 100;

    private final ConcurrentHashMap<Origin, LongAdder> calls = new ConcurrentHashMap<>();
    private final LongAdder others = new LongAdder();

    /** Returns the counter for the calls of an origin. */
    LongAdder counter(Origin origin) {
        LongAdder known = calls.get(origin);
        if (known != null) {
            return known;
        }
        // Two at a time may both be let in: the bound is exceeded by the number of threads at most.
        if (calls.size() >= MAX || !isHostName(origin.host())) {
            return others;
        }
        return calls.computeIfAbsent(origin, o -> new LongAdder());
    }

    /**
     * Returns whether a host is one: a program can make a {@code URL} of any text, and what looks like user information
     * must be shown nowhere.
     */
    private static boolean isHostName(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean good = (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '-'
                    || c == '_'
                    || c == ':'
                    || c == '%';
            if (!good) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether none was called. */
    boolean isEmpty() {
        return calls.isEmpty();
    }

    /** Forgets those that a pattern matches now. */
    void forgetIf(Predicate<Origin> matched) {
        calls.keySet().removeIf(matched);
    }

    /** The calls of each, by the origin's text. */
    public Map<String, Long> calls() {
        Map<String, Long> counts = new TreeMap<>();
        calls.forEach((origin, count) -> counts.put(origin.toString(), count.sum()));
        return counts;
    }

    /** The calls of all others together. */
    public long callsOfOthers() {
        return others.sum();
    }
}
