package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PolicyRangesTest {
    @Test
    void aBudgetTakesNothingBelowZeroAndNeedsATime() {
        takes(() -> new BudgetPolicy(true, 0, 0, 1));
        refuses(() -> new BudgetPolicy(true, -0.1, 0, 1));
        refuses(() -> new BudgetPolicy(true, Double.NaN, 0, 1));
        refuses(() -> new BudgetPolicy(true, 0, -0.1, 1));
        refuses(() -> new BudgetPolicy(true, 0, 0, 0));
    }

    @Test
    void limitsTakeNothingBelowZeroAndNeedATime() {
        takes(() -> new LimitPolicy(0, 0, 1, 0));
        refuses(() -> new LimitPolicy(-1, 0, 1, 0));
        refuses(() -> new LimitPolicy(0, -1, 1, 0));
        refuses(() -> new LimitPolicy(0, 0, 0, 0));
        refuses(() -> new LimitPolicy(0, 0, 1, -1));
    }

    @Test
    void aBackoffNeverShrinksAndStartsBelowItsCap() {
        takes(() -> new Backoff(0, 0, 1, Jitter.NONE));
        refuses(() -> new Backoff(-1, 0, 1, Jitter.NONE));
        refuses(() -> new Backoff(2, 1, 1, Jitter.NONE));
        refuses(() -> new Backoff(0, 0, 0.99, Jitter.NONE));
    }

    private static void takes(ThrowingCallable making) {
        assertThatCode(making).doesNotThrowAnyException();
    }

    private static void refuses(ThrowingCallable making) {
        assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class);
    }
}
