package dev.holdfast.admin;

import static dev.holdfast.observe.ObservedCalls.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.observe.Json;
import dev.holdfast.observe.ObservedCalls;
import dev.holdfast.policy.Policies;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final ObservedCalls observedCalls =
            new ObservedCalls(Policies.retry().policy());
    private final History history = new History();

    @Test
    void tells_in_which_five_seconds_what_happened() {
        look();
        observedCalls.call("a.example", status(200));
        observedCalls.call("a.example", status(503), status(200)); // waits for a second
        next();
        next();
        observedCalls.call("a.example", status(200));
        look();
        observedCalls.call("a.example", status(200));
        next();

        assertThat(written())
                .contains("\"origin\":\"http://a.example:80\",\"first_try\":[1,0,2],\"saved_by_retry\":[1,0,0]")
                .contains("\"retries\":[1,0,0]")
                .contains("\"delay_seconds\":[1.0")
                .doesNotContain("\"failed\"");
    }

    @Test
    void forgets_what_is_older_than_five_minutes() {
        next();
        observedCalls.call("a.example", status(200));
        next();
        observedCalls.pass(Duration.ofSeconds((History.BUCKETS - 1) * History.BUCKET_SECONDS));
        look();
        assertThat(written()).contains("\"first_try\":[1,0");

        next();
        assertThat(written()).doesNotContain("first_try");

        observedCalls.pass(Duration.ofDays(3));
        observedCalls.call("a.example", status(200));
        next();
        assertThat(written()).contains("\"first_try\":[1]");
    }

    @Test
    void says_nothing_of_the_time_before_anybody_looked() {
        observedCalls.call("a.example", status(200));
        observedCalls.pass(Duration.ofMinutes(1));
        look();
        assertThat(written()).doesNotContain("first_try");

        observedCalls.call("b.example", status(200));
        look();
        assertThat(written()).contains("\"origin\":\"http://b.example:80\",\"first_try\":[1]");
    }

    private void look() {
        history.add(observedCalls.status.get());
    }

    /** A look as soon as the five seconds are over. */
    private void next() {
        while (!history.due(observedCalls.status.get().epochMillis())) {
            observedCalls.pass(Duration.ofMillis(100));
        }
        look();
    }

    private String written() {
        return Json.compact(history::write);
    }
}
