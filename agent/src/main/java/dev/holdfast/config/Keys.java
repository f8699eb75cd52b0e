package dev.holdfast.config;

import dev.holdfast.policy.ErrorKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every key of the configuration file, each defined once, in the order of the reference.
 *
 * <p>Defaults are the seed's where it names one. {@code connection_refused} is added to the retried errors: a service
 * that is being restarted refuses for a moment, nothing was sent, so that a retry is safe for any method, and waiting
 * that moment is what retries are for. A file that lists {@code retryable_errors} means its own list.
 *
 * <p><b>To add a key</b>, write one line in the section that it belongs to, with the method of {@link KeyList} that is named
 * as its type is; that is all that the parser, its messages, the reference and {@link Sources} need. Its value is then
 * {@code settings.get("section.name")}, in the form that {@link ValueReader} documents; {@link PolicyFactory} (or the factory
 * of its part) puts it into the policy. Then write the reference anew: {@code ReferenceTest} says how. To switch a section on
 * whose part is built now, make the {@code active} of its {@code section(path, perHost, active, meaning)} true.
 */
final class Keys {
    private static final double MILLISECOND = 1e6;
    private static final double HOUR = 3600e9;
    private static final double DAY = 24 * HOUR;
    private static final double MIB = 1 << 20;

    /** The table of a host in which its routes stand. */
    static final String ROUTES = "routes";

    private static final KeyList LIST = define();
    private static final List<Key> ROUTE_KEYS = defineRoute();
    private static final Map<String, Key> BY_PATH = new HashMap<>();
    private static final Map<String, Section> SECTIONS = new HashMap<>();

    static {
        for (Key key : LIST.keys) {
            BY_PATH.put(key.path(), key);
        }
        for (Section section : LIST.sections) {
            SECTIONS.put(section.path(), section);
        }
    }

    private Keys() {}

    /** All keys, in the order of the reference. */
    static List<Key> all() {
        return LIST.keys;
    }

    /** All sections, in the order of the reference. */
    static List<Section> sections() {
        return LIST.sections;
    }

    /** The key with this path, or null. */
    static @Nullable Key find(String path) {
        return BY_PATH.get(path);
    }

    /** The section with this path, or null. */
    static @Nullable Section findSection(String path) {
        return SECTIONS.get(path);
    }

    /** The key with this path, which the caller knows to exist. */
    static Key get(String path) {
        Key key = BY_PATH.get(path);
        if (key == null) {
            throw new IllegalArgumentException(path);
        }
        return key;
    }

    /** The keys that say which requests a route is for. Beside them it may have every key that a host may have. */
    static List<Key> ofRoutes() {
        return ROUTE_KEYS;
    }

    /** The key of a route with this name, or null. */
    static @Nullable Key findOfRoute(String name) {
        for (Key key : ROUTE_KEYS) {
            if (key.path().equals(name)) {
                return key;
            }
        }
        return null;
    }

    private static List<Key> defineRoute() {
        KeyList keys = new KeyList();
        keys.text(
                ValueType.TEXT,
                "path",
                false,
                "The path: \"/v1/orders\", with * for any text within a segment, and with /** at the end for all below.");
        keys.methods("methods", List.of(), "The methods; [] is every method.");
        return keys.keys;
    }

    private static KeyList define() {
        KeyList keys = new KeyList();
        keys.section("", true, true, "");
        keys.choice(
                ValueType.CHOICE,
                "mode",
                "enforce",
                List.of("enforce", "observe", "off"),
                "How far Holdfast goes: act, only decide and count, or keep out.");
        retry(keys);
        which(keys);
        breaker(keys);
        load(keys);
        fallback(keys);
        outside(keys);
        return keys;
    }

