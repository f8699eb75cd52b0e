package dev.holdfast.config;

import static dev.holdfast.config.Keys.DAY;
import static dev.holdfast.config.Keys.HOUR;
import static dev.holdfast.config.Keys.MIB;

import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.RetryCondition;
import dev.holdfast.policy.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The keys that say what is sent again, when, and how often. See {@link Keys}. */
final class RetryKeys {
    private static final Section RETRY = new Section(
            "retry",
            true,
            "Retries: how often and when a call is sent again. With this table, every host has a policy; without it, "
                    + "only those under [hosts].");

    static final Key<Boolean> ENABLED =
            RETRY.flag("enabled", true, "Whether calls are sent again; the two timeouts hold either way.");
    static final Key<Integer> MAX_RETRIES = RETRY.integer("max_retries", 3, 0, 100, "Retries after the first attempt.");
    static final Key<Duration> INITIAL_DELAY =
            RETRY.duration("initial_delay", "1s", 0, HOUR, "The wait before the first retry.");
    static final Key<Duration> MAX_DELAY =
            RETRY.duration("max_delay", "30s", 0, DAY, "The longest wait, jitter included.");
    static final Key<Double> MULTIPLIER =
            RETRY.decimal("multiplier", 2.0, 1, 100, "The factor by which each wait is longer than the one before.");
    static final Key<Jitter> JITTER = RETRY.jitter(
            "jitter",
            "The spread of the waits: true is +-10 %, \"full\" anything up to the wait, \"equal\" its upper half,"
                    + " \"decorrelated\" up to 3 times the wait before.");
    static final Key<Duration> ATTEMPT_TIMEOUT = RETRY.duration(
            "attempt_timeout",
            "0s",
            0,
            DAY,
            "The time one attempt may take, up to its response's head, and up to the end of a body that the client "
                    + "is known"
                    + " to collect; \"0s\" is no limit.");
    static final Key<Duration> DEADLINE = RETRY.duration(
            "deadline",
            "0s",
            0,
            DAY,
            "The time a call may take, all attempts and waits, up to where an attempt_timeout holds; \"0s\" is no "
                    + "limit.");
    static final Key<Long> REPLAY_LIMIT = RETRY.size(
            "replay_limit",
            "64KiB",
            0,
            1024 * MIB,
            "The bytes of a request body that cannot be produced again which are recorded, to be sent again.");
    static final Key<Long> REPLAY_MAX_BYTES = RETRY.sizeForAll(
            "replay_max_bytes",
            "32MiB",
            0,
            4096 * MIB,
            "The bytes of all such bodies together that are recorded at a time; a body without room is sent once "
                    + "only.");
    static final Key<Long> BUFFER_RESPONSE = RETRY.size(
            "buffer_response",
            0L,
            0,
            64 * MIB,
            "Response bodies up to this size are held back until complete, streams never: one cut short is a failed "
                    + "attempt;"
                    + " 0 is off.");
    static final Key<String> ATTEMPT_HEADER = RETRY.attemptHeader(
            "attempt_header",
            "The request header in which each attempt but the first has the number of attempts before it (1, 2, …), for"
                    + " servers that shed retries first; one that the program sets stays. \"\" is none.");

    static final Section POLICY = new Section("retry.policy", true, "The requests and outcomes that are " + "retried.");

