package dev.holdfast.policy;

import java.util.List;
import java.util.Set;

/**
 * The fallback settings: the response that the application gets when retries did not help. Immutable.
 *
 * @param strategies what is tried, in this order; empty: nothing is
 * @param statuses the response statuses after which it is tried, although no retry was asked for
 * @param errors the kinds of failure after which it is tried, likewise
 * @param errorClasses class names (exact, or a superclass's) of exceptions, likewise
 * @param cache the rules of the strategy {@code cache}
 * @param defaults the answers of the strategy {@code default_value}; the first that fits is given
 * @param degraded the rules of the strategy {@code degraded}
 */
public record FallbackPolicy(
        List<Strategy> strategies,
        Set<Integer> statuses,
        Set<ErrorKind> errors,
        Set<String> errorClasses,
        CachePolicy cache,
        List<DefaultResponse> defaults,
        DegradedPolicy degraded) {

    /** The settings of a disabled fallback. */
    public static final FallbackPolicy NONE = new FallbackPolicy(
            List.of(), Set.of(), Set.of(), Set.of(), CachePolicy.NONE, List.of(), DegradedPolicy.NONE);

    /** The source of a fallback response. */
    public enum Strategy {
        /** The last good answer to the same request. */
        CACHE("cache"),
        /** A static response from the configuration. */
        DEFAULT_VALUE("default_value"),
        /** Another origin. */
        DEGRADED("degraded");

        private final String configName;

        Strategy(String configName) {
            this.configName = configName;
        }

        /** The name in the configuration, in the marks of answers, in log lines and in metric labels. */
        public String configName() {
            return configName;
        }
    }

    /** Copies the collections. */
    public FallbackPolicy {
        strategies = List.copyOf(strategies);
        statuses = StatusSet.copyOf(statuses);
        errors = Set.copyOf(errors);
        errorClasses = Set.copyOf(errorClasses);
        defaults = List.copyOf(defaults);
    }

    /** Returns whether there is any. */
    public boolean enabled() {
        return !strategies.isEmpty();
    }

    /** Returns whether good answers have to be kept. */
    public boolean usesCache() {
        return strategies.contains(Strategy.CACHE);
    }

    /** Returns whether a request may go to another origin. */
    public boolean usesDegraded() {
        return strategies.contains(Strategy.DEGRADED);
    }

    /** Returns whether a failure is listed. */
    public boolean lists(Throwable error, ErrorKind kind) {
        if (errors.contains(kind)) {
            return true;
        }
        if (!errorClasses.isEmpty()) {
            for (Class<?> c = error.getClass(); c != null; c = c.getSuperclass()) {
                if (errorClasses.contains(c.getName())) {
                    return true;
                }
            }
        }
        return false;
    }
}
