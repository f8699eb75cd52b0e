package dev.holdfast.runtime;

import dev.holdfast.call.PolicyTargets;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.fleet.BreakerHints;
import dev.holdfast.fleet.RateLeases;
import dev.holdfast.fleet.StoreClient;
import dev.holdfast.fleet.StoreConnection;
import dev.holdfast.fleet.StoreStats;
import dev.holdfast.policy.StoreSettings;
import dev.holdfast.store.RedisConnector;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The shared store of several JVMs, and what uses it. Made for the first configuration that names a store; until then
 * nothing of it is loaded. Used by one thread at a time, but for the figures.
 */
final class Fleet {
    private final FallbackStrategies fallbackStrategies;
    private final BiConsumer<Boolean, String> notices;
    private final PolicyTargets targets;
    private volatile @Nullable StoreClient client;
    private volatile @Nullable RateLeases leases;
    private volatile @Nullable BreakerHints hints;

    /**
     * Without a store yet.
     *
     * @param targets all policies with their origins, whose rates may be shared, and whose breakers may be hinted at
     * @param notices receives what an operator should know of the store
     */
    Fleet(FallbackStrategies fallbackStrategies, PolicyTargets targets, BiConsumer<Boolean, String> notices) {
        this.targets = targets;
        this.fallbackStrategies = fallbackStrategies;
        this.notices = notices;
    }

    /** Uses a store from now on, in place of the one before; null: none. */
    void use(@Nullable StoreSettings settings) {
        StoreClient before = client;
        if (before != null ? before.settings().equals(settings) : settings == null) {
            return;
        }
        StoreClient next = null;
        if (settings != null) {
            // The client library is loaded by the store's own thread.
            StoreConnection.Connector connector = () -> new RedisConnector(settings).open();
            next = new StoreClient(settings, connector, notices);
        }
        client = next;
        RateLeases former = leases;
        leases = next == null ? null : new RateLeases(next, targets);
        if (former != null) {
            former.close();
        }
        BreakerHints formerHints = hints;
        hints = next != null && next.settings().breakerHints() ? new BreakerHints(next, targets) : null;
        if (formerHints != null) {
            formerHints.close();
        }
        fallbackStrategies.share(next != null && !next.settings().key().isEmpty() ? next : null);
        if (before != null) {
            before.close();
        }
    }

    /** Returns the figures of the store; null: there is none. */
    @Nullable
    StoreStats stats() {
        StoreClient current = client;
        if (current == null) {
            return null;
        }
        StoreStats ofResponses = fallbackStrategies.storeFigures();
        StoreStats all = ofResponses != null ? ofResponses : current.stats(0, 0, 0);
        RateLeases rates = leases;
        BreakerHints told = hints;
        if (told != null) {
            all = all.withHints(told.sent(), told.taken());
        }
        return rates == null ? all : all.withRates(rates.rates(), rates.alone(), rates.renewals());
    }
}
