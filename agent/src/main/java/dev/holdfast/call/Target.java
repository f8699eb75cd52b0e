package dev.holdfast.call;

import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policy;

/**
 * A policy applied to one origin: the answer to "does this call concern us". Holds (later: breaker, budget) the state
 * shared by all calls to that origin. Thread-safe.
 *
 * @param policy what the configuration says
 * @param origin whom it is applied to
 */
public record Target(Policy policy, Origin origin) {}
