package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.after;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PolicyTargetsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Policy policy = Policies.retry()
            .breaker(Breakers.consecutive(1).build())
            .budget(0.2, 10)
            .policy();
    private final PolicyTargets targets = new PolicyTargets(Observer.NONE, 100);

    @Test
    void thereIsOneForEachPolicyAndOrigin() {
        assertThat(targets.get(policy, host("a"), 0)).isSameAs(targets.get(policy, host("a"), 0));
        assertThat(targets.get(policy, host("a"), 0)).isNotSameAs(targets.get(policy, host("b"), 0));
    }

    @Test
    void aFloodOfNewOriginsPushesOutTheIdlestAndNeverAnOpenOne() {
        PolicyTarget open = targets.get(policy, host("open"), 0);
        fail(open);
        PolicyTarget busy = targets.get(policy, host("busy"), 0);
        for (int i = 0; i < 10_000; i++) {
            busy.used(2 * i * SECOND);
            targets.get(policy, host("flood" + i), 2 * i * SECOND);
        }

        assertThat(targets.all()).hasSizeBetween(80, 100);
        assertThat(targets.get(policy, host("open"), 0)).isSameAs(open);
        assertThat(open.isForgotten()).isFalse();
        assertThat(targets.get(policy, host("busy"), 0)).isSameAs(busy);
    }

    @Test
    void whereAllMustStayTheNewestGoes() {
        for (int i = 0; i < 100; i++) {
            fail(targets.get(policy, host("open" + i), 0));
        }

        PolicyTarget another = targets.get(policy, host("another"), 0);

        assertThat(another.isForgotten()).isTrue();
        assertThat(targets.all()).hasSize(100);
    }

    @Test
    void afterASearchInVainThereIsNoOtherForAMoment() {
        for (int i = 0; i < 100; i++) {
            fail(targets.get(policy, host("open" + i), 0));
        }
        assertThat(targets.get(policy, host("in vain"), 0).isForgotten()).isTrue();
        targets.all().forEach(target -> recover(target, 61 * SECOND));

        // Those that are well again could go: the clock that is told here has not moved, the next has.
        assertThat(targets.get(policy, host("at once"), PolicyTargets.PAUSE_NANOS - 1)
                        .isForgotten())
                .isTrue();
        assertThat(targets.get(policy, host("later"), PolicyTargets.PAUSE_NANOS).isForgotten())
                .isFalse();
    }

    @Test
    void underANewConfigurationWhatHasTheSameRulesGoesOn() {
        PolicyTarget before = targets.get(policy, host("a"), 0);
        Policy patient = Policies.retry()
                .maxRetries(9)
                .breaker(Breakers.consecutive(1).build())
                .budget(0.5, 10)
                .policy();

        PolicyTarget after = targets.get(patient, host("a"), 0);

        assertThat(after.policy()).isSameAs(patient);
        assertThat(after.breaker()).isSameAs(before.breaker());
        assertThat(after.budget()).isNotSameAs(before.budget());
        assertThat(targets.all()).containsExactly(after);
    }

    @Test
    void forgetsPoliciesThatAreInUseNoMore() {
        PolicyTarget target = targets.get(policy, host("a"), 0);

        targets.retain(Set.of("another"));

        assertThat(targets.all()).isEmpty();
        assertThat(target.isForgotten()).isTrue();
    }

    private static void fail(PolicyTarget target) {
        Session session = new Session(target, new SessionTest.Call("POST"), new CallEnvironment(new Random(), () -> 0));
        session.begin(0);
        after(session, SessionTest.status(503), 0);
    }

    private static void recover(PolicyTarget target, long now) {
        for (int i = 0; i < 3; i++) {
            Session session =
                    new Session(target, new SessionTest.Call("GET"), new CallEnvironment(new Random(), () -> 0));
            session.begin(now);
            after(session, SessionTest.status(200), now);
        }
    }

    private static Origin host(String name) {
        return new Origin("http", name, 80);
    }

    @Test
    void findsOneByPolicyAndOrigin() {
        PolicyTarget target = targets.get(policy, host("a"), 0);
        assertThat(targets.find("*", host("a"))).isSameAs(target);
        assertThat(targets.find("*", host("b"))).isNull();
        assertThat(targets.find("other", host("a"))).isNull();
    }

    @Test
    void withoutABreakerOrLimitThereIsNothingThatMustOutliveAFlood() {
        Policy plain = Policies.retry().policy();
        PolicyTarget target = targets.get(plain, host("plain"), 0);
        assertThat(target.mayBeForgotten()).isTrue();
        assertThat(target.limited()).isFalse();
        Policy limited = Policies.retry().limits(new LimitPolicy(1, 0, 1, 0)).policy();
        PolicyTarget busy = targets.get(limited, host("busy"), 0);
        assertThat(busy.limited()).isTrue();
        new Session(busy, new SessionTest.Call("GET"), new CallEnvironment(new Random(), () -> 0)).begin(0);
        assertThat(busy.mayBeForgotten()).isFalse();
    }

    @Test
    void limitsAndLatenciesGoOnWhateverChanges() {
        dev.holdfast.policy.HedgePolicy byQuantile = new dev.holdfast.policy.HedgePolicy(true, 0);
        Policy before = Policies.retry()
                .limits(new LimitPolicy(3, 5, SECOND, 0))
                .hedge(byQuantile)
                .policy();
        Policy same = Policies.retry()
                .maxRetries(9)
                .limits(new LimitPolicy(3, 5, SECOND, 0))
                .hedge(byQuantile)
                .policy();
        Policy other = Policies.retry().limits(new LimitPolicy(4, 5, SECOND, 0)).policy();
        PolicyTarget first = targets.get(before, host("a"), 0);
        PolicyTarget second = targets.get(same, host("a"), 0);
        assertThat(second.concurrency()).isSameAs(first.concurrency());
        assertThat(second.rate()).isSameAs(first.rate());
        assertThat(second.latency()).isNotNull().isSameAs(first.latency());
        PolicyTarget third = targets.get(other, host("a"), 0);
        assertThat(third.concurrency()).as("with another number").isSameAs(first.concurrency());
        assertThat(third.rate()).isSameAs(first.rate());
        assertThat(third.latency()).isNull();
    }

    @Test
    void aReloadThatChangesHowLongToWaitForgetsNobodyWhoIsUnderWay() {
        PolicyTarget before = targets.get(limits(new LimitPolicy(2, 3, SECOND, SECOND)), host("a"), 0);
        begin(before, 2);

        PolicyTarget after = targets.get(limits(new LimitPolicy(2, 3, SECOND, 2 * SECOND)), host("a"), 1);

        assertThat(after.concurrency().taken()).isEqualTo(2);
        assertThat(call(after).begin(1)).as("no place").isInstanceOf(Step.Wait.class);
    }

    @Test
    void aReloadThatLowersTheNumberLetsNobodyInBeforeEnoughHaveEnded() {
        PolicyTarget before = targets.get(limits(new LimitPolicy(3, 0, 1, 0)), host("a"), 0);
        List<Session> underWay = begin(before, 3);
        PolicyTarget after = targets.get(limits(new LimitPolicy(1, 0, 1, 0)), host("a"), 1);

        for (Session session : underWay) {
            assertThat(call(after).begin(1)).isInstanceOf(Step.Reject.class);
            after(session, SessionTest.status(200), 2);
        }

        assertThat(call(after).begin(3)).isInstanceOf(Step.Send.class);
        assertThat(after.concurrency().taken()).isOne();
    }

    @Test
    void aReloadThatRaisesTheNumberLetsThoseInWhoQueue() {
        PolicyTarget before = targets.get(limits(new LimitPolicy(1, 0, 1, SECOND)), host("a"), 0);
        begin(before, 1);
        Session queued = call(before);
        assertThat(queued.begin(0)).isInstanceOf(Step.Wait.class);

        targets.get(limits(new LimitPolicy(2, 0, 1, SECOND)), host("a"), 1);

        assertThat(queued.resume(1)).isInstanceOf(Step.Send.class);
    }

    @Test
    void aReloadThatChangesTheRateCountsWhatWasSent() {
        PolicyTarget before = targets.get(limits(new LimitPolicy(0, 10, SECOND, 0)), host("a"), 0);
        begin(before, 5);
        PolicyTarget after = targets.get(limits(new LimitPolicy(0, 4, SECOND, 0)), host("a"), 1);

        assertThat(call(after).begin(1)).isInstanceOf(Step.Reject.class);
        assertThat(call(after).begin(2 * SECOND)).isInstanceOf(Step.Send.class);
    }

    private static Policy limits(LimitPolicy limits) {
        return Policies.retry().maxRetries(0).limits(limits).policy();
    }

    private static Session call(PolicyTarget target) {
        return new Session(target, new SessionTest.Call("GET"), new CallEnvironment(new Random(1), () -> 0));
    }

    private static List<Session> begin(PolicyTarget target, int calls) {
        List<Session> begun = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            Session session = call(target);
            assertThat(session.begin(0)).isInstanceOf(Step.Send.class);
            begun.add(session);
        }
        return begun;
    }
}
