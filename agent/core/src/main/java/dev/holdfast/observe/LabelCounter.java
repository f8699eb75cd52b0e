package dev.holdfast.observe;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts by name, for what happens to few calls. The names are few: the caller sees to that. Thread-safe. */
final class LabelCounter {
    private final ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>(4);

    void add(String name) {
        add(name, 1);
    }

    void add(String name, long many) {
        LongAdder count = counts.get(name);
        if (count == null) {
            count = counts.computeIfAbsent(name, n -> new LongAdder());
        }
        count.add(many);
    }

    long get(String name) {
        LongAdder count = counts.get(name);
        return count == null ? 0 : count.sum();
    }

    Map<String, Long> all() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((name, count) -> all.put(name, count.sum()));
        return all;
    }
}
