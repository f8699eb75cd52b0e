package dev.holdfast.policy;

/**
 * The settings for some requests to a host. Immutable.
 *
 * @param pattern which requests
 * @param policy what holds for them, the host's settings merged in; it has no routes of its own
 */
public record Route(RoutePattern pattern, Policy policy) {}
