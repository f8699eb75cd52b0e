package dev.holdfast.config;

import dev.holdfast.policy.BreakerPolicy;
import dev.holdfast.policy.CircuitBreaker;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Explains the difference that a hint of other instances makes to a breaker. */
final class HintExplanation {
    private HintExplanation() {}

    static List<Explanation.Restriction> of(BreakerPolicy breaker) {
        String enough = enough(breaker);
        boolean decided =
                breaker.forced() == BreakerPolicy.Forced.NONE || breaker.forced() == BreakerPolicy.Forced.OBSERVE;
        return decided && !enough.isEmpty()
                ? List.of(new Explanation.Restriction(
                        FallbackKeys.STORE_BREAKER_HINTS.path(),
                        "for " + TimeUnit.NANOSECONDS.toSeconds(CircuitBreaker.HINT_NANOS)
                                + " s after the breaker of another instance has opened, " + enough
                                + " are enough to open this one"))
                : List.of();
    }

    private static String enough(BreakerPolicy breaker) {
        int row = breaker.failureThreshold();
        int calls = Math.max(1, breaker.minimumCalls());
        String inRow = CircuitBreaker.afterHint(row) < row
                ? CircuitBreaker.afterHint(row) + " failures in a row, rather than " + row + ","
                : "";
        String rates = breaker.usesWindow() && CircuitBreaker.afterHint(calls) < calls
                ? CircuitBreaker.afterHint(calls) + " calls in the window, rather than " + calls + ","
                : "";
        return inRow.isEmpty() || rates.isEmpty() ? inRow + rates : inRow + " or " + rates;
    }
}
