package dev.holdfast.runtime;

import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.fallback.CacheStats;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.fleet.StoreStats;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.policy.StoreSettings;
import dev.holdfast.weave.Adapters;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The composition root: holds the engine that is current, on which the client adapters work, each of which is made when
 * its client is used for the first time. Until the first configuration is read, calls wait here, but none past
 * {@value #LONGEST_WAIT_SECONDS} s after the start: then they run unmodified. Thread-safe.
 */
final class Holdfast implements Adapters, Supplier<@Nullable Engine> {
    private static final int LONGEST_WAIT_SECONDS = 10;

    private final ErrorReporter errorReporter;
    private final FallbackStrategies fallbackStrategies;
    private final CountDownLatch decided = new CountDownLatch(1);
    private final long waitUntil = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_WAIT_SECONDS);
    private volatile @Nullable Engine engine;
    private volatile boolean off;
    private volatile Set<String> clientsOff = Set.of();
    private volatile @Nullable Thread starting;
    private volatile @Nullable Fleet fleet;

    Holdfast(ErrorReporter errorReporter) {
        this.errorReporter = errorReporter;
        this.fallbackStrategies = new FallbackStrategies(errorReporter::report);
    }

    /** The calling thread reads the configuration; should that lead to a call, the call must not wait for itself. */
    void startingOnThisThread() {
        starting = Thread.currentThread();
    }

    /** Makes an engine the current one. Calls that have begun go on under the one that they began with. */
    void use(Engine next) {
        engine = next;
        decided.countDown();
    }

    /** There is no policy yet: waiting calls go on, untouched. */
    void useNothing() {
        decided.countDown();
    }

    /** The one switch: while it is off, every call runs unmodified. Calls that have begun go on as they began. */
    void switchOn(boolean on) {
        off = !on;
    }

    /** Returns whether there is an engine: there were policies in force at some time. */
    boolean hasEngine() {
        return engine != null;
    }

    /** Returns whether the switch is on. */
    boolean isOn() {
        return !off;
    }

    /** Uses a shared store from now on. */
    void share(StoreSettings settings, PolicyTargets targets, BiConsumer<Boolean, String> notices) {
        Fleet made = fleet;
        if (made == null) {
            made = new Fleet(fallbackStrategies, targets, notices);
            fleet = made;
        }
        made.use(settings);
    }

    /** Uses no shared store any more. */
    void shareNothing() {
        Fleet made = fleet;
        if (made != null) {
            made.use(null);
        }
    }

    /** Returns the figures of the shared store; null: there is none. */
    @Nullable
    StoreStats storeFigures() {
        Fleet made = fleet;
        return made == null ? null : made.stats();
    }

    /** Returns the statistics of the fallback cache. */
    CacheStats cacheFigures() {
        return fallbackStrategies.cacheFigures();
    }

    /**
     * Switches clients off, and all others on, for the calls that begin from now on.
     *
     * @return whether that changes anything
     */
    boolean switchOff(Set<String> clients) {
        boolean changes = !clientsOff.equals(clients);
        clientsOff = clients;
        return changes;
    }

    @Override
    public List<ClientInstrumentation> clients() {
        return Clients.ALL;
    }

    @Override
    public boolean isOff(ClientInstrumentation client) {
        return clientsOff.contains(client.name());
    }

    @Override
    public @Nullable AdapterContext context(ClientInstrumentation client) {
        if (await() == null || isOff(client)) {
            return null;
        }
        return new AdapterContext(new EnginesOf(client.name()), fallbackStrategies, errorReporter);
    }

    /** The current engine, for the adapter of one client. */
    private final class EnginesOf implements Supplier<@Nullable Engine> {
        private final String client;

        private EnginesOf(String client) {
            this.client = client;
        }

        @Override
        public @Nullable Engine get() {
            return clientsOff.contains(client) ? null : Holdfast.this.get();
        }
    }

    /** The current engine, for the adapters; null while the switch is off. */
    @Override
    public @Nullable Engine get() {
        return off ? null : engine;
    }

    /** The engine, waiting for the first one. Null: none came. An interrupt is kept for the call itself to see. */
    private @Nullable Engine await() {
        Engine current = engine;
        if (current != null) {
            return current;
        }
        if (decided.getCount() == 0 || Thread.currentThread() == starting) {
            // Looked at anew: it may have come between the two looks above.
            return engine;
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (!decided.await(waitUntil - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        errorReporter.report(
                                "the configuration is not read " + LONGEST_WAIT_SECONDS
                                        + " s after the start; a call runs without policies",
                                null);
                    }
                    return engine;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
