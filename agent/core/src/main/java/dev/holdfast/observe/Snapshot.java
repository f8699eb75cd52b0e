package dev.holdfast.observe;

import dev.holdfast.fleet.StoreStats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that Holdfast knows of itself at one moment: what the endpoint, JMX and the command line show is made of
 * this. Immutable.
 *
 * @param epochMillis when
 * @param startedEpochMillis when counting began
 * @param version of the agent, null if unknown
 * @param process the JVM
 * @param file the configuration, as the user named it
 * @param fingerprint of the text of the configuration in force; null if unknown
 * @param on whether the run-time switch is on
 * @param activity whether policies are in force, or why none is
 * @param policies the names of the policies in force
 * @param origins by policy, then origin
 * @param originsNotListed how many origins there are at the moment that are counted as {@link CounterRegistry#OTHER}
 * @param transitions the last transitions of breakers, the latest last
 * @param reloads how often the configuration was replaced
 * @param reloadFailures how often a changed one could not be used
 * @param reloadedEpochMillis when the one in force came into force
 * @param reloadError what is wrong with the file as it was found last; null where that could be used
 * @param cache what the fallback cache holds
 * @param store the figures of the shared store; null: there is none
 * @param faults the faults that are injected; null: there are none
 * @param gaps where Holdfast does not help
 */
public record Snapshot(
        long epochMillis,
        long startedEpochMillis,
        @Nullable String version,
        ProcessIdentity process,
        String file,
        @Nullable String fingerprint,
        boolean on,
        Activity activity,
        List<String> policies,
        List<OriginStats> origins,
        int originsNotListed,
        List<Transition> transitions,
        long reloads,
        long reloadFailures,
        long reloadedEpochMillis,
        @Nullable String reloadError,
        Cache cache,
        @Nullable StoreStats store,
        @Nullable InjectedFaults faults,
        CoverageGaps gaps) {

    /**
     * A breaker changed its state.
     *
     * @param epochMillis when
     * @param policy whose breaker
     * @param origin of which origin
     * @param from the state before
     * @param to the state then
     * @param reason why, for people
     */
    public record Transition(long epochMillis, String policy, String origin, String from, String to, String reason) {}

    /**
     * The fallback cache: what it did so far, and what it holds in memory.
     *
     * @param hits how often the strategy was asked and had an answer
     * @param misses how often it was asked and had none
     * @param kept how many answers were kept
     * @param evicted of how many requests the answers had to go, for room
     * @param entries of how many requests there are answers
     * @param bytes about what these take
     * @param maxBytes what they may take; 0 until there was one
     */
    public record Cache(long hits, long misses, long kept, long evicted, long entries, long bytes, long maxBytes) {
        /** Never used. */
        public static final Cache EMPTY = new Cache(0, 0, 0, 0, 0, 0, 0);
    }
}
