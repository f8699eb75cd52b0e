package dev.holdfast.fleet;

/**
 * The figures of the shared store, as one JVM counts them. Immutable.
 *
 * @param where the store's address
 * @param state what it is like: {@code starting}, {@code up}, {@code slow} or {@code down}
 * @param hits reads that found a response
 * @param misses reads that found none
 * @param late calls that went on before the store had answered
 * @param skipped reads that were not tried, since the store was away or slow
 * @param damaged values that were not ours, or were changed: each counts as a miss
 * @param writes values and deletions that the store has taken
 * @param dropped values that were not written, since the store was away, refused them, or too much waited
 * @param errors commands that failed
 * @param rates rates that this instance shares with others
 * @param localRates those of them that it keeps to its own part of at the moment, since the store is away
 * @param leases leases of a part of a rate that the store has granted or renewed
 * @param hintsSent breakers of this instance that the others were hinted at
 * @param hintsTaken hints of others that a breaker of this instance takes, or took, into account
 */
public record StoreStats(
        String where,
        String state,
        long hits,
        long misses,
        long late,
        long skipped,
        long damaged,
        long writes,
        long dropped,
        long errors,
        int rates,
        int localRates,
        long leases,
        long hintsSent,
        long hintsTaken) {
    /** Returns the same figures with those of shared rates. */
    public StoreStats withRates(int shared, int local, long granted) {
        return with(shared, local, granted, hintsSent, hintsTaken);
    }

    /** Returns the same figures with those of hints. */
    public StoreStats withHints(long sent, long taken) {
        return with(rates, localRates, leases, sent, taken);
    }

    private StoreStats with(int shared, int local, long granted, long sent, long taken) {
        return new StoreStats(
                where, state, hits, misses, late, skipped, damaged, writes, dropped, errors, shared, local, granted,
                sent, taken);
    }
}
