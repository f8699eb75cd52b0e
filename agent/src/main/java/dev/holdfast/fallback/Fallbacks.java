package dev.holdfast.fallback;

import dev.holdfast.policy.FallbackPolicy;

/** The fallback strategies of a JVM, with what they keep. Outlives a configuration. Thread-safe. */
public final class Fallbacks {
    /** Keeps nothing yet, and has loaded nothing. */
    public Fallbacks() {}

    /**
     * Begins to ask the strategies.
     *
     * @param policy which, and their rules
     * @param request what the application asked for
     */
    public Chain chain(FallbackPolicy policy, Request request) {
        return new Chain(policy, request);
    }
}
