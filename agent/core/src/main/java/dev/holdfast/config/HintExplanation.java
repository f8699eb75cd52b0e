package dev.holdfast.config;

import dev.holdfast.policy.BreakerPolicy;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ValueSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Explains the difference that a hint of other instances makes to a breaker. */
final class HintExplanation {
    private HintExplanation() {}

    /**
     * Returns the restriction, if there is one.
     *
     * @param sources gives the sources of the policy's values, by their paths
     */
    static List<Explanation.Restriction> of(BreakerPolicy breaker, Function<String, ValueSource> sources) {
        String enough = enough(breaker, sources);
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

    private static String enough(BreakerPolicy breaker, Function<String, ValueSource> sources) {
        String inRow = breaker.failureThreshold() == 0
                ? ""
                : enough(
                        breaker.failureThreshold(),
                        "failures in a row",
                        sources.apply(LoadProtectionKeys.BREAKER_FAILURE_THRESHOLD.path()));
        String rates = breaker.usesWindow()
                ? enough(
                        Math.max(1, breaker.minimumCalls()),
                        "calls in the window",
                        sources.apply(LoadProtectionKeys.BREAKER_MINIMUM_CALLS.path()))
                : "";
        return inRow.isEmpty() || rates.isEmpty() ? inRow + rates : inRow + " or " + rates;
    }

    /** Returns a part of the text, which of a number from outside the file does not even show whether it is small. */
    private static String enough(int number, String of, ValueSource source) {
        if (source.isExternal()) {
            return "about half as many " + of + " as " + source.shown(number) + " says";
        }
        int after = CircuitBreaker.afterHint(number);
        return after < number ? after + " " + of + ", rather than " + number + "," : "";
    }
}
