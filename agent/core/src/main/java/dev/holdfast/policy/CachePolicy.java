package dev.holdfast.policy;

import java.util.Set;

/**
 * The settings of the responses that are stored for an outage. Immutable.
 *
 * @param ttlNanos how long after its receipt an answer is given, at most
 * @param maxBodyBytes an answer with a larger body is not kept
 * @param statuses the statuses of good answers
 * @param keyHeaders request headers, in lower case, that are part of a key although their names are listed as harmless
 * @param ignoreHeaders request headers, in lower case, that are no part of a key, besides those that are listed as
 *     harmless
 * @param keepPrivate whether responses are kept that say {@code Cache-Control: private}
 * @param maxBytes what all answers of a JVM may take together
 * @param directory where they are kept besides, so that they survive the JVM; empty: nowhere
 * @param directorySource where the name of the directory comes from
 */
public record CachePolicy(
        long ttlNanos,
        long maxBodyBytes,
        Set<Integer> statuses,
        Set<String> keyHeaders,
        Set<String> ignoreHeaders,
        boolean keepPrivate,
        long maxBytes,
        String directory,
        ValueSource directorySource) {
    /** Nothing is kept. */
    public static final CachePolicy NONE = new CachePolicy(0, 0, Set.of(), Set.of(), Set.of(), false, 0, "");

    /** One whose directory is named in the file itself. */
    public CachePolicy(
            long ttlNanos,
            long maxBodyBytes,
            Set<Integer> statuses,
            Set<String> keyHeaders,
            Set<String> ignoreHeaders,
            boolean keepPrivate,
            long maxBytes,
            String directory) {
        this(
                ttlNanos,
                maxBodyBytes,
                statuses,
                keyHeaders,
                ignoreHeaders,
                keepPrivate,
                maxBytes,
                directory,
                ValueSource.FILE);
    }

    /** Copies the collections. */
    public CachePolicy {
        statuses = StatusSet.copyOf(statuses);
        keyHeaders = Set.copyOf(keyHeaders);
        ignoreHeaders = Set.copyOf(ignoreHeaders);
    }
}
