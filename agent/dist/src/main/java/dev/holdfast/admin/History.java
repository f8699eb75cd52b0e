package dev.holdfast.admin;

import dev.holdfast.observe.Comparison;
import dev.holdfast.observe.OriginStats;
import dev.holdfast.observe.Snapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/**
 * The counts of the last five minutes, so that a page that is opened in the middle of an outage shows how it began. One
 * ring of {@value #BUCKETS} numbers for each origin that is listed and each of a few counts: 3 KiB an origin.
 * Thread-safe.
 */
final class History {
    static final int BUCKETS = 60;
    static final int BUCKET_SECONDS = 5;

    /** The results of calls that were not cancelled. */
    private static final List<String> RESULTS = Comparison.RESULTS.subList(0, Comparison.RESULTS.size() - 1);

    private static final int RETRIES = RESULTS.size();
    private static final int DELAY = RETRIES + 1;
    private static final int FALLBACKS = RETRIES + 2;

    /** The results, and what follows them in a row. */
    private static final List<String> METRICS = Stream.concat(
                    RESULTS.stream(), Stream.of("retries", "delay_seconds", "fallbacks"))
            .toList();

    private final Map<Key, Ring> rings = new HashMap<>();
    private long last;
    private long closed;

    private record Key(String policy, String origin) {}

    private static long bucket(long epochMillis) {
        return TimeUnit.MILLISECONDS.toSeconds(epochMillis) / BUCKET_SECONDS;
    }

    /** Returns whether five seconds have passed that were not looked at. */
    synchronized boolean due(long epochMillis) {
        return bucket(epochMillis) - 1 > closed;
    }

    /**
     * Counts what has happened since the last time. The first look after the end of five seconds is as of these; so to
     * be exact, one should come soon, and others may come at any time.
     *
     * @param snapshot how things are now
     */
    synchronized void add(Snapshot snapshot) {
        long current = bucket(snapshot.epochMillis());
        boolean late = current - 1 > closed;
        closed = Math.max(closed, current - 1);
        long now = Math.max(last, late ? current - 1 : current);
        boolean known =
                last != 0 || snapshot.epochMillis() - snapshot.startedEpochMillis() < 1000L * 2 * BUCKET_SECONDS;
        Set<Key> present = new HashSet<>();
        for (OriginStats stats : snapshot.origins()) {
            Key key = new Key(stats.policy(), stats.origin());
            present.add(key);
            Ring ring = rings.get(key);
            if (ring == null) {
                // What was called long before anybody looked is of no known time.
                ring = new Ring(known ? new long[METRICS.size()] : counts(stats));
                rings.put(key, ring);
            }
            ring.advance(last, now);
            ring.add(counts(stats), now);
        }
        rings.keySet().retainAll(present);
        last = now;
    }

    private static long[] counts(OriginStats stats) {
        long[] counts = new long[METRICS.size()];
        for (int i = 0; i < RETRIES; i++) {
            counts[i] = stats.calls(RESULTS.get(i));
        }
        counts[RETRIES] = stats.retries();
        counts[DELAY] = Math.round(stats.delays().seconds() * 1000);
        for (OriginStats.FallbackCount fallback : stats.fallbacks()) {
            counts[FALLBACKS] += fallback.count();
        }
        return counts;
    }

    /** Writes all of it; a row ends with the newest bucket, and begins with the first that is not 0. */
    synchronized void write(JsonGenerator json) {
        json.writeStartObject();
        json.writeNumberProperty("bucket_seconds", BUCKET_SECONDS);
        json.writeNumberProperty("last_bucket", last);
        json.writeArrayPropertyStart("origins");
        rings.forEach((key, ring) -> {
            json.writeStartObject();
            json.writeStringProperty("policy", key.policy());
            json.writeStringProperty("origin", key.origin());
            for (int metric = 0; metric < METRICS.size(); metric++) {
                ring.write(METRICS.get(metric), metric, last, json);
            }
            json.writeEndObject();
        });
        json.writeEndArray();
        json.writeEndObject();
    }

    private static final class Ring {
        private final int[][] more = new int[METRICS.size()][BUCKETS];
        private long[] before;

        Ring(long[] before) {
            this.before = before;
        }

        void advance(long from, long to) {
            for (long bucket = Math.max(from + 1, to - BUCKETS + 1); bucket <= to; bucket++) {
                for (int[] row : more) {
                    row[at(bucket)] = 0;
                }
            }
        }

        void add(long[] counts, long bucket) {
            for (int metric = 0; metric < METRICS.size(); metric++) {
                more[metric][at(bucket)] += (int) Math.max(0, counts[metric] - before[metric]);
            }
            before = counts;
        }

        void write(String name, int metric, long last, JsonGenerator json) {
            int age = BUCKETS - 1;
            while (age >= 0 && more[metric][at(last - age)] == 0) {
                age--;
            }
            if (age < 0) {
                return;
            }
            json.writeArrayPropertyStart(name);
            for (; age >= 0; age--) {
                int value = more[metric][at(last - age)];
                if (metric == DELAY) {
                    json.writeNumber(value / 1000.0);
                } else {
                    json.writeNumber(value);
                }
            }
            json.writeEndArray();
        }

        private static int at(long bucket) {
            return (int) Math.floorMod(bucket, (long) BUCKETS);
        }
    }
}
