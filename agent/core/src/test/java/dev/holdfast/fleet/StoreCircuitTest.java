package dev.holdfast.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls wait for a store that answers in time, and for no other. */
class StoreCircuitTest {
    private static final long TIMEOUT = TimeUnit.MILLISECONDS.toNanos(10);

    private final StoreCircuit circuit = new StoreCircuit(TIMEOUT);

    @Test
    void no_call_waits_before_the_store_has_answered_in_time() {
        assertThat(circuit.mayWait()).isFalse();
        assertThat(circuit.mayWrite()).isTrue();
        assertThat(circuit.probed(TIMEOUT + 1)).isFalse();
        assertThat(circuit.state()).isEqualTo(StoreCircuit.State.SLOW);
        assertThat(circuit.probed(TIMEOUT)).isTrue();
        assertThat(circuit.mayWait()).isTrue();
    }

    @Test
    void late_answers_in_a_row_make_it_slow_which_is_news_once() {
        circuit.probed(0);
        assertThat(circuit.late()).isFalse();
        assertThat(circuit.late()).isFalse();
        circuit.inTime();
        assertThat(circuit.late()).isFalse();
        assertThat(circuit.late()).isFalse();
        assertThat(circuit.mayWait()).isTrue();
        assertThat(circuit.late()).isTrue();
        assertThat(circuit.mayWait()).isFalse();
        assertThat(circuit.mayWrite()).isTrue();
        assertThat(circuit.late()).isFalse();
        assertThat(circuit.pauseNanos()).isEqualTo(StoreCircuit.SLOW_PAUSE_NANOS);
    }

    @Test
    void a_store_that_is_away_is_probed_more_and_more_rarely() {
        circuit.probed(0);
        assertThat(circuit.failed()).isTrue();
        assertThat(circuit.mayWrite()).isFalse();
        assertThat(circuit.pauseNanos()).isEqualTo(StoreCircuit.FIRST_PAUSE_NANOS);
        assertThat(circuit.failed()).isFalse();
        assertThat(circuit.pauseNanos()).isEqualTo(2 * StoreCircuit.FIRST_PAUSE_NANOS);
        for (int i = 0; i < 10; i++) {
            circuit.failed();
        }
        assertThat(circuit.pauseNanos()).isEqualTo(StoreCircuit.LONGEST_PAUSE_NANOS);
        circuit.probed(0);
        assertThat(circuit.failed()).isTrue();
        assertThat(circuit.pauseNanos()).isEqualTo(StoreCircuit.FIRST_PAUSE_NANOS);
    }
}
