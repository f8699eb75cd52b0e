package dev.holdfast.config;

import static dev.holdfast.config.Keys.DAY;
import static dev.holdfast.config.Keys.HOUR;
import static dev.holdfast.config.Keys.MILLISECOND;

import java.util.List;

/** The keys of what keeps load off an origin. See {@link Keys}. */
final class LoadProtectionKeys {
    private LoadProtectionKeys() {}

    static void define(KeyList keys) {
        breaker(keys);
        budget(keys);
        hedge(keys);
        limits(keys);
    }

    private static void breaker(KeyList keys) {
        keys.section(
                "retry.circuit_breaker",
                true,
                true,
                "When calls to a failing origin are rejected at once. Each origin under a host's pattern has a breaker of"
                        + " its own.");
        keys.flag(
                "enabled",
                false,
                "Whether the breaker is used. Off by default, so that retries alone never reject a call.");
        keys.choice(
                ValueType.CHOICE,
                "state",
                "auto",
                List.of("auto", "forced_open", "forced_closed", "observe"),
                "Whether outcomes decide, or the file: reject all, reject none, or decide without rejecting.");
        keys.integer(
                "failure_threshold",
                5,
                1,
                1_000_000,
                "Consecutive failures that open it; where failure_rate_threshold does that, only if this is written too.");
        keys.integer("success_threshold", 3, 1, 10_000, "Successful probes that close it.");
        keys.duration("timeout", "60s", MILLISECOND, DAY, "How long it stays open before the first probe.");
        keys.duration(
                "max_timeout",
                "0s",
                0,
                DAY,
                "Each failed probe doubles the open time, up to this; \"0s\": it is always the timeout.");
        keys.decimal("timeout_jitter", 0.0, 0, 1, "The share by which an open time is spread to both sides.");
        keys.decimal(
                "failure_rate_threshold", 0.0, 0, 1, "The share of failures in the window that opens it; 0 is off.");
        keys.window("sliding_window", 100L, 1, 1_000_000, "The window of the rates.");
        keys.integer("minimum_calls", 100, 1, 1_000_000, "Calls in the window below which no rate counts.");
        keys.duration(
                "slow_call_duration",
                "60s",
                MILLISECOND,
                DAY,
                "An attempt is slow if its response's head takes longer than this; the body does not count.");
        keys.decimal("slow_call_rate_threshold", 0.0, 0, 1, "The share of slow calls that opens it; 0 is off.");
        keys.integer("half_open_probes", 1, 1, 10_000, "How many probes may be under way at a time.");
        keys.duration(
                "probe_lease",
                "60s",
                MILLISECOND,
                DAY,
                "A probe that has not reported for so long has lost its place to the next.");
        keys.duration(
                "ramp",
                "0s",
                0,
                DAY,
                "How long, after closing, a growing share of the calls is let pass; \"0s\" is off.");
        keys.statuses(
                "failure_status_codes",
                List.of(),
                "Response statuses that count as failures; [] is every 5xx but 501.");
    }

    private static void budget(KeyList keys) {
        keys.section("retry.budget", true, true, "How many retries all calls to an origin may cost together.");
        keys.flag("enabled", true, "Whether there is a budget.");
        keys.decimal("ratio", 0.2, 0, 1000, "Retries per call, within the time to live.");
        keys.decimal("min_per_second", 10.0, 0, 1_000_000, "Retries in a second that are always there.");
        keys.duration("ttl", "10s", MILLISECOND, HOUR, "How long a call counts.");
    }

    private static void hedge(KeyList keys) {
        keys.section(
                "retry.hedge",
                true,
                true,
                "A second attempt beside a slow one, where sending twice is safe; the first"
                        + " answer wins. Paid from the budget.");
        keys.text(
                ValueType.HEDGE_DELAY,
                "delay",
                false,
                "How long the first attempt has: a duration, or \"p95\" for what 95 % of the attempts took lately; \"\" is off.");
    }

    private static void limits(KeyList keys) {
        keys.section(
                "limits", true, true, "How much an origin is sent at all. Attempts wait for their turn, in order.");
        keys.integer(
                "max_concurrent", 0, 0, 1_000_000, "Attempts that may wait for an answer at a time; 0 is any number.");
        keys.text(
                ValueType.RATE,
                "max_rate",
                false,
                "Attempts in any window of a time, such as \"100/s\"; \"\" is any number.");
        keys.duration("max_wait", "1s", 0, HOUR, "An attempt that would wait for longer fails at once.");
    }
}
