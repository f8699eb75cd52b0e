package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.FairShare;
import dev.holdfast.policy.FleetShare;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls wait for the lease of their instance as they wait for a turn, and never for the store itself. */
class SharedRateTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Origin ORIGIN = new Origin("https", "api.example", 443);

    private final PolicyTargets targets = new PolicyTargets(Observer.NONE);
    private final List<PolicyTarget> told = new ArrayList<>();

    private static Policy policy(int permits, long maxWait, int instances) {
        return Policies.retry()
                .maxRetries(0)
                .limits(new LimitPolicy(0, permits, SECOND, maxWait, instances))
                .policy();
    }

    private PolicyTarget shared(Policy policy, long now) {
        targets.shareRates();
        targets.leaseRates(told::add);
        return targets.get(policy, ORIGIN, now);
    }

    private static Session session(PolicyTarget target) {
        return new Session(target, new SessionTest.Call("GET"), new CallEnvironment(new Random(1), () -> 0));
    }

    private static FleetShare share(PolicyTarget target) {
        return Objects.requireNonNull(target.fleetShare());
    }

    /** The store grants lanes, after a call has asked for them. */
    private static void grant(PolicyTarget target, int lanes, long now) {
        boolean unused = share(target).prepare(true, now);
        FleetShare.Request request = share(target).request(now);
        share(target).granted(lanes, new FairShare.Others(0, new int[0]), 0, request, now);
    }

    @Test
    void the_first_call_waits_for_the_first_lease_even_where_none_waits_for_a_turn() {
        PolicyTarget target = shared(policy(10, 0, 5), 0);
        assertThat(told).containsExactly(target);
        Session session = session(target);

        assertThat(session.begin(0)).isEqualTo(new Step.Wait(5 * MILLI));
        grant(target, 10, 5 * MILLI);
        assertThat(session.resume(5 * MILLI)).isInstanceOf(Step.Send.class);
    }

    @Test
    void so_does_the_first_call_after_ten_minutes_without_one() {
        PolicyTarget target = shared(policy(10, 0, 5), 0);
        grant(target, 10, 0);
        long later = TimeUnit.MINUTES.toNanos(11);
        for (boolean away : new boolean[] {false, true}) {
            if (away) {
                share(target).unreachable(later / 2);
            }
            Session session = session(target);

            assertThat(session.begin(later)).as("away: %s", away).isEqualTo(new Step.Wait(5 * MILLI));
            grant(target, 10, later + 5 * MILLI);
            assertThat(session.resume(later + 5 * MILLI)).isInstanceOf(Step.Send.class);
            later *= 2;
        }
    }

    @Test
    void and_the_first_call_after_the_process_has_stood_still() {
        PolicyTarget target = shared(policy(10, 0, 5), 0);
        grant(target, 10, 0);
        Session session = session(target);

        assertThat(session.begin(3 * SECOND)).isEqualTo(new Step.Wait(5 * MILLI));
        grant(target, 10, 3 * SECOND + 5 * MILLI);
        assertThat(session.resume(3 * SECOND + 5 * MILLI)).isInstanceOf(Step.Send.class);
    }

    @Test
    void while_the_store_is_away_an_instance_sends_its_part_at_once() {
        PolicyTarget target = shared(policy(10, 0, 5), 0);
        share(target).unreachable(0);

        for (int i = 0; i < 2; i++) {
            Session session = session(target);
            assertThat(session.begin(0)).isInstanceOf(Step.Send.class);
            after(session, status(200), 0);
        }
        assertThat(session(target).begin(0)).isInstanceOf(Step.Reject.class);
        assertThat(session(target).begin(SECOND)).isInstanceOf(Step.Send.class);
    }

    @Test
    void a_call_waits_for_more_lanes_before_it_waits_for_a_turn_and_for_max_wait_at_most() {
        PolicyTarget target = shared(policy(10, SECOND / 2, 5), 0);
        grant(target, 1, 0);
        Session first = session(target);
        assertThat(first.begin(0)).isInstanceOf(Step.Send.class);
        after(first, status(200), 0);

        Session second = session(target);
        assertThat(second.begin(0)).isEqualTo(new Step.Wait(5 * MILLI));
        grant(target, 2, 5 * MILLI);
        assertThat(second.resume(5 * MILLI)).isInstanceOf(Step.Send.class);
        after(second, status(200), 5 * MILLI);

        Session third = session(target);
        Step step = third.begin(10 * MILLI);
        long now = 10 * MILLI;
        while (step instanceof Step.Wait wait) {
            now += wait.nanos();
            step = third.resume(now);
        }
        assertThat(step).isInstanceOf(Step.Reject.class);
        assertThat(now).isLessThanOrEqualTo(SECOND / 2 + 10 * MILLI);
    }

    @Test
    void a_turn_that_was_promised_by_a_lease_is_not_taken_when_the_lanes_are_fewer() {
        PolicyTarget target = shared(policy(2, 2 * SECOND, 1), 0);
        grant(target, 2, 0);
        for (int i = 0; i < 2; i++) {
            Session session = session(target);
            session.begin(0);
            after(session, status(200), 0);
        }
        Session waits = session(target);
        long now = 0;
        Step step = waits.begin(now);
        while (step instanceof Step.Wait wait && wait.nanos() == 5 * MILLI) {
            now += wait.nanos();
            grant(target, 2, now);
            step = waits.resume(now);
        }
        assertThat(step).isInstanceOf(Step.Wait.class);
        FleetShare.Request request = share(target).request(SECOND);
        share(target).granted(0, new FairShare.Others(2, new int[] {2}), 0, request, SECOND);
        assertThat(waits.resume(SECOND)).isNotInstanceOf(Step.Send.class);
    }

    @Test
    void a_call_that_waits_for_a_turn_gives_it_up_when_the_lane_is_another_instances() {
        PolicyTarget target = shared(policy(1, 20 * SECOND, 5), 0);
        grant(target, 1, 0);
        for (int i = 0; i < 5; i++) {
            assertThat(session(target).begin(0)).isInstanceOf(i == 0 ? Step.Send.class : Step.Wait.class);
        }
        Session waits = session(target);
        assertThat(waits.begin(0)).as("its turn would be in six seconds").isEqualTo(new Step.Wait(250 * MILLI));
        FleetShare.Request request = share(target).request(200 * MILLI);
        share(target).granted(1, new FairShare.Others(0, new int[] {1}), 1, request, 200 * MILLI);
        assertThat(waits.resume(250 * MILLI)).as("waits for a lane").isEqualTo(new Step.Wait(5 * MILLI));
        assertThat(share(target).request(1_500 * MILLI).declared())
                .as("from its one attempt")
                .isZero();
    }

    @Test
    void what_was_sent_counts_under_the_next_configuration() {
        PolicyTarget before = shared(policy(10, 0, 5), 0);
        grant(before, 10, 0);
        for (int i = 0; i < 10; i++) {
            Session session = session(before);
            session.begin(0);
            after(session, status(200), 0);
        }

        PolicyTarget after = shared(policy(8, 0, 5), 0);
        assertThat(share(after)).isNotSameAs(share(before));
        assertThat(targets.isShared(before)).as("its lease is renewed no more").isFalse();
        assertThat(share(after).request(MILLI).declared()).isEqualTo(8);
        grant(after, 8, MILLI);
        assertThat(session(after).begin(2 * MILLI)).isInstanceOf(Step.Reject.class);
        assertThat(session(before).begin(2 * MILLI)).as("a call from before").isInstanceOf(Step.Reject.class);
        assertThat(shared(
                                Policies.retry()
                                        .maxRetries(1)
                                        .limits(new LimitPolicy(0, 8, SECOND, 0, 5))
                                        .policy(),
                                0)
                        .fleetShare())
                .as("under the same limits")
                .isSameAs(share(after));

        PolicyTarget alone = shared(policy(10, 0, 0), 0);
        assertThat(alone.fleetShare()).isNull();
        assertThat(session(alone).begin(3 * MILLI)).isInstanceOf(Step.Reject.class);
        assertThat(told).hasSize(3);
    }

    @Test
    void a_call_from_before_a_reload_goes_by_the_share_of_the_new_configuration() {
        PolicyTarget before = shared(policy(100, 0, 5), 0);
        grant(before, 100, 0);
        PolicyTarget after = shared(policy(10, 0, 5), 0);
        grant(after, 2, 3 * SECOND);

        for (int i = 0; i < 2; i++) {
            assertThat(session(before).begin(3 * SECOND)).isInstanceOf(Step.Send.class);
        }
        assertThat(session(before).begin(3 * SECOND)).isInstanceOf(Step.Reject.class);
        assertThat(session(after).begin(3 * SECOND)).isInstanceOf(Step.Reject.class);
    }

    @Test
    void a_simulation_has_the_whole_rate() {
        PolicyTarget target = new PolicyTargets(Observer.NONE).get(policy(3, 0, 5), ORIGIN, 0);
        assertThat(target.fleetShare()).isNull();
        for (int i = 0; i < 3; i++) {
            assertThat(session(target).begin(0)).isInstanceOf(Step.Send.class);
        }
    }
}
