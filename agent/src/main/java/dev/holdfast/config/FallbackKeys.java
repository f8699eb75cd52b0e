package dev.holdfast.config;

import static dev.holdfast.config.Keys.DAY;
import static dev.holdfast.config.Keys.HOUR;
import static dev.holdfast.config.Keys.MIB;
import static dev.holdfast.config.Keys.MILLISECOND;

import java.util.List;

/** The keys of what the application gets when nothing else helped. See {@link Keys}. */
final class FallbackKeys {
    private FallbackKeys() {}

    static void define(KeyList keys) {
        chain(keys);
        defaultValue(keys);
        degraded(keys);
    }

    private static void chain(KeyList keys) {
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
                        "proxy",
                        "read_timeout",
                        "premature_eof"),
                Keys.errorKinds(),
                "After what it is tried although it was not to be retried; it always is when retries are used up, and when"
                        + " the breaker or a limit rejects.");
        keys.duration("cache_ttl", "1h", 0, 365 * DAY, "How old an answer of the cache may be.");
        keys.size("cache_max_body", "256KiB", 0, 64 * MIB, "Larger answers are not kept.");
        keys.statuses("cache_status_codes", List.of(200L, 203L), 200, 599, "The statuses of answers that are kept.");
        keys.words(
                "cache_key_headers",
                "Request headers that choose the answer, though Holdfast ignores them by default: those of tracing, of request"
                        + " and correlation ids, Date, User-Agent, Connection, and a cache's own. All other headers always count.");
        keys.words(
                "cache_ignore_headers",
                "Request headers that are ignored too: one answer is given whatever they say, and to whomever.");
        keys.flag("cache_private", false, "Whether answers are kept that say Cache-Control: private.");
        keys.sizeForAll("cache_max_bytes", "16MiB", 0, 4096 * MIB, "What all answers of the cache may take together.");
        keys.textForAll(
                "cache_dir",
                "The directory in which answers are kept too, so that a restart finds them; \"\" is none.");
    }

    private static void defaultValue(KeyList keys) {
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
        keys.responses("answers", "Answers for some requests; the first that fits is given, this table's own last.");
    }

    private static void degraded(KeyList keys) {
        keys.section("retry.fallback.degraded", true, true, "The other origin of the strategy degraded.");
        keys.text(
                ValueType.URL,
                "url",
                true,
                "Where the request is sent once more, where a retry would be safe: its path and query are put behind this. Of"
                        + " its headers only those of content negotiation, of the content, conditions and ranges go along.");
        keys.duration("timeout", "5s", MILLISECOND, HOUR, "How long it has, up to its response's head.");
        keys.flag(
                "forward_credentials",
                false,
                "Whether all headers go along, credentials too. Not from https to http but on this machine.");
        keys.words("forward_headers", "Other headers that go along.");
        keys.flag(
                "forward_query",
                false,
                "Whether the query goes along as it is. Else parameters that are credentials (access_token, api_key, sig, …)"
                        + " are left out, and a request with one that may be (key, code, long random values, …) is not sent.");
        keys.statusRanges(
                "accept_statuses",
                List.of("200-399"),
                200,
                599,
                "The statuses of its responses that count; 401, 407 and what on lists never do.");
    }
}
