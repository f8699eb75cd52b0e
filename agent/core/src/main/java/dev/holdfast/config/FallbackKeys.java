package dev.holdfast.config;

import static dev.holdfast.config.Keys.DAY;
import static dev.holdfast.config.Keys.HOUR;
import static dev.holdfast.config.Keys.MIB;
import static dev.holdfast.config.Keys.MILLISECOND;

import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The keys of what the application gets when nothing else helped. See {@link Keys}. */
final class FallbackKeys {
    private static final Section FALLBACK =
            new Section("retry.fallback", true, "The fallback: the response when retries did not help.");

    static final Key<Boolean> ENABLED = FALLBACK.flag("enabled", true, "Whether the strategies are used.");
    static final Key<List<Strategy>> STRATEGY = FALLBACK.choices(
            "strategy",
            Choices.of(List.of(Strategy.values())),
            "The strategies, in the order in " + "which they are tried.");
    static final Key<List<FailureName>> ON = FALLBACK.outcomes(
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
                    "proxy",
                    "read_timeout",
                    "premature_eof"),
            400,
            599,
            "The outcomes after which the fallback is tried although they are not retried; it always is when all "
                    + "retries are used, and when the breaker or a limit rejects.");
    static final Key<Duration> CACHE_TTL =
            FALLBACK.duration("cache_ttl", "1h", 0, 365 * DAY, "The greatest age of a cached response.");
    static final Key<Long> CACHE_MAX_BODY =
            FALLBACK.size("cache_max_body", "256KiB", 0, 64 * MIB, "Larger responses are not stored.");
    static final Key<List<Integer>> CACHE_STATUS_CODES = FALLBACK.statuses(
            "cache_status_codes", List.of(200L, 203L), 200, 599, "The statuses of responses that are stored.");
    static final Key<List<String>> CACHE_KEY_HEADERS = FALLBACK.headerNames(
            "cache_key_headers",
            List.of(),
            "Request headers that select the response, though Holdfast ignores them by default: those of tracing, of "
                    + "request"
                    + " and correlation ids, Date, User-Agent, Connection, and a cache's own. All other headers "
                    + "always count.");
    static final Key<List<String>> CACHE_IGNORE_HEADERS = FALLBACK.headerNames(
            "cache_ignore_headers",
            List.of(),
            "Request headers that are ignored too: one response is given to all callers, whatever the value.");
    static final Key<Boolean> CACHE_PRIVATE =
            FALLBACK.flag("cache_private", false, "Whether responses with Cache-Control: private are stored.");
    static final Key<Long> CACHE_MAX_BYTES = FALLBACK.sizeForAll(
            "cache_max_bytes", "16MiB", 0, 4096 * MIB, "The bytes that all cached responses may take together.");
    static final Key<String> CACHE_DIR = FALLBACK.fileForAll(
            "cache_dir",
            "The directory in which responses are stored too, so that a restart finds them; \"\" is " + "none.");

    static final Section DEFAULT_VALUE = new Section(
            "retry.fallback.default_value",
            true,
            "The response of the strategy default_value; other responses for some paths or methods are in "
                    + "[[retry.fallback.default_value.answers]], each with a path and the keys of this table.");

    static final Key<String> DEFAULT_PATH = DEFAULT_VALUE.text(
            "path", "The path of the requests that it is for, in which * stands for any text; \"\" is any path.");
    static final Key<List<String>> DEFAULT_METHODS =
            DEFAULT_VALUE.methods("methods", List.of("GET", "HEAD"), "The methods of the requests that it is for.");
    static final Key<Integer> DEFAULT_STATUS = DEFAULT_VALUE.integer("status", 200, 200, 599, "Its status.");
    static final Key<Map<String, List<String>>> DEFAULT_HEADERS = DEFAULT_VALUE.headers("headers", "Its headers.");
    static final Key<String> DEFAULT_BODY = DEFAULT_VALUE.secretText("body", "Its body.");
    static final Key<String> DEFAULT_BODY_FILE = DEFAULT_VALUE.file(
            "body_file", "The file that holds its body, relative to the configuration file; read with it.");
    static final Key<List<Settings>> DEFAULT_ANSWERS = DEFAULT_VALUE.answers(
            "answers", "Responses for some requests; the first that matches is given, this table's own last.");

    static final Section DEGRADED =
            new Section("retry.fallback.degraded", true, "The alternate origin of the strategy degraded.");

    static final Key<String> DEGRADED_URL = DEGRADED.url(
            "url",
            "The URL that the request is sent to, where a retry would be safe: its path and query are appended. Only "
                    + "its headers of content negotiation, content, conditions and ranges are forwarded.");
    static final Key<Duration> DEGRADED_TIMEOUT =
            DEGRADED.duration("timeout", "5s", MILLISECOND, HOUR, "The timeout, up to its response's head.");
    static final Key<Boolean> DEGRADED_FORWARD_CREDENTIALS = DEGRADED.flag(
            "forward_credentials",
            false,
            "Whether all headers are forwarded, credentials too. From https to http only on this machine.");
    static final Key<List<String>> DEGRADED_FORWARD_HEADERS =
            DEGRADED.headerNames("forward_headers", List.of(), "Other headers that are forwarded.");
    static final Key<Boolean> DEGRADED_FORWARD_QUERY = DEGRADED.flag(
            "forward_query",
            false,
            "Whether the query is forwarded unchanged. If false, parameters that are credentials (access_token, "
                    + "api_key, "
                    + "sig, …)"
                    + " are left out, and a request with one that may be (key, code, long random values, …) is not "
                    + "sent.");
    static final Key<List<StatusRange>> DEGRADED_ACCEPT_STATUSES = DEGRADED.statusRanges(
            "accept_statuses",
            List.of("200-399"),
            200,
            599,
            "The statuses of its responses that are given to the program; 401, 407 and those that on lists never are.");

    /** The shared store: see {@link StoreReader}. */
    static final Section STORE = new Section(
            "store",
            false,
            "A store that several instances of a program share, on Redis 6 or newer. Never waited for longer than "
                    + "timeout; while it is away, each instance goes on alone.");

    static final Key<String> STORE_URL = STORE.secretText(
            "url",
            "The store: \"redis://host:6379\", or \"rediss://...\" for TLS, with user:password@ before the host and "
                    + "/database after the port if need be; several hosts with commas between them; \"\" is none.");
    static final Key<String> STORE_USER =
            STORE.secretText("username", "The user, if the URL names none; \"\" is the store's default one.");
    static final Key<String> STORE_PASSWORD =
            STORE.secretText("password", "The password, if the URL has none, such as \"${REDIS_PASSWORD}\".");
    static final Key<String> STORE_SENTINEL_MASTER = STORE.text(
            "sentinel_master", "The name by which sentinels know the store; the hosts of the URL are sentinels then.");
    static final Key<Boolean> STORE_CLUSTER =
            STORE.flag("cluster", false, "Whether the hosts of the URL are nodes of a cluster.");
    static final Key<Duration> STORE_TIMEOUT = STORE.duration(
            "timeout", "10ms", MILLISECOND, 1000 * MILLISECOND, "The longest time that a call waits for the store.");
    static final Key<String> STORE_NAMESPACE = STORE.text(
            "namespace",
            "The beginning of all names in the store; programs with the same one share. \"\" is \"holdfast\".");
    static final Key<String> STORE_KEY = STORE.secretText(
            "key",
            "The key that responses are encrypted with, such as \"${HOLDFAST_STORE_KEY}\", of 32 characters at least; "
                    + "with it, responses that are stored for the fallback are shared.");

    static final Key<Integer> STORE_INSTANCES = STORE.integer(
            "instances",
            10,
            1,
            100_000,
            "How many instances share a rate with scope = \"fleet\", as long as the store has not told: each has so "
                    + "small a part of it then.");

    static final Key<Boolean> STORE_BREAKER_HINTS = STORE.flag(
            "share_breaker_hints",
            false,
            "Whether a breaker that opens is a hint to the other instances: for 10 s, half as many failures in a row, "
                    + "or calls in the window, open theirs. A hint alone opens none.");

    /** The sections of these keys, in the order of the reference. */
    static final List<Section> SECTIONS = List.of(FALLBACK, DEFAULT_VALUE, DEGRADED, STORE);

    private FallbackKeys() {}

    /** Returns whether the file, or a variable, says anything about a shared store. */
    static boolean namesStore(Settings settings) {
        for (Key<?> key : STORE.keys()) {
            if (!settings.setting(key).builtIn()) {
                return true;
            }
        }
        return false;
    }
}
