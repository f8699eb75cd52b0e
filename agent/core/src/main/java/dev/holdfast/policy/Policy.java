package dev.holdfast.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one host pattern or route, defaults merged in. Immutable.
 *
 * @param name the host pattern as written, {@code "*"} for the file's defaults, with the route behind it if it is
 *     one's: the label in logs and metrics
 * @param mode how far the policy goes
 * @param retry the retrying, and the timeouts
 * @param breaker when calls are rejected because the origin fails
 * @param budget how many retries all calls together may cost
 * @param limits how much the origin is sent at all
 * @param hedge whether a second attempt is sent beside a slow one
 * @param fallback what the application gets when nothing else helped
 * @param fault which faults are injected into its attempts
 * @param routes for which requests another policy holds, the most specific first
 */
public record Policy(
        String name,
        Mode mode,
        RetryPolicy retry,
        BreakerPolicy breaker,
        BudgetPolicy budget,
        LimitPolicy limits,
        HedgePolicy hedge,
        FallbackPolicy fallback,
        FaultPolicy fault,
        List<Route> routes) {
    /** The suffix of the names of policies for requests of the strategy {@code degraded}; no other name ends in it. */
    public static final String ALTERNATE_ORIGIN = " (degraded)";

    /** Sorts the routes. */
    public Policy {
        routes = RouteTable.of(routes);
    }

    /** A policy without routes and faults. */
    public Policy(
            String name,
            Mode mode,
            RetryPolicy retry,
            BreakerPolicy breaker,
            BudgetPolicy budget,
            LimitPolicy limits,
            HedgePolicy hedge,
            FallbackPolicy fallback) {
        this(name, mode, retry, breaker, budget, limits, hedge, fallback, FaultPolicy.NONE, List.of());
    }

    /** This policy under another name. */
    public Policy named(String other) {
        return new Policy(other, mode, retry, breaker, budget, limits, hedge, fallback, fault, routes);
    }

    /** This policy with other routes. */
    public Policy withRoutes(List<Route> others) {
        return new Policy(name, mode, retry, breaker, budget, limits, hedge, fallback, fault, others);
    }

    /** This policy with faults. */
    public Policy withFault(FaultPolicy other) {
        return new Policy(name, mode, retry, breaker, budget, limits, hedge, fallback, other, routes);
    }

    /** This policy, and those of its routes, without faults. */
    public Policy withoutFaults() {
        List<Route> others = new ArrayList<>();
        for (Route route : routes) {
            others.add(new Route(route.pattern(), route.policy().withoutFaults()));
        }
        return withFault(FaultPolicy.NONE).withRoutes(others);
    }

    /** One that does nothing, under the same name. */
    public Policy untouched() {
        return new Policy(
                name,
                Mode.OFF,
                RetryPolicy.NONE,
                BreakerPolicy.NONE,
                BudgetPolicy.NONE,
                LimitPolicy.NONE,
                HedgePolicy.NONE,
                FallbackPolicy.NONE,
                FaultPolicy.NONE,
                List.of());
    }

    /**
     * Returns the policy for requests that the strategy {@code degraded} sends to the alternate origin: one attempt,
     * with a timeout and a breaker of its own. The breaker uses the same thresholds, and a state that is forced on this
     * policy's breaker is not forced on it.
     */
    public Policy forAlternateOrigin() {
        return new Policy(
                name + ALTERNATE_ORIGIN,
                Mode.ENFORCE,
                RetryPolicy.once(fallback.degraded().timeoutNanos()),
                breaker.decidedByOutcomes(),
                BudgetPolicy.NONE,
                LimitPolicy.NONE,
                HedgePolicy.NONE,
                FallbackPolicy.NONE,
                FaultPolicy.NONE,
                List.of());
    }

    /** Returns whether any request may be concerned, by this policy itself or by one of its routes. */
    public boolean inForce() {
        if (mode != Mode.OFF) {
            return true;
        }
        for (Route route : routes) {
            if (route.policy().mode() != Mode.OFF) {
                return true;
            }
        }
        return false;
    }

    /**
     * The policy that holds for a request: the most specific route's, else this one.
     *
     * @param method as the request has it
     * @param path as the URL has it, without a query; null or empty counts as {@code /}
     */
    public Policy of(String method, @Nullable String path) {
        if (routes.isEmpty()) {
            return this;
        }
        Route route = RouteTable.of(routes).find(RoutePattern.segments(path == null ? "" : path), method);
        return route == null ? this : route.policy();
    }

    /**
     * Returns whether any request with a path may be concerned, whatever its method.
     *
     * @param path as the URL has it, without a query; null or empty counts as {@code /}
     */
    public boolean inForceFor(@Nullable String path) {
        if (routes.isEmpty() || mode != Mode.OFF) {
            return mode != Mode.OFF;
        }
        return RouteTable.of(routes).anyInForce(RoutePattern.segments(path == null ? "" : path));
    }
}
