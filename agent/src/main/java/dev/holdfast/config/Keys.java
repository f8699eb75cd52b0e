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
 * <p><b>To add a key</b>, write one line in the section that it belongs to, with the method of {@link KeyList} that is
 * named as its type is; that is all that the parser, its messages, the reference and {@link SettingProvenance} need.
 * Its value is then {@code settings.get("section.name")}, in the form that {@link ValueReader} documents;
 * {@link PolicyFactory} (or the factory of its part) puts it into the policy. Then write the reference anew:
 * {@code ReferenceTest} says how. To switch a section on whose part is built now, make the {@code active} of its
 * {@code section(path, perHost, active, meaning)} true.
 */
final class Keys {
    static final double MILLISECOND = 1e6;
    static final double SECOND = 1e9;
    static final double HOUR = 3600e9;
    static final double DAY = 24 * HOUR;
    static final double MIB = 1 << 20;

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

    /** The paths of the keys in a section, but for the flag that switches it on. */
    static String[] below(String section) {
        List<String> paths = new ArrayList<>();
        for (Key key : LIST.keys) {
            if (key.section().equals(section) && !key.name().equals("enabled")) {
                paths.add(key.path());
            }
        }
        return paths.toArray(new String[0]);
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
        LoadProtectionKeys.define(keys);
        FallbackKeys.define(keys);
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
                "The time one attempt may take, up to its response's head, and up to the end of a body that the client is known"
                        + " to collect; \"0s\" is no limit.");
        keys.duration(
                "deadline",
                "0s",
                0,
                DAY,
                "The time a call may take, all attempts and waits, up to where an attempt_timeout holds; \"0s\" is no limit.");
        keys.size(
                "replay_limit",
                "64KiB",
                0,
                1024 * MIB,
                "How much of a request body that cannot be produced anew is recorded, to be sent again.");
        keys.sizeForAll(
                "replay_max_bytes",
                "32MiB",
                0,
                4096 * MIB,
                "How much of all such bodies together is recorded at a time; one that finds no room is sent once only.");
        keys.size(
                "buffer_response",
                0L,
                0,
                64 * MIB,
                "Response bodies up to this size are held back until complete, streams never: one cut short is a failed attempt;"
                        + " 0 is off.");
    }

    private static void which(KeyList keys) {
        keys.section("retry.policy", true, true, "What is sent again.");
        keys.statuses(
                "retryable_status_codes", List.of(429L, 500L, 502L, 503L, 504L), "Response statuses that are retried.");
        keys.choice(
                ValueType.ERRORS,
                "retryable_errors",
                List.of("connection_timeout", "connection_refused", "connection_reset", "dns_resolution", "proxy"),
                errorKinds(),
                "Failures that are retried: kinds, and names of exception classes (their subclasses count).");
        keys.methods(
                "methods",
                List.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"),
                "Methods that are sent again although the server may have acted on them already; others are only where"
                        + " nothing was sent, or with an Idempotency-Key.");
        keys.words(
                "one_time_headers",
                List.of("dpop"),
                "Request headers whose value is good for one request only, such as a DPoP proof (RFC 9449): a request that"
                        + " carries one is not sent again once a byte of it was sent.");
        keys.headers(
                "retry_headers",
                "Response headers that ask for a retry whatever the status, such as { \"x-should-retry\" = \"true\" }.");
        keys.headers(
                "no_retry_headers",
                "Response headers that forbid a retry, such as { \"x-should-retry\" = \"false\" }; they win.");
        keys.flag(
                "retry_after",
                true,
                "Whether a Retry-After header lengthens the wait; jitter spreads the callers over half of it behind it.");
        keys.duration(
                "max_retry_after",
                "60s",
                0,
                DAY,
                "A Retry-After above this ends the retrying: the response is delivered.");
    }

    /** The words for kinds of failures. */
    static List<String> errorKinds() {
        List<String> kinds = new ArrayList<>();
        for (ErrorKind kind : ErrorKind.values()) {
            if (kind != ErrorKind.OTHER) {
                kinds.add(kind.configName());
            }
        }
        return kinds;
    }

    private static void otlp(KeyList keys) {
        keys.section(
                "metrics.otlp",
                false,
                true,
                "Push of all meters by OTLP, as protobuf over HTTP. With this table they are pushed.");
        keys.flag(
                "enabled", false, "Whether they are pushed; where there is this table and it does not say, they are.");
        keys.text(
                ValueType.URL,
                "url",
                true,
                "Where to; \"\" is where OTEL_EXPORTER_OTLP_METRICS_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT say, else"
                        + " \"http://localhost:4318/v1/metrics\".");
        keys.duration("step", "60s", SECOND, HOUR, "How often.");
        keys.duration("timeout", "10s", 10 * MILLISECOND, 300 * SECOND, "How long one request may take.");
        keys.headers(
                "headers",
                "Headers of the requests, such as { Authorization = \"Bearer ...\" }; to those of the variables"
                        + " OTEL_EXPORTER_OTLP_HEADERS and OTEL_EXPORTER_OTLP_METRICS_HEADERS.");
        keys.attributes(
                "resource_attributes",
                "What the program is, such as { \"service.name\" = \"shop\" }; to those of the variables"
                        + " OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME.");
    }

    private static void outside(KeyList keys) {
        keys.section(
                "admin",
                false,
                true,
                "The HTTP endpoint for operators: the live page at /, /status (JSON), /metrics. Read-only, without passwords.");
        keys.text(
                ValueType.ADDRESS,
                "listen",
                false,
                "Where it listens, such as \"127.0.0.1:9464\"; \"\" is nowhere, port 0 any that is free.");
        keys.flag(
                "remote",
                false,
                "Whether other machines are meant to reach it, as in a container; if not, a listen that they can reach is"
                        + " warned of.");
        keys.hostNames(
                "host_names",
                "Names under which it may be called, beside addresses and localhost; a name that listen has is one.");
        keys.section("metrics", false, true, "Where meters go, beside /metrics of the endpoint.");
        keys.flag(
                "application_registry",
                false,
                "Whether the global registry of the application's own Micrometer gets them, where there is one.");
        otlp(keys);
        keys.section("reload", false, true, "How this file is followed while the program runs.");
        keys.duration(
                "every",
                "1s",
                10 * MILLISECOND,
                HOUR,
                "How often it is looked at. A change is in force when two looks in a row have found the same.");
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
        keys.choice(
                ValueType.CHOICE,
                "format",
                "text",
                List.of("text", "json"),
                "What an entry looks like: a line for people, or a JSON object on a line of its own.");
        keys.flag("summary", false, "Whether a summary is given at exit.");
    }
}
