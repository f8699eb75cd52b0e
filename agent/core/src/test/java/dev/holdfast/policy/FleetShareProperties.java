package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** However instances come, go, and lose their store, together they never send more than the rate in any window. */
class FleetShareProperties {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long STEP = SimulatedFleet.STEP / MILLI;

    @Property(tries = 300)
    void never_more_than_the_rate_in_any_window(
            @ForAll @IntRange(min = 1, max = 60) int permits,
            @ForAll @LongRange(min = 100, max = 3_000) long windowMillis,
            @ForAll @IntRange(min = 1, max = 7) int most,
            @ForAll long seed) {
        SimulatedFleet fleet = new SimulatedFleet(permits, windowMillis * MILLI, Math.min(most, permits), seed);
        for (long at = 0; at < 40_000; at += STEP) {
            fleet.run(at * MILLI);
            assertThat(fleet.sentInWindow()).as("at %d ms", at).isLessThanOrEqualTo(permits);
        }
    }

    @Property(tries = 50)
    void with_fewer_permits_than_instances_they_take_turns(
            @ForAll @IntRange(min = 1, max = 4) int permits, @ForAll long seed) {
        SimulatedFleet fleet = new SimulatedFleet(permits, 200 * MILLI, 6, seed);
        fleet.calm();
        for (long at = 0; at < 40_000; at += STEP) {
            fleet.run(at * MILLI);
            assertThat(fleet.sentInWindow()).as("at %d ms", at).isLessThanOrEqualTo(permits);
        }
        long turns = (6 + permits - 1) / permits;
        assertThat(fleet.instances()).allSatisfy(one -> {
            assertThat(one.sent).isPositive();
            assertThat(one.longestPause / MILLI)
                    .as("ms without an attempt")
                    .isLessThanOrEqualTo((turns + 1) * FleetShare.turnNanos(200 * MILLI) / MILLI);
        });
    }

    @Test
    void one_that_is_busy_gets_what_the_idle_ones_do_not_need_and_equals_get_equal_parts() {
        SimulatedFleet fleet = new SimulatedFleet(100, 1_000 * MILLI, 5, 1);
        fleet.calm();
        for (long at = 0; at < 25_000; at += STEP) {
            boolean all = at >= 15_000;
            fleet.instances()
                    .forEach(one -> one.load = all || one == fleet.instances().get(0) ? 1 : 0.001);
            fleet.run(at * MILLI);
            if (at == 14_000) {
                assertThat(fleet.instances().get(0).lanes(at * MILLI))
                        .as("the busy one")
                        .isGreaterThanOrEqualTo(80);
            }
        }
        for (SimulatedFleet.Instance one : fleet.instances()) {
            assertThat(one.lanes(25_000 * MILLI)).isBetween(18, 22);
        }
    }

    @Test
    void without_a_store_each_has_its_part_by_the_number_of_instances() {
        RateLimit limit = new RateLimit(1, 1_000 * MILLI);
        FleetShare share = new FleetShare(100, 1_000 * MILLI, limit, 5);
        assertThat(share.prepare(true, 0)).as("before the first lease").isFalse();
        assertThat(share.mayGrow(0)).isTrue();
        share.unreachable(MILLI);
        assertThat(share.prepare(false, MILLI)).isTrue();
        assertThat(share.lanes(MILLI)).isEqualTo(20);
        assertThat(share.isLeased(MILLI)).isFalse();
    }

    @Test
    void a_part_of_less_than_one_attempt_is_one_in_several_windows() {
        RateLimit limit = new RateLimit(1, 1_000 * MILLI);
        FleetShare share = new FleetShare(2, 1_000 * MILLI, limit, 5);
        share.unreachable(0);
        int sent = 0;
        for (long at = 0; at < 30_000; at += STEP) {
            RateLimit.Turn turn = share.prepare(true, at * MILLI) ? limit.acquire(at * MILLI, 0) : null;
            if (turn != null) {
                limit.end(turn, at * MILLI);
                sent++;
            }
        }
        assertThat(sent).isEqualTo(10);
    }

    @Test
    void an_instance_that_registers_while_others_may_be_alone_sends_nothing_of_theirs() {
        RateLimit limit = new RateLimit(1, 1_000 * MILLI);
        FleetShare share = new FleetShare(100, 1_000 * MILLI, limit, 5);
        FleetShare.Request request = share.request(0);
        assertThat(request.declared()).isZero();
        share.granted(0, new FairShare.Others(0, new int[0]), 0, request, MILLI);
        assertThat(share.prepare(true, 2 * MILLI)).isFalse();
        assertThat(share.isLeased(2 * MILLI)).isTrue();
    }

    /** A share of five instances that has had a lease of 50 lanes of 100 at time 0. */
    private static FleetShare leased(RateLimit limit) {
        FleetShare share = new FleetShare(100, 1_000 * MILLI, limit, 5);
        share.awaitStore(100 * MILLI, 100 * MILLI);
        assertThat(share.prepare(true, 0)).isFalse();
        FleetShare.Request request = share.request(0);
        share.granted(50, new FairShare.Others(0, new int[0]), 0, request, MILLI);
        assertThat(share.prepare(true, MILLI)).isTrue();
        return share;
    }

