package dev.holdfast.observe;

import dev.holdfast.call.PolicyTarget;
import dev.holdfast.fleet.StoreStats;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Holds the state beside the counts, and is the one place where a {@link Snapshot} is made. Thread-safe. */
public final class Status implements Supplier<Snapshot> {
    /** Knows what belongs to a snapshot beside the counts and the configuration. Thread-safe. */
    public interface Sources {
        /** Returns the targets that are called. */
        Collection<PolicyTarget> targets();

        /** Returns whether the run-time switch is on. */
        boolean isOn();

        /** Returns what the fallback cache holds. */
        Snapshot.Cache cache();

        /** Returns the figures of the shared store; null: there is none. */
        @Nullable
        StoreStats store();

        /** Returns the faults that are injected; null: there are none. */
        @Nullable
        InjectedFaults faults();

        /** Returns where Holdfast does not help. */
        CoverageGaps gaps();

        /** Returns the JVM. */
        ProcessIdentity process();
    }

    private final CounterRegistry counterRegistry;
    private final Sources sources;
    private final @Nullable String version;
    private String file;
    private final long startedEpochMillis;
    private Object fingerprint;
    private List<String> policies;
    private long reloads;
    private long reloadFailures;
    private long reloadedEpochMillis;
    private @Nullable String reloadError;
    private Activity activity = Activity.ACTIVE;

    /**
     * The status under a first configuration.
     *
     * @param counterRegistry the counts
     * @param sources what else a snapshot shows
     * @param version of the agent
     * @param file the configuration, as the user named it
     * @param fingerprint of its text, worked out when its {@code toString} is asked for
     * @param policies the names of its policies
     */
    public Status(
            CounterRegistry counterRegistry,
            Sources sources,
            @Nullable String version,
            String file,
            Object fingerprint,
            Set<String> policies) {
        this.counterRegistry = counterRegistry;
        this.sources = sources;
        this.version = version;
        this.file = file;
        this.fingerprint = fingerprint;
        this.startedEpochMillis = counterRegistry.epochMillis();
        this.reloadedEpochMillis = startedEpochMillis;
        this.policies = sorted(policies);
    }

    /**
     * Policies are in force, or none is.
     *
     * @param state of the configuration: {@link Activity#ACTIVE} also while the run-time switch is off
     * @param named the configuration file, as the user named it
     * @param error what is wrong with the file; null where it can be used
     */
    public synchronized void state(Activity state, String named, @Nullable String error) {
        activity = state;
        file = named;
        reloadError = error;
    }

    /**
     * Another configuration is in force.
     *
     * @param of the fingerprint of its text, as for the first one
     * @param names of its policies
     * @param targetNames of all that is counted apart: the policies, and what belongs to them
     */
    public synchronized void reloaded(Object of, Set<String> names, Set<String> targetNames) {
        fingerprint = of;
        policies = sorted(names);
        reloads++;
        reloadedEpochMillis = counterRegistry.epochMillis();
        reloadError = null;
        counterRegistry.retain(targetNames);
    }

    /** A changed configuration cannot be used. */
    public synchronized void reloadFailed(String why) {
        reloadFailures++;
        reloadError = why;
    }

    private static List<String> sorted(Set<String> names) {
        List<String> sorted = new ArrayList<>(names);
        Collections.sort(sorted);
        return List.copyOf(sorted);
    }

    /** Returns the counts of one policy and origin; zeros where the pair no longer exists. */
    OriginStats origin(CounterRegistry.Key key) {
        return counterRegistry.stats(key, sources.targets());
    }

    CounterRegistry ledger() {
        return counterRegistry;
    }

    /** Everything, now. */
    @Override
    public Snapshot get() {
        CounterRegistry.Origins origins = counterRegistry.origins(sources.targets());
        CoverageGaps known = sources.gaps();
        boolean switchedOn = sources.isOn();
        synchronized (this) {
            return new Snapshot(
                    counterRegistry.epochMillis(),
                    startedEpochMillis,
                    version,
                    sources.process(),
                    file,
                    activity.fileUsed() ? fingerprint.toString() : null,
                    switchedOn,
                    activity == Activity.ACTIVE && !switchedOn ? Activity.OFF : activity,
                    policies,
                    origins.stats(),
                    origins.notListed(),
                    counterRegistry.transitions(),
                    reloads,
                    reloadFailures,
                    reloadedEpochMillis,
                    reloadError,
                    sources.cache(),
                    sources.store(),
                    sources.faults(),
                    known);
        }
    }
}
