package dev.holdfast.config;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.BudgetPolicy;
import dev.holdfast.policy.DefaultResponse;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import dev.holdfast.policy.FaultPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryRule;
import dev.holdfast.policy.ValueSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the settings of a policy do not do for one request, although somebody who reads the file may expect it: by
 * its method, its headers or its body, or since one setting needs another. What may be sent again is asked of
 * {@link RetryRule}, which decides for calls too.
 */
final class RestrictionFinder {
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final long DEFAULT_LOOKUP_MEMORY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Policy policy;
    private final Function<String, ValueSource> sources;
    private final RetryPolicy rule;
    private final String method;
    private final RequestUrl url;
    private final RequestShape shape;
    private final List<Explanation.Restriction> found = new ArrayList<>();

    private RestrictionFinder(
            Policy policy, Function<String, ValueSource> sources, String method, RequestUrl url, RequestShape shape) {
        this.policy = policy;
        this.sources = sources;
        this.rule = policy.retry();
        this.method = method;
        this.url = url;
        this.shape = shape;
    }

    /**
     * Returns the restrictions of a request.
     *
     * @param policy in force for it
     * @param sources gives the sources of its values, by their paths
     */
    static List<Explanation.Restriction> of(
            Policy policy, Function<String, ValueSource> sources, String method, RequestUrl url, RequestShape shape) {
        RestrictionFinder restrictionFinder = new RestrictionFinder(policy, sources, method, url, shape);
        restrictionFinder.find();
        return List.copyOf(restrictionFinder.found);
    }

    private void add(String setting, String text) {
        found.add(new Explanation.Restriction(setting, text));
    }

    /** Returns a value of the policy, or what stands for one from outside the file. */
    private String shown(Key<?> key, String value) {
        return sources.apply(key.path()).shown(value);
    }

    private void find() {
        if (shape.carries("Sec-WebSocket-Key")) {
            add("", "the opening handshake of a WebSocket passes untouched, and so does what follows it");
            return;
        }
        boolean retries = rule.enabled() && rule.maxRetries() > 0;
        if (!retries) {
            add(rule.enabled() ? "retry.max_retries" : "retry.enabled", "no call is sent again");
        } else {
            safety();
            body();
            waits();
            budget();
        }
        hedge(retries);
        fallback();
        fault();
        proxy();
    }

    private void fault() {
        FaultPolicy fault = policy.fault();
        if (fault.enabled() && fault.isOver(System.currentTimeMillis())) {
            add(
                    "fault.share",
                    "[faults] is armed, and no attempt gets a fault any more, since until is over: "
                            + shown(FaultKeys.UNTIL, fault.until()));
        } else if (fault.enabled()) {
            boolean acts = policy.mode() == Mode.ENFORCE;
            String share = shown(FaultKeys.SHARE, String.valueOf(fault.share()));
            add(
                    "fault.share",
                    "[faults] is armed: until " + shown(FaultKeys.UNTIL, fault.until()) + ", a share of " + share
                            + " of the attempts " + (acts ? "gets" : "would get, if mode were \"enforce\",") + " "
                            + described(fault));
        }
    }

    private String described(FaultPolicy fault) {
        Key<?> kind = switch (fault.kind()) {
            case "status" -> FaultKeys.STATUS;
            case "error" -> FaultKeys.ERROR;
            case "delay" -> FaultKeys.DELAY;
            default -> FaultKeys.CUT_BODY;
        };
        return sources.apply(kind.path()).isExternal() ? "the fault that is " + shown(kind, "") : fault.described();
    }

    private boolean hasKey() {
        return shape.carries(IDEMPOTENCY_KEY);
    }

    private boolean mayBeSentAgain() {
        return RetryRule.mayResend(rule, method, hasKey(), shape.bodyReplayable(), false) && oneTimeHeader() == null;
    }

    private @Nullable String oneTimeHeader() {
        for (String name : rule.oneTimeHeaders()) {
            if (shape.carries(name)) {
                return name;
            }
        }
        return null;
    }

    /** Finds what forbids to send the request to the origin twice. */
    private void safety() {
        if (!RetryRule.mayResend(rule, method, hasKey(), true, false)) {
            add(
                    "retry.policy.methods",
                    method + " is not listed: without an " + IDEMPOTENCY_KEY + " header the call is sent again "
                            + onlyIfNothingWasSent());
            if (method.equals("POST")) {
                add(
                        "",
                        "HttpURLConnection itself sends a buffered POST once more where the connection breaks before "
                                + "the"
                                + " response, whatever the policy; -Dsun.net.http.retryPost=false turns that off");
            }
        }
        String once = oneTimeHeader();
        if (once != null) {
            add(
                    "retry.policy.one_time_headers",
                    "the request carries " + shown(RetryKeys.ONE_TIME_HEADERS, once)
                            + ", which is good for one request: it is sent again " + onlyIfNothingWasSent());
        }
    }

    private String onlyIfNothingWasSent() {
        TreeSet<String> kinds = new TreeSet<>();
        for (ErrorKind kind : rule.errors()) {
            if (kind.nothingSent()) {
                kinds.add(kind.configName());
            }
        }
        return "only if nothing of it was sent"
                + (kinds.isEmpty()
                        ? ", and retryable_errors lists no failure of that kind"
                        : " (" + shown(RetryKeys.RETRYABLE_ERRORS, String.join(", ", kinds)) + ")");
    }

