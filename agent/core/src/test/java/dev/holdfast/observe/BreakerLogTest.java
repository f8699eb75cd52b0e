package dev.holdfast.observe;

import static dev.holdfast.observe.ObservedCalls.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** An outage costs a handful of lines, and they have the counts. */
class BreakerLogTest {
    private static final String ORIGIN = "http://shop.example:80 (policy *): ";

    private final List<LogEntry> entries = new ArrayList<>();
    private ObservedCalls observedCalls = world(policies().policy());
    private Log log = log();

    private static Policies policies() {
        return Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(2)
                        .open(Duration.ofSeconds(60))
                        .successes(1)
                        .build());
    }

    @Test
    void an_outage_of_an_hour_is_five_lines_with_what_was_counted() {
        outage(Duration.ofHours(1));
        observedCalls.pass(Duration.ofSeconds(60));
        observedCalls.call("shop.example", status(200));

        assertThat(messages())
                .containsExactly(
                        ORIGIN + "breaker opened, after 2 failures in a row; calls are rejected, next probe in 60 s",
                        ORIGIN + "breaker still open after 60 s: 1 probe failed, 59 calls rejected",
                        ORIGIN + "breaker still open after 10 min: 10 probes failed, 590 calls rejected",
                        ORIGIN + "breaker still open after 1 h: 60 probes failed, 3540 calls rejected",
                        ORIGIN + "breaker closed after 1 h 1 min: 60 probes failed, 3540 calls rejected");
    }

    @Test
    void the_facts_are_fields_too() {
        outage(Duration.ofMinutes(1));
        observedCalls.pass(Duration.ofSeconds(60));
        observedCalls.call("shop.example", status(200));

        assertThat(entries)
                .extracting(LogEntry::event)
                .containsExactly("breaker_opened", "breaker_still_open", "breaker_closed");
        assertThat(entries).extracting(LogEntry::level).containsExactly(Log.Level.WARN, Log.Level.WARN, Log.Level.INFO);
        assertThat(fields(entries.get(0)))
                .containsEntry("policy", "*")
                .containsEntry("origin", "http://shop.example:80")
                .containsEntry("reason", "consecutive_failures")
                .containsEntry("next_probe_seconds", 60.0);
        assertThat(fields(entries.get(2)))
                .containsEntry("times", 1)
                .containsEntry("rejected", 59L)
                .containsEntry("probes_failed", 1L)
                .containsEntry("open_seconds", 120.02);
    }

    @Test
    void each_failed_probe_is_written_on_level_debug_only() {
        log.level(Log.Level.DEBUG);
        observedCalls.call("shop.example", status(503));
        observedCalls.call("shop.example", status(503));
        observedCalls.pass(Duration.ofSeconds(60));
        observedCalls.call("shop.example", status(503));

        assertThat(messages())
                .contains(ORIGIN + "breaker half-open, a probe may pass", ORIGIN + "probe failed, breaker stays open");
    }

    @Test
    void a_breaker_that_opens_and_closes_all_the_time_is_written_at_growing_intervals_and_when_it_is_over() {
        for (int i = 0; i < 120; i++) {
            observedCalls.call("shop.example", status(503));
            observedCalls.call("shop.example", status(503));
            observedCalls.pass(Duration.ofSeconds(60));
            observedCalls.call("shop.example", status(200));
            tick();
        }
        assertThat(messages()).hasSizeLessThan(15);
        assertThat(messages())
                .filteredOn(line -> line.contains("breaker opened"))
                .hasSize(4)
                .last()
                .asString()
                .contains("breaker opened for the 100th time within 1 h 39 min, after 2 failures in a row");

        entries.clear();
        observedCalls.pass(Duration.ofMinutes(10));
        tick();
        tick();

        assertThat(messages())
                .singleElement()
                .asString()
                .startsWith(ORIGIN + "breaker closed for 10 min now; opened 120 times within 2 h: 0 probes failed");
    }

    @Test
    void an_outage_after_a_quiet_time_is_a_new_one() {
        for (int i = 0; i < 3; i++) {
            entries.clear();
            observedCalls.call("shop.example", status(503));
            observedCalls.call("shop.example", status(503));
            observedCalls.pass(Duration.ofSeconds(60));
            observedCalls.call("shop.example", status(200));
            observedCalls.pass(Duration.ofMinutes(11));
            tick();
        }

        assertThat(messages())
                .containsExactly(
                        ORIGIN + "breaker opened, after 2 failures in a row; calls are rejected, next probe in 60 s",
                        ORIGIN + "breaker closed after 60 s: 0 probes failed, 0 calls rejected");
    }

    @Test
    void in_observe_mode_it_says_what_would_have_been() {
        observedCalls = world(policies().policy(Mode.OBSERVE));
        log = log();

        outage(Duration.ofMinutes(1));

        assertThat(messages())
                .containsExactly(
                        ORIGIN + "breaker opened, after 2 failures in a row;"
                                + " calls pass all the same, next probe in 60 s",
                        ORIGIN + "breaker still open after 60.6 s: 1 probe failed");
    }

    @Test
    void a_rate_is_named_with_its_window() {
        observedCalls = world(Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.rate(0.125, 4, 2).build())
                .policy());
        log = log();

        observedCalls.call("shop.example", status(503));
        observedCalls.call("shop.example", status(503));

        assertThat(messages())
                .containsExactly(ORIGIN + "breaker opened, at least 12.5 % of the last 4 calls failed;"
                        + " calls are rejected, next probe in 60 s");
    }

    @Test
    void a_breaker_that_a_reload_has_replaced_is_not_reminded_of() {
        outage(Duration.ofSeconds(30));
        observedCalls.targets.retain(Set.of("another policy"));
        observedCalls.pass(Duration.ofMinutes(5));
        tick();
        observedCalls.pass(Duration.ofMinutes(60));
        tick();

        assertThat(messages())
                .containsExactly(
                        ORIGIN + "breaker opened, after 2 failures in a row; calls are rejected, next probe in 60 s",
                        ORIGIN + "the changed configuration replaces the breaker, open for 5 min 30 s:"
                                + " 0 probes failed, 30 calls rejected");
    }

    /** A call a second, all of which fail; the first opens the breaker. */
    private void outage(Duration lasting) {
        observedCalls.call("shop.example", status(503));
        observedCalls.call("shop.example", status(503));
        for (long second = 0; second < lasting.toSeconds(); second++) {
            observedCalls.pass(Duration.ofSeconds(1));
            observedCalls.call("shop.example", status(503));
            tick();
        }
    }

    private void tick() {
        log.tick(observedCalls.targets::all);
    }

    private static ObservedCalls world(Policy policy) {
        return new ObservedCalls(policy);
    }

    private Log log() {
        Log made = new Log(entries::add, observedCalls::now);
        observedCalls.counterRegistry.add(made);
        return made;
    }

    private List<String> messages() {
        return entries.stream().map(LogEntry::message).toList();
    }

    private static Map<String, Object> fields(LogEntry entry) {
        Map<String, Object> fields = new TreeMap<>();
        entry.fields().forEach(field -> fields.put(field.name(), field.value()));
        return fields;
    }
}
