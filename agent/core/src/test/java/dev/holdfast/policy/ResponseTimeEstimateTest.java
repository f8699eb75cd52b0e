package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ResponseTimeEstimateTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ResponseTimeEstimate estimate = new ResponseTimeEstimate();

    @Test
    void knowsNothingAtFirst() {
        assertThat(estimate.meanNanos()).isZero();
        assertThat(estimate.patienceNanos()).isEqualTo(ResponseTimeEstimate.UNKNOWN_NANOS);
    }

    @Test
    void beginsAsTcpDoes() {
        estimate.record(400 * MS);

        assertThat(estimate.meanNanos()).isEqualTo(400 * MS);
        assertThat(estimate.patienceNanos())
                .as("the mean and four times half of it")
                .isEqualTo(1200 * MS);
    }

    @Test
    void isNeverMoreImpatientThanALostPacketTakes() {
        for (int i = 0; i < 100; i++) {
            estimate.record(MS);
        }

        assertThat(estimate.patienceNanos()).isEqualTo(ResponseTimeEstimate.LEAST_NANOS);
    }

    @Test
    void oneSlowAnswerMakesItPatientAtOnce() {
        for (int i = 0; i < 100; i++) {
            estimate.record(10 * MS);
        }
        estimate.record(2000 * MS);

        assertThat(estimate.patienceNanos()).isGreaterThan(2000 * MS);
    }

    @Property
    void whatStaysTheSameIsKnownInTheEnd(@ForAll @LongRange(min = 0, max = 3_600_000L) long millis) {
        ResponseTimeEstimate steady = new ResponseTimeEstimate();
        for (int i = 0; i < 100; i++) {
            steady.record(millis * MS);
        }

        long known = Math.min(millis * MS, Integer.MAX_VALUE * 1_000L);
        assertThat(steady.meanNanos()).isBetween(known, known + 1_000);
        assertThat(steady.patienceNanos()).isBetween(known, Math.max(ResponseTimeEstimate.LEAST_NANOS, known) + 20_000);
    }

    @Property
    void staysBetweenWhatItSaw(@ForAll List<@LongRange(min = 1_000, max = 60_000_000_000L) Long> nanos) {
        ResponseTimeEstimate some = new ResponseTimeEstimate();
        long least = Long.MAX_VALUE;
        long most = 0;
        for (long sample : nanos) {
            some.record(sample);
            least = Math.min(least, sample);
            most = Math.max(most, sample);
            assertThat(some.meanNanos()).isBetween(least - 1_000, most);
            assertThat(some.patienceNanos()).isGreaterThanOrEqualTo(some.meanNanos());
        }
    }
}