    private static void retry(KeyList keys) {
        keys.section(
                "retry",
                true,
                true,
                "How often and when a call is sent again. With this table, every host has a policy;"
                        + " without it, only those under [hosts].");
        keys.flag("enabled", true, "Whether calls are sent again; the two timeouts hold either way.");
        keys.integer("max_retries", 3, 0, 100, "Retries after the first attempt.");
        keys.duration("initial_delay", "1s", 0, HOUR, "The wait before the first retry.");
        keys.duration("max_delay", "30s", 0, DAY, "No wait is longer, jitter included.");
        keys.decimal("multiplier", 2.0, 1, 100, "How many times longer each wait is than the one before.");
        keys.choice(
                ValueType.FLAG_OR_CHOICE,
                "jitter",
                true,
                List.of("full", "equal", "decorrelated"),
                "The spread of the waits: true is +-10 %, \"full\" anything up to the wait, \"equal\" its upper half,"
                        + " \"decorrelated\" up to 3 times the wait before.");
        keys.duration(
                "attempt_timeout",
                "0s",
                0,
                DAY,
                "The time one attempt may take, up to its response's head; \"0s\" is no limit.");
        keys.duration(
                "deadline",
                "0s",
                0,
                DAY,
                "The time a call may take, all attempts and waits, up to the response's head; \"0s\" is no limit.");
        keys.size(
                "replay_limit",
                "64KiB",
                0,
                1024 * MIB,
                "How much of a request body that cannot be produced anew is recorded, to be sent again.");
        keys.size(
                "buffer_response",
                0L,
                0,
                64 * MIB,
                "Response bodies up to this size are held back until complete: one cut short is a failed attempt; 0 is off.");
    }

    private static void which(KeyList keys) {
        keys.section("retry.policy", true, true, "What is sent again.");
        keys.statuses(
                "retryable_status_codes", List.of(429L, 500L, 502L, 503L, 504L), "Response statuses that are retried.");
        keys.choice(
                ValueType.ERRORS,
                "retryable_errors",
                List.of("connection_timeout", "connection_refused", "connection_reset", "dns_resolution"),
                errorKinds(),
                "Failures that are retried: kinds, and names of exception classes (their subclasses count).");
        keys.methods(
                "methods",
                List.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"),
                "Methods that are sent again although the server may have acted on them already; others are only where"
                        + " nothing was sent, or with an Idempotency-Key.");
        keys.headers(
                "retry_headers",
                "Response headers that ask for a retry whatever the status, such as { \"x-should-retry\" = \"true\" }.");
        keys.headers(
                "no_retry_headers",
                "Response headers that forbid a retry, such as { \"x-should-retry\" = \"false\" }; they win.");
        keys.flag("retry_after", true, "Whether a Retry-After header lengthens the wait.");
        keys.duration(
                "max_retry_after",
                "60s",
                0,
                DAY,
                "A Retry-After above this ends the retrying: the response is delivered.");
    }

    private static List<String> errorKinds() {
        List<String> kinds = new ArrayList<>();
        for (ErrorKind kind : ErrorKind.values()) {
            if (kind != ErrorKind.OTHER) {
                kinds.add(kind.configName());
            }
        }
        return kinds;
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
                "Whether the breaker is used: nobody's calls are rejected who only asked for retries.");
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
        keys.duration("slow_call_duration", "60s", MILLISECOND, DAY, "An attempt that takes longer is slow.");
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

    private static void load(KeyList keys) {
        keys.section("retry.budget", true, true, "How many retries all calls to an origin may cost together.");
        keys.flag("enabled", true, "Whether there is a budget.");
        keys.decimal("ratio", 0.2, 0, 1000, "Retries per call, within the time to live.");
        keys.decimal("min_per_second", 10.0, 0, 1_000_000, "Retries in a second that are always there.");
        keys.duration("ttl", "10s", MILLISECOND, HOUR, "How long a call counts.");
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
        keys.section(
                "limits", true, true, "How much an origin is sent at all. Attempts wait for their turn, in order.");
        keys.integer(
                "max_concurrent", 0, 0, 1_000_000, "Attempts that may wait for an answer at a time; 0 is any number.");
        keys.text(ValueType.RATE, "max_rate", false, "Attempts in a time, such as \"100/s\"; \"\" is any number.");
        keys.duration("max_wait", "1s", 0, HOUR, "An attempt that would wait for longer fails at once.");
    }