    @Test
    void after_a_standstill_nothing_is_sent_before_the_store_has_answered() {
        RateLimit limit = new RateLimit(1, 1_000 * MILLI);
        FleetShare share = leased(limit);
        long now = 12_000 * MILLI;

        assertThat(share.prepare(true, now)).as("a call comes first").isFalse();
        assertThat(share.mayGrow(now)).isTrue();
        assertThat(share.mustAsk()).isTrue();
        FleetShare.Request request = share.request(now + MILLI);
        assertThat(request.declared()).isZero();
        assertThat(request.fresh()).isFalse();
        assertThat(share.prepare(true, now + 2 * MILLI)).isFalse();
        share.granted(7, new FairShare.Others(93, new int[] {100}), 0, request, now + 3 * MILLI);
        assertThat(share.lanes(now + 3 * MILLI)).isBetween(1, 7);
        assertThat(share.isLeased(now + 3 * MILLI)).isTrue();
        assertThat(share.mustAsk()).isFalse();
    }

    @Test
    void after_a_standstill_no_answer_is_one_to_a_request_that_was_sent_since() {
        RateLimit limit = new RateLimit(1, 1_000 * MILLI);
        FleetShare share = leased(limit);
        FleetShare.Request before = share.request(250 * MILLI);
        long now = 12_000 * MILLI;
        share.granted(50, new FairShare.Others(0, new int[0]), 0, before, now);
        assertThat(share.lanes(now)).as("an old answer").isZero();
        share.unreachable(now + MILLI);
        assertThat(share.lanes(now + MILLI)).as("an old request").isZero();

        share.asking(now + 2 * MILLI);
        assertThat(share.lanes(now + 101 * MILLI)).isZero();
        assertThat(share.lanes(now + 102 * MILLI)).as("a late answer").isEqualTo(20);
        share.unreachable(now + 110 * MILLI);
        assertThat(share.lanes(now + 110 * MILLI)).isEqualTo(20);

        FleetShare other = leased(new RateLimit(1, 1_000 * MILLI));
        other.asking(now);
        other.unreachable(now + MILLI);
        assertThat(other.lanes(now + MILLI)).as("no connection").isEqualTo(20);
    }

    @Test
    void an_attempt_that_waits_for_long_is_not_forgotten() {
        FleetShare share = new FleetShare(1, 1_000 * MILLI, new RateLimit(1, 1_000 * MILLI), 5);
        assertThat(share.prepare(true, 0)).isFalse();
        for (long at = 0; at < 20_000; at += 250) {
            FleetShare.Request request = share.request(at * MILLI);
            assertThat(request.wanted()).isEqualTo(1);
            share.granted(0, new FairShare.Others(1, new int[] {1, 1}), 1, request, at * MILLI);
            assertThat(share.prepare(false, at * MILLI)).isFalse();
        }
        assertThat(share.wanted(40_000 * MILLI)).as("which has been given up").isZero();
    }

    @Test
    void turns_to_come_of_a_lane_that_is_given_back_do_not_keep_it() {
        RateLimit limit = new RateLimit(1, 1_000 * MILLI);
        FleetShare share = new FleetShare(1, 1_000 * MILLI, limit, 5);
        assertThat(share.prepare(true, 0)).isFalse();
        share.granted(1, new FairShare.Others(0, new int[] {1}), 0, share.request(0), 0);
        assertThat(share.prepare(true, 0)).isTrue();
        RateLimit.Turn first = limit.acquire(0, 0);
        RateLimit.Turn second = limit.acquire(MILLI, 10_000 * MILLI);
        RateLimit.Turn third = limit.acquire(MILLI, 10_000 * MILLI);
        assertThat(first).isNotNull();
        limit.end(first, MILLI);

        share.granted(1, new FairShare.Others(0, new int[] {1}), 1, share.request(2 * MILLI), 2 * MILLI);
        assertThat(share.prepare(false, 2 * MILLI)).isFalse();
        assertThat(share.request(1_000 * MILLI).declared()).isEqualTo(1);
        assertThat(share.request(1_002 * MILLI).declared()).isZero();
        assertThat(limit.begin(second, 1_003 * MILLI)).isNegative();
        assertThat(limit.begin(third, 2_003 * MILLI)).isNegative();
    }

    @Test
    void the_first_lease_is_awaited_for_some_time_only() {
        FleetShare share = new FleetShare(100, 1_000 * MILLI, new RateLimit(1, 1_000 * MILLI), 5);
        share.awaitStore(100 * MILLI, 100 * MILLI);
        assertThat(share.prepare(true, 0)).isFalse();
        FleetShare.Request request = share.request(MILLI);
        assertThat(share.isAwaited(99 * MILLI)).isTrue();
        assertThat(share.lanes(100 * MILLI))
                .as("while the request is under way")
                .isEqualTo(20);
        share.granted(5, new FairShare.Others(95, new int[] {100}), 0, request, 200 * MILLI);
        assertThat(share.lanes(200 * MILLI)).isBetween(1, 5);
    }

    @Test
    void after_a_long_time_without_calls_the_next_is_as_the_first() {
        FleetShare share = leased(new RateLimit(1, 1_000 * MILLI));
        long now = 0;
        for (; now < 700_000 * MILLI; now += 50 * MILLI) {
            if (share.isActive(now)) {
                FleetShare.Request request = share.request(now);
                share.granted(request.declared(), new FairShare.Others(0, new int[0]), 0, request, now);
            }
        }
        assertThat(share.prepare(true, now)).isFalse();
        assertThat(share.isAwaited(now)).isTrue();
        assertThat(share.request(now).fresh()).isTrue();
    }
}
