package dev.holdfast.observe;

import dev.holdfast.call.PolicyTarget;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Holds the state beside the counts, and is the one place where a {@link Snapshot} is made. Thread-safe. */
public final class Status implements Supplier<Snapshot> {
    private final CounterRegistry counterRegistry;
    private final Supplier<Collection<PolicyTarget>> targets;
    private final BooleanSupplier on;
    private final Supplier<Snapshot.Cache> cache;
    private final Supplier<CoverageGaps> gaps;
    private final @Nullable String version;
    private final Supplier<ProcessIdentity> process;
    private String file;
    private final long startedEpochMillis;
    private Supplier<String> fingerprint;
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
     * @param targets what is called
     * @param on whether the run-time switch is on
     * @param cache what the fallback cache holds
     * @param gaps where Holdfast does not help
     * @param version of the agent
     * @param process the JVM
     * @param file the configuration, as the user named it
     * @param fingerprint of its text, worked out when it is first asked for
     * @param policies the names of its policies
     */
    public Status(
            CounterRegistry counterRegistry,
            Supplier<Collection<PolicyTarget>> targets,
            BooleanSupplier on,
            Supplier<Snapshot.Cache> cache,
            Supplier<CoverageGaps> gaps,
            @Nullable String version,
            Supplier<ProcessIdentity> process,
            String file,
            Supplier<String> fingerprint,
            Set<String> policies) {
        this.counterRegistry = counterRegistry;
        this.targets = targets;
        this.on = on;
        this.cache = cache;
        this.gaps = gaps;
        this.version = version;
        this.process = process;
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
     * @param of the fingerprint of its text
     * @param names of its policies
     * @param targetNames of all that is counted apart: the policies, and what belongs to them
     */
    public synchronized void reloaded(Supplier<String> of, Set<String> names, Set<String> targetNames) {
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
        return names.stream().sorted().toList();
    }

    /** Returns the counts of one policy and origin; zeros where the pair no longer exists. */
    OriginStats origin(CounterRegistry.Key key) {
        return counterRegistry.stats(key, targets.get());
    }

    CounterRegistry ledger() {
        return counterRegistry;
    }

    /** Everything, now. */
    @Override
    public Snapshot get() {
        CounterRegistry.Origins origins = counterRegistry.origins(targets.get());
        CoverageGaps known = gaps.get();
        boolean switchedOn = on.getAsBoolean();
        synchronized (this) {
            return new Snapshot(
                    counterRegistry.epochMillis(),
                    startedEpochMillis,
                    version,
                    process.get(),
                    file,
                    activity.fileUsed() ? fingerprint.get() : null,
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
                    cache.get(),
                    known);
        }
    }
}
