package dev.holdfast.call;

import dev.holdfast.policy.ConcurrencyLimit;
import java.lang.ref.Cleaner;

/**
 * A place under a {@link ConcurrencyLimit} that one attempt holds. A call that the application forgets half-way, such
 * as an {@code HttpURLConnection} that was connected and dropped, gives its place back when it is collected.
 * Thread-safe.
 */
final class ConcurrencyPermit {
    private final Cleaner.Cleanable release;

    private ConcurrencyPermit(Cleaner.Cleanable release) {
        this.release = release;
    }

    /**
     * A place that was acquired.
     *
     * @param holder lives as long as the place may be held
     * @param limit where it was acquired
     */
    static ConcurrencyPermit held(Object holder, ConcurrencyLimit limit) {
        return new ConcurrencyPermit(Leaked.CLEANER.register(holder, limit::release));
    }

    /** Gives the place back; more than once is as good as once. */
    void release() {
        release.clean();
    }

    /** Loaded, and its thread started, with the first place that is held. */
    private static final class Leaked {
        static final Cleaner CLEANER = Cleaner.create();

        private Leaked() {}
    }
}
