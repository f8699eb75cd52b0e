package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void grantsItsFloorWhereThereIsNoTraffic() {
        RetryBudget budget = new RetryBudget(0.2, 10, 10 * SECOND);

        assertThat(withdrawals(budget, 1000, 0)).isEqualTo(100);
    }

    @Test
    void grantsAShareOfTheCalls() {
        RetryBudget budget = new RetryBudget(0.2, 0, 10 * SECOND);
        for (int i = 0; i < 1000; i++) {
            budget.deposit(0);
        }

        assertThat(withdrawals(budget, 1000, SECOND)).isEqualTo(200);
    }

    @Test
    void forgetsCallsAndRetriesAfterTheirTime() {
        RetryBudget budget = new RetryBudget(0.5, 0, 10 * SECOND);
        budget.deposit(0);
        budget.deposit(0);
        assertThat(withdrawals(budget, 5, 0)).isEqualTo(1);

        assertThat(budget.tryWithdraw(10 * SECOND)).isFalse();
        budget.deposit(10 * SECOND);
        budget.deposit(10 * SECOND);
        assertThat(withdrawals(budget, 5, 10 * SECOND)).isEqualTo(1);
    }

    @Test
    void hasARetryBackThatSucceededAsLongAsThatCounts() {
        RetryBudget budget = new RetryBudget(0, 0.2, 10 * SECOND);
        long first = budget.withdraw(0);
        long second = budget.withdraw(SECOND);
        assertThat(budget.withdraw(SECOND)).isEqualTo(RetryBudget.REFUSED);

        budget.giveBack(first);
        assertThat(budget.balance(SECOND)).isEqualTo(1);
        budget.giveBack(first);
        assertThat(budget.balance(SECOND)).as("it is back already").isEqualTo(1);
        budget.giveBack(second);
        assertThat(budget.balance(11 * SECOND)).isEqualTo(2);
        budget.giveBack(second);
        assertThat(budget.balance(11 * SECOND)).as("it no longer counted").isEqualTo(2);
    }

    @Test
    void hasTheLatestRetryBackWhereNobodyKnowsWhich() {
        RetryBudget budget = new RetryBudget(0, 0.2, 10 * SECOND);
        assertThat(withdrawals(budget, 1, 0)).isEqualTo(1);
        assertThat(withdrawals(budget, 1, 4 * SECOND)).isEqualTo(1);

        budget.giveBackLatest(9 * SECOND);

        assertThat(budget.balance(9 * SECOND)).isEqualTo(1);
        assertThat(budget.balance(10 * SECOND)).as("the older one has expired").isEqualTo(2);
        budget.giveBackLatest(10 * SECOND);
        assertThat(budget.balance(10 * SECOND)).as("never above the floor").isEqualTo(2);
    }

    @Test
    void takesADepositAndAReturnBackWhereTheBodyBroke() {
        RetryBudget budget = new RetryBudget(0.5, 0, 10 * SECOND);
        budget.deposit(0);
        budget.deposit(0);
        budget.takeBackDeposit(SECOND);
        assertThat(budget.balance(SECOND)).isEqualTo(0.5);

        budget.charge(SECOND);

        assertThat(budget.balance(SECOND)).isEqualTo(-0.5);
    }

    @Property
    void neverGrantsMoreThanItHolds(
            @ForAll @Size(max = 200) List<@IntRange(max = 3_000) Integer> steps, @ForAll long start) {
        RetryBudget budget = new RetryBudget(0.2, 1, 10 * SECOND);
        List<Long> calls = new ArrayList<>();
        List<Long> retries = new ArrayList<>();
        long now = Math.floorDiv(start / 2, SECOND) * SECOND;
        for (int step : steps) {
            now += step / 1000 * SECOND; // whole buckets, as the model knows none
            if (step % 3 == 0) {
                budget.deposit(now);
                calls.add(now);
            } else {
                long at = now;
                long callsIn = calls.stream().filter(c -> at - c < 10 * SECOND).count();
                long retriesIn =
                        retries.stream().filter(r -> at - r < 10 * SECOND).count();
                boolean expected = 10 + 0.2 * callsIn - (retriesIn + 1) >= 0;
                assertThat(budget.tryWithdraw(now)).isEqualTo(expected);
                if (expected) {
                    retries.add(now);
                }
            }
        }
    }

    @Test
    void neverGrantsMoreThanItHoldsToThreadsThatComeTogether() throws Exception {
        RetryBudget budget = new RetryBudget(0, 100, 10 * SECOND);
        AtomicInteger granted = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> granted.addAndGet(withdrawals(budget, 10_000, 0)));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join(60_000);
        }

        assertThat(granted.get()).isEqualTo(1000);
    }

    private static int withdrawals(RetryBudget budget, int tries, long now) {
        int granted = 0;
        for (int i = 0; i < tries; i++) {
            granted += budget.tryWithdraw(now) ? 1 : 0;
        }
        return granted;
    }
}