    static final Key<List<Integer>> RETRYABLE_STATUS_CODES = POLICY.statuses(
            "retryable_status_codes",
            List.of(429L, 500L, 502L, 503L, 504L),
            400,
            599,
            "Response statuses that are retried.");
    static final Key<List<FailureName>> RETRYABLE_ERRORS = POLICY.errors(
            "retryable_errors",
            List.of("connection_timeout", "connection_refused", "connection_reset", "dns_resolution", "proxy"),
            "Failures that are retried: kinds, and names of exception classes (their subclasses count).");
    static final Key<List<String>> METHODS = POLICY.methods(
            "methods",
            List.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"),
            "Methods that are sent again although the server may have acted on them already; others are only where"
                    + " nothing was sent, or with an Idempotency-Key.");
    static final Key<List<String>> ONE_TIME_HEADERS = POLICY.headerNames(
            "one_time_headers",
            List.of("dpop"),
            "Request headers whose value is good for one request only, such as a DPoP proof (RFC 9449): a request that"
                    + " carries one is not sent again once a byte of it was sent.");
    static final Key<Map<String, List<String>>> RETRY_HEADERS = POLICY.headers(
            "retry_headers",
            "Response headers that ask for a retry whatever the status, such as { \"x-should-retry\" = \"true\" }.");
    static final Key<Map<String, List<String>>> NO_RETRY_HEADERS = POLICY.headers(
            "no_retry_headers",
            "Response headers that forbid a retry, such as { \"x-should-retry\" = \"false\" }, also where retry_headers"
                    + " or the status ask for one; conditions (when) decide before all of them.");
    static final Key<Boolean> RETRY_AFTER = POLICY.flag(
            "retry_after",
            true,
            "Whether a Retry-After header lengthens the wait; jitter spreads the callers over half of it behind it.");
    static final Key<List<String>> WAIT_HEADERS = POLICY.headerNames(
            "wait_headers",
            RetryPolicy.WAIT_HEADERS,
            "The headers that do so, of which the first that is there and readable counts, and of several values of it"
                    + " the longest wait: names ending in -ms, and x-amz-retry-after, have milliseconds, those with"
                    + " reset in them a time or one of the epoch (with 429, or where the header with remaining for"
                    + " reset is 0), others what Retry-After has.");
    static final Key<Duration> MAX_RETRY_AFTER = POLICY.duration(
            "max_retry_after", "60s", 0, DAY, "A Retry-After above this ends the retrying: the response is delivered.");
    static final Key<List<Settings>> WHEN = POLICY.conditions(
            "when",
            "Conditions on responses, as tables [[retry.policy.when]]: the first that holds decides, before headers"
                    + " and statuses. Those of a route are asked before those of its host, these before those of its"
                    + " named policies and of the top; when = [] leaves the inherited ones out.");

    /** The keys of one of these tables. They stand nowhere else, and so in no list of sections. */
    static final Section CONDITION = new Section("retry.policy.when", true, "");

    static final Key<List<StatusRange>> CONDITION_STATUS = CONDITION.statusRanges(
            "status", List.of(), 200, 599, "The statuses of the responses that it is for; [] is every status.");
    static final Key<List<String>> CONDITION_METHODS =
            CONDITION.methods("methods", List.of(), "The methods of the requests that it is for; [] is every method.");
    static final Key<Map<String, List<String>>> CONDITION_HEADERS = CONDITION.headers(
            "headers",
            "The response's headers that have to be there, all of them, each with a value or one of several; a * in"
                    + " it stands for any text, so that \"*\" is any value. Of a repeated header all values count.");
    static final Key<List<String>> CONDITION_BODY = CONDITION.texts(
            "body",
            "A text that the response's body has to contain, or several of which it has to contain one; case does not"
                    + " matter, and a * stands for any text. For bodies that are held back, see buffer_response: no"
                    + " streams, and"
                    + " none of unknown length without the Content-Type of a document.");
    static final Key<Map<String, List<String>>> CONDITION_JSON = CONDITION.pointers(
            "json",
            "JSON pointers (RFC 6901), each to a value that has to be there in the response's body, with what it looks"
                    + " like, as a header's; \"*\" is any value but null and an empty object or array, and 1 is 1.0.");
    static final Key<RetryCondition.Action> CONDITION_ACTION = CONDITION.choice(
            "action",
            RetryCondition.Action.RETRY,
            Choices.of(List.of(RetryCondition.Action.values())),
            "The action: retry as far as that is safe, no_retry, which leaves the fallback to what retry.fallback.on "
                    + "lists, or fallback, which does not retry, and replaces the response.");
    static final Key<Boolean> CONDITION_EVEN_IF_SUCCESSFUL = CONDITION.flag(
            "even_if_successful",
            false,
            "Whether a response that succeeded, with a status below 400, is retried or replaced too: the server has "
                    + "acted on such a request.");

    /** The sections of these keys, in the order of the reference. */
    static final List<Section> SECTIONS = List.of(RETRY, POLICY);

    private RetryKeys() {}
}