    private static void fallback(KeyList keys) {
        keys.section("retry.fallback", true, true, "What the application gets when nothing else helped.");
        keys.flag("enabled", true, "Whether the strategies are used.");
        keys.choice(
                ValueType.CHOICES,
                "strategy",
                List.of(),
                List.of("cache", "default_value", "degraded"),
                "What is tried, in this order.");
        keys.outcomes(
                "on",
                List.of(
                        500L,
                        502L,
                        503L,
                        504L,
                        "connection_timeout",
                        "connection_refused",
                        "connection_reset",
                        "dns_resolution",
                        "read_timeout",
                        "premature_eof"),
                errorKinds(),
                "After what it is tried although it was not to be retried; it always is when retries are used up, and when"
                        + " the breaker or a limit rejects.");
        keys.duration("cache_ttl", "1h", 0, 365 * DAY, "How old an answer of the cache may be.");
        keys.size("cache_max_body", "256KiB", 0, 64 * MIB, "Larger answers are not kept.");
        keys.statuses("cache_status_codes", List.of(200L, 203L), 200, 599, "The statuses of answers that are kept.");
        keys.words(
                "cache_key_headers",
                "Request headers that tell users apart, besides Authorization, Cookie and all whose names speak of a key,"
                        + " a token, a user or the like.");
        keys.sizeForAll("cache_max_bytes", "16MiB", 0, 4096 * MIB, "What all answers of the cache may take together.");
        keys.textForAll(
                "cache_dir",
                "The directory in which answers are kept too, so that a restart finds them; \"\" is none.");
        keys.section(
                "retry.fallback.default_value",
                true,
                true,
                "The answer of the strategy default_value; other answers for some paths or methods stand in"
                        + " [[retry.fallback.default_value.answers]], each with a path and the keys of this table.");
        keys.text(
                ValueType.TEXT,
                "path",
                false,
                "The path of the requests that it is for, in which * stands for any text; \"\" is any path.");
        keys.methods("methods", List.of("GET", "HEAD"), "The methods of the requests that it is for.");
        keys.integer("status", 200, 200, 599, "Its status.");
        keys.headers("headers", "Its headers.");
        keys.text(ValueType.TEXT, "body", true, "Its body.");
        keys.text(
                ValueType.TEXT,
                "body_file",
                false,
                "The file that holds its body, relative to the configuration file; read with it.");
        keys.answers("answers", "Answers for some requests; the first that fits is given, this table's own last.");
        keys.section("retry.fallback.degraded", true, true, "The other origin of the strategy degraded.");
        keys.text(
                ValueType.URL,
                "url",
                true,
                "Where the request is sent once more, where a retry would be safe: its path and query are put behind this.");
        keys.duration("timeout", "5s", MILLISECOND, HOUR, "How long it has, up to its response's head.");
        keys.flag(
                "forward_credentials",
                false,
                "Whether Authorization, Proxy-Authorization, Cookie, and all whose names speak of a key or the like, go along.");
    }

    private static void outside(KeyList keys) {
        keys.section("admin", false, false, "The HTTP endpoint for operators.");
        keys.text(ValueType.ADDRESS, "listen", false, "Where it listens.");
        keys.section("metrics", false, false, "Meters.");
        keys.flag("application_registry", false, "Whether the application's own Micrometer registry gets them too.");
        keys.section("log", false, true, "What Holdfast says.");
        keys.choice(
                ValueType.CHOICE,
                "level",
                "info",
                List.of("error", "warn", "info", "debug"),
                "The least that is said.");
        keys.text(
                ValueType.TEXT,
                "file",
                false,
                "The file in which it is said, relative to the configuration file; \"\" is standard error.");
        keys.flag("summary", false, "Whether a summary is given at exit.");
    }
}
