package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RecentFailuresTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final RecentFailures failures = new RecentFailures();

    @Test
    void a_call_that_failed_is_known_again_once_for_each_failure() {
        failures.failed(7, 0);
        failures.failed(7, SECOND);

        assertThat(failures.isRepeat(8, SECOND)).isFalse();
        assertThat(failures.isRepeat(7, SECOND)).isTrue();
        assertThat(failures.isRepeat(7, SECOND)).isTrue();
        assertThat(failures.isRepeat(7, SECOND)).isFalse();
    }

    @Test
    void it_tells_without_a_number_whether_anything_failed_moments_ago() {
        failures.failed(7, SECOND);

        assertThat(failures.isFresh(6 * SECOND)).isTrue();
        assertThat(failures.isFresh(6 * SECOND + 1)).isFalse();
    }

    @Test
    void after_its_time_it_is_a_new_call_and_counts_from_one() {
        failures.failed(7, 0);
        failures.failed(7, 6 * SECOND);

        assertThat(failures.isRepeat(7, 6 * SECOND)).isTrue();
        assertThat(failures.isRepeat(7, 6 * SECOND)).isFalse();
        failures.failed(7, 7 * SECOND);
        assertThat(failures.isRepeat(7, 12 * SECOND + 1)).isFalse();
    }

    @Test
    void a_failure_that_is_forgiven_does_not_come_back() {
        failures.failed(7, 0);
        failures.failed(7, 0);
        failures.clearFailure(7);
        failures.clearFailure(8);

        assertThat(failures.isRepeat(7, 0)).isTrue();
        assertThat(failures.isRepeat(7, 0)).isFalse();
        failures.clearFailure(7);
    }

    @Property
    void never_invents_a_failure(
            @ForAll @Size(max = 300) List<@IntRange(max = 9_999) Integer> steps,
            @ForAll @LongRange(min = Long.MIN_VALUE / 2, max = Long.MAX_VALUE / 2) long start) {
        RecentFailures some = new RecentFailures();
        List<long[]> model = new ArrayList<>(); // call, when: every one that nobody came back for
        long now = start;
        for (int step : steps) {
            now += step / 1000 * (SECOND / 4);
            long call = step % 100 / 2 * 0x1_0000_0001L;
            if (step % 2 == 0) {
                some.failed(call, now);
                model.add(new long[] {call, now});
            } else if (some.isRepeat(call, now)) {
                assertThat(takenFrom(model, call, now)).isTrue();
            }
        }
    }

    private static boolean takenFrom(List<long[]> model, long call, long now) {
        // Any of that call's, as long as the latest is fresh: which one it was cannot be told from outside.
        boolean fresh =
                model.stream().anyMatch(failed -> failed[0] == call && now - failed[1] <= RecentFailures.MEMORY_NANOS);
        for (Iterator<long[]> all = model.iterator(); fresh && all.hasNext(); ) {
            if (all.next()[0] == call) {
                all.remove();
                return true;
            }
        }
        return false;
    }

    @Test
    void of_many_that_fail_at_once_most_are_known_again() {
        int known = 0;
        for (long call = 0; call < 16; call++) {
            failures.failed(call << 32 | 5, 0);
        }
        for (long call = 0; call < 16; call++) {
            known += failures.isRepeat(call << 32 | 5, 0) ? 1 : 0;
        }
        assertThat(known).isGreaterThan(8);
    }

    @Test
    void threads_together_take_each_failure_once() throws InterruptedException {
        int many = 10_000;
        for (int i = 0; i < many; i++) {
            failures.failed(7, 0);
        }
        AtomicInteger taken = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                while (failures.isRepeat(7, 0)) {
                    taken.incrementAndGet();
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(taken).hasValue(many);
    }
}
