package dev.holdfast.policy;

/**
 * What the configuration says for one host pattern, defaults merged in. Immutable.
 *
 * @param name the host pattern as written, {@code "*"} for the file's defaults: the label in logs and metrics
 * @param mode how far the policy goes
 * @param retry the retrying, and the timeouts
 */
public record Policy(String name, Mode mode, RetryPolicy retry) {}
