package dev.holdfast.policy;

/**
 * What the configuration says about the other origin that a request goes to when its own does not answer. Immutable.
 *
 * @param url its scheme, host, port and the path that stands before the request's; empty: none
 * @param timeoutNanos how long it has, up to its response's head
 * @param forwardCredentials whether the request's credentials go along
 */
public record DegradedPolicy(String url, long timeoutNanos, boolean forwardCredentials) {
    /** No other origin. */
    public static final DegradedPolicy NONE = new DegradedPolicy("", 0, false);
}