    private void body() {
        if (!shape.bodyReplayable()) {
            add(
                    "retry.replay_limit",
                    "its body can be produced only once: the call is sent again " + onlyIfNothingWasSent());
        } else if (mayBeSentAgain() && mayHaveBody()) {
            add(
                    "retry.replay_limit",
                    rule.replayLimitBytes() == 0
                            ? "no body from a stream is recorded: a call with one is sent again "
                                    + onlyIfNothingWasSent()
                            : "a body from a stream is recorded up to "
                                    + shown(RetryKeys.REPLAY_LIMIT, Units.size(rule.replayLimitBytes()))
                                    + "; a call with a larger one is sent again " + onlyIfNothingWasSent());
        }
        boolean brokenBodies = rule.errors().contains(ErrorKind.PREMATURE_EOF);
        if (brokenBodies && rule.bufferResponseBytes() == 0) {
            add(
                    "retry.buffer_response",
                    "premature_eof is listed in retryable_errors, but a body that ends too early is not retried:"
                            + " the program has the response by then; with buffer_response, bodies up to a size are "
                            + "held"
                            + " back until they are complete");
        } else if (brokenBodies) {
            add(
                    "retry.buffer_response",
                    "bodies larger than "
                            + shown(RetryKeys.BUFFER_RESPONSE, Units.size(rule.bufferResponseBytes()))
                            + ", streams (text/event-stream, NDJSON, multipart/x-mixed-replace, gRPC) and bodies of"
                            + " unknown length that are no documents are not held back: one of these that breaks is not"
                            + " retried");
        }
    }

    private boolean mayHaveBody() {
        return !method.equals("GET") && !method.equals("HEAD") && !method.equals("OPTIONS") && !method.equals("TRACE");
    }

    private void waits() {
        Backoff backoff = rule.backoff();
        if (rule.errors().contains(ErrorKind.DNS_RESOLUTION) && backoff.maxNanos() < DEFAULT_LOOKUP_MEMORY_NANOS) {
            add(
                    "retry.max_delay",
                    "a JVM remembers a failed name look-up for 10 s by default: retries of dns_resolution within "
                            + shown(RetryKeys.MAX_DELAY, Units.duration(backoff.maxNanos())) + " ask no name server");
        }
        long first = leastFirstWait(backoff);
        if (rule.deadlineNanos() > 0 && first >= rule.deadlineNanos()) {
            Key<?> decides =
                    backoff.initialNanos() <= backoff.maxNanos() ? RetryKeys.INITIAL_DELAY : RetryKeys.MAX_DELAY;
            add(
                    "retry.deadline",
                    "no call is sent again: the first retry waits for " + leastWait(decides, first)
                            + ", and the deadline is over by then");
        }
    }

    /** The wait follows from the jitter, too. */
    private String leastWait(Key<?> decides, long nanos) {
        return sources.apply(RetryKeys.JITTER.path()).isExternal()
                ? "longer, with the jitter that is " + shown(RetryKeys.JITTER, "")
                : shown(decides, Units.duration(nanos)) + " at least";
    }

    private static long leastFirstWait(Backoff backoff) {
        double least = Math.min(backoff.initialNanos(), backoff.maxNanos());
        return (long)
                switch (backoff.jitter()) {
                    case NONE, DECORRELATED -> least;
                    case PROPORTIONAL -> least * 0.9;
                    case EQUAL -> least / 2;
                    case FULL -> 0;
                };
    }

    private void budget() {
        BudgetPolicy budget = policy.budget();
        if (budget.enabled() && budget.ratio() == 0 && budget.minPerSecond() == 0) {
            add("retry.budget", "no call is sent again: ratio = 0 and min_per_second = 0 leave no retry");
        }
    }

    private void hedge(boolean retries) {
        if (policy.hedge().enabled() && (!retries || !mayBeSentAgain())) {
            add(
                    "retry.hedge.delay",
                    "no second attempt is sent beside a slow one: "
                            + (retries ? "it is not safe to send this request twice" : "it would count as a retry"));
        }
    }

    private void fallback() {
        FallbackPolicy fallback = policy.fallback();
        if (fallback.usesCache() && !method.equals("GET") && !method.equals("HEAD")) {
            add("retry.fallback.strategy", "cache holds responses to GET and HEAD only");
        } else if (fallback.usesCache() && shape.carries("Range")) {
            add("retry.fallback.strategy", "cache holds nothing for a request with a Range header");
        }
        if (fallback.strategies().contains(Strategy.DEFAULT_VALUE) && !hasDefault(fallback)) {
            add("retry.fallback.default_value", "no response is written for " + method + " " + url.path());
        }
        if (fallback.usesDegraded() && !RetryRule.mayResend(rule, method, hasKey(), shape.bodyReplayable(), false)) {
            add(
                    "retry.fallback.degraded",
                    "the other origin gets this request only if nothing of it was sent to its own");
        }
    }

    private boolean hasDefault(FallbackPolicy fallback) {
        for (DefaultResponse response : fallback.defaults()) {
            if (response.fits(method, url.path())) {
                return true;
            }
        }
        return false;
    }

    private void proxy() {
        String proxy = shape.proxy();
        if (proxy == null) {
            return;
        }
        if (url.origin().scheme().equals("https")) {
            boolean retried =
                    rule.enabled() && rule.maxRetries() > 0 && rule.errors().contains(ErrorKind.PROXY);
            add(
                    "retry.policy.retryable_errors",
                    "goes through the proxy " + proxy
                            + ": where that opens no tunnel, nothing reaches the origin; that is"
                            + " proxy, which " + (retried ? "is retried" : "is not retried")
                            + " and is no failure of the origin for its breaker");
        } else {
            add(
                    "",
                    "goes through the proxy " + proxy
                            + ": an error that the proxy answers with cannot be told from one of"
                            + " the origin, but for a 407, which is no failure of the origin for its breaker");
        }
    }
}
