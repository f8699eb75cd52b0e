package dev.holdfast.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.call.SharedTargets;
import dev.holdfast.policy.BreakerPolicy;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.CircuitBreaker.State;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.StoreSettings;
import dev.holdfast.policy.ValueSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Breakers that open are told to other instances, which judge sooner by what they see themselves. */
class BreakerHintsTest {
    private static final Policy POLICY =
            Policies.retry().breaker(Breakers.consecutive(5).build()).policy();

    private final MemoryStore store = new MemoryStore();
    private final List<StoreClient> clients = new ArrayList<>();
    private final Instance first = new Instance("");
    private final Instance second = new Instance("");

    @AfterEach
    void close() {
        clients.forEach(StoreClient::close);
    }

    /** One of several, with a store in common. */
    private final class Instance {
        final SharedTargets targets = new SharedTargets();
        final StoreClient client;
        final BreakerHints hints;

        Instance(String key) {
            client = new StoreClient(
                    new StoreSettings(
                            List.of("store:6379"),
                            false,
                            "",
                            "",
                            0,
                            "",
                            false,
                            Duration.ofSeconds(20).toNanos(),
                            "fleet",
                            key,
                            true,
                            ValueSource.FILE),
                    store,
                    (bad, what) -> {});
            clients.add(client);
            hints = new BreakerHints(client, targets.all);
        }

        /** Returns after how many failures its breaker is open. */
        int failuresToOpen(Policy policy) {
            return failuresToOpen(breaker(policy));
        }

        CircuitBreaker breaker(Policy policy) {
            return targets.breaker(policy, "api.example");
        }

        void opensTheOneOfAnotherOrigin() {
            Policy sooner =
                    Policies.retry().breaker(Breakers.consecutive(1).build()).policy();
            assertThat(failuresToOpen(targets.breaker(sooner, "later.example"))).isEqualTo(1);
        }

        private int failuresToOpen(CircuitBreaker breaker) {
            for (int failures = 0; ; failures++) {
                if (breaker.state() == State.OPEN) {
                    return failures;
                }
                long now = System.nanoTime();
                breaker.onFailure(
                        Objects.requireNonNull(breaker.tryAcquire(now, new Random(0))), 1, now, new Random(0));
            }
        }

        /** Waits until its breakers that have opened are told, or given up. */
        void looks() throws InterruptedException {
            await().until(() -> hints.untold() == 0);
            CountDownLatch after = new CountDownLatch(1);
            client.schedule(after::countDown, 0);
            assertThat(after.await(20, TimeUnit.SECONDS)).isTrue();
        }

        void takesAHint() {
            long before = hints.taken();
            await().until(() -> hints.taken() > before);
        }
    }

    @Test
    void a_breaker_that_opens_is_a_hint_to_others_and_not_to_its_own_instance_nor_from_them_to_more() {
        CircuitBreaker other = second.breaker(POLICY);
        assertThat(first.failuresToOpen(POLICY)).isEqualTo(5);
        second.takesAHint();
        assertThat(other.state()).isEqualTo(State.CLOSED);
        assertThat(second.failuresToOpen(POLICY)).isEqualTo(3);
        assertThat(other.openBecause()).isEqualTo(CircuitBreaker.Reason.AFTER_HINT);

        // It is told later than the opening by a hint would be.
        second.opensTheOneOfAnotherOrigin();
        await().until(() -> store.hints.size() == 2);
        assertThat(second.hints.sent()).as("opened by itself").isEqualTo(1);
        assertThat(first.hints.taken()).isZero();
        assertThat(store.hints.toString()).contains("fleet:b").doesNotContain("example");
    }

    @Test
    void a_breaker_that_rejects_nothing_hints_at_nothing_and_judges_by_hints() {
        Policy observed =
                Policies.retry().breaker(Breakers.consecutive(5).build()).policy(Mode.OBSERVE);
        Policy observing = Policies.retry()
                .breaker(Breakers.consecutive(5)
                        .forced(BreakerPolicy.Forced.OBSERVE)
                        .build())
                .policy();
        assertThat(second.failuresToOpen(observed)).isEqualTo(5);
        assertThat(new Instance("").failuresToOpen(observing)).isEqualTo(5);
        Instance third = new Instance("");
        CircuitBreaker unused = third.breaker(observed);

        assertThat(first.failuresToOpen(POLICY)).isEqualTo(5);
        third.takesAHint();
        assertThat(store.hints).hasSize(1);
        assertThat(third.failuresToOpen(observed)).isEqualTo(3);
    }

    @Test
    void without_the_store_each_judges_alone_and_later_hints_are_not_of_what_was_then() throws InterruptedException {
        CircuitBreaker unused = second.breaker(POLICY);
        store.away = true;
        assertThat(first.failuresToOpen(POLICY)).isEqualTo(5);
        assertThat(second.failuresToOpen(POLICY)).isEqualTo(5);
        first.looks();
        second.looks();
        assertThat(first.hints.sent() + second.hints.taken()).isZero();

        store.away = false;
        await().until(() -> clients.get(0).isUp() && clients.get(1).isUp());
        first.opensTheOneOfAnotherOrigin();
        await().until(() -> first.hints.sent() == 1);
        assertThat(store.hints).hasSize(1);
    }

    @Test
    void with_a_key_names_are_keyed() {
        Instance one = new Instance("k".repeat(32));
        Instance other = new Instance("k".repeat(32));
        CircuitBreaker unused = other.breaker(POLICY);
        CircuitBreaker strangers = second.breaker(POLICY);
        assertThat(one.failuresToOpen(POLICY)).isEqualTo(5);
        other.takesAHint();
        assertThat(second.failuresToOpen(POLICY)).isEqualTo(5);
        assertThat(strangers.openBecause()).isEqualTo(CircuitBreaker.Reason.CONSECUTIVE_FAILURES);
        await().until(() -> store.hints.size() == 2);
        assertThat(store.hints.get(0).get(1)).isNotEqualTo(store.hints.get(1).get(1));
    }
}
