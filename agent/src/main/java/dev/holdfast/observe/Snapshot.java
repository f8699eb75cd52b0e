package dev.holdfast.observe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that Holdfast knows of itself at one moment: what the endpoint, JMX and the command line show is made of this.
 * Immutable.
 *
 * @param epochMillis when
 * @param startedEpochMillis when counting began
 * @param version of the agent, null if unknown
 * @param file the configuration, as the user named it
 * @param on whether the run-time switch is on
 * @param policies the names of the policies in force
 * @param origins by policy, then origin
 * @param originsNotListed how many origins there are at the moment that are counted as {@link Ledger#OTHER}
 * @param transitions the last transitions of breakers, the latest last
 * @param reloads how often the configuration was replaced
 * @param reloadFailures how often a changed one could not be used
 * @param reloadedEpochMillis when the one in force came into force
 * @param reloadError what is wrong with the changed file that could not be used; null where the last one could
 * @param cache what the fallback cache holds
 */
public record Snapshot(
        long epochMillis,
        long startedEpochMillis,
        @Nullable String version,
        String file,
        boolean on,
        List<String> policies,
        List<OriginStats> origins,
        int originsNotListed,
        List<Transition> transitions,
        long reloads,
        long reloadFailures,
        long reloadedEpochMillis,
        @Nullable String reloadError,
        Cache cache) {

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

    /** The answers that are kept in memory: how many bytes, of how many. */
    public record Cache(long bytes, long entries) {
        /** Nothing. */
        public static final Cache EMPTY = new Cache(0, 0);
    }
}
