package dev.holdfast.fallback;

/**
 * The statistics of the strategy {@code cache}: its hits and misses, and its content in memory. Immutable.
 *
 * @param hits how often it was asked and had an answer
 * @param misses how often it was asked and had none
 * @param kept how many answers were kept
 * @param evicted of how many requests the answers had to go, for room
 * @param entries of how many requests it has answers
 * @param bytes about what these take
 * @param maxBytes what they may take; 0 until there was one
 */
public record CacheStats(long hits, long misses, long kept, long evicted, long entries, long bytes, long maxBytes) {
    /** The statistics of a cache that was never used. */
    static final CacheStats NONE = new CacheStats(0, 0, 0, 0, 0, 0, 0);
}
