package dev.holdfast.simulation;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.observe.DurationFormat;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryCondition;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryRule;

/** The reasons for what is decided about outcomes, with the keys that hold them. */
final class DecisionReasons {
    private static final String MAX_RETRIES = "retry.max_retries";

    private DecisionReasons() {}

    /** A status, or a kind of failure. */
    static String name(Outcome outcome) {
        if (outcome instanceof Outcome.Response response) {
            return Integer.toString(response.status());
        }
        if (!(outcome instanceof Outcome.Failure failure)) {
            return "cancelled";
        }
        String kind = failure.kind().configName();
        return failure.proxy() == null ? kind : kind + " (" + failure.proxy() + " did not open the tunnel)";
    }

    /** Returns whether an outcome is to be retried, and why, as what follows its name; nothing where it is good. */
    static String of(RetryPolicy rule, String method, Outcome outcome) {
        if (outcome instanceof Outcome.Response response) {
            return ofResponse(rule, method, response);
        }
        if (!(outcome instanceof Outcome.Failure failure)) {
            return "";
        }
        boolean asks = RetryRule.asksForRetry(rule, failure.error(), failure.kind());
        String sent = failure.nothingSent() ? "; nothing was sent" : "";
        if (asks) {
            boolean kind = rule.errors().contains(failure.kind());
            return ", to be retried (" + (kind ? "in retryable_errors" : "its class is in retryable_errors") + sent
                    + ")" + off(rule);
        }
        return ", not to be retried (not in retryable_errors" + sent + ")";
    }

    private static String ofResponse(RetryPolicy rule, String method, Outcome.Response response) {
        RetryCondition condition = RetryRule.condition(rule, method, response);
        if (condition != null) {
            String by = " (condition " + (rule.conditions().indexOf(condition) + 1) + " in when)";
            return switch (condition.action()) {
                case RETRY -> ", to be retried" + by + off(rule);
                case NO_RETRY -> ", not to be retried" + by;
                case FALLBACK -> ", not to be retried, and to be replaced by a fallback" + by;
            };
        }
        boolean asks = RetryRule.asksForRetry(rule, response);
        boolean byStatus = rule.retries(response.status());
        if (asks) {
            return ", to be retried (" + (byStatus ? "in retryable_status_codes" : "by retry_headers") + ")"
                    + off(rule);
        }
        if (byStatus) {
            return ", not to be retried (by no_retry_headers)";
        }
        return response.status() < 400 ? "" : ", not to be retried (not in retryable_status_codes)";
    }

    private static String off(RetryPolicy rule) {
        return rule.enabled() ? "" : ", but retry.enabled = false";
    }

    /** Returns the reason why no other attempt is sent. */
    static String of(Policy policy, SettingSources sources, CallInfo call, Observer.NotRetried reason) {
        RetryPolicy rule = policy.retry();
        return switch (reason) {
            case USED_UP -> usedUp(policy, sources);
            case NOT_SAFE -> notSafe(policy, sources, call);
            case RETRY_AFTER_TOO_LONG ->
                "Retry-After asks for more than max_retry_after = "
                        + sources.shown(
                                policy, "retry.policy.max_retry_after", DurationFormat.text(rule.maxRetryAfterNanos()));
            case DEADLINE ->
                "deadline = " + sources.shown(policy, "retry.deadline", DurationFormat.text(rule.deadlineNanos()))
                        + " leaves no time for another attempt";
            case BREAKER_OPEN -> "the breaker is open, and no probe is due by then";
            case BUDGET -> "the retry budget is used up (retry.budget)";
        };
    }

    private static String usedUp(Policy policy, SettingSources sources) {
        int most = policy.retry().maxRetries();
        if (sources.external(policy, MAX_RETRIES)) {
            return "no retry is left of max_retries = " + sources.shown(policy, MAX_RETRIES, most);
        }
        return most == 0
                ? "max_retries = 0"
                : most == 1 ? "the one retry is used (max_retries)" : "all " + most + " retries used (max_retries)";
    }

    private static String notSafe(Policy policy, SettingSources sources, CallInfo call) {
        if (!call.bodyReplayable()) {
            return "its body can be produced only once, and was sent";
        }
        for (String name : policy.retry().oneTimeHeaders()) {
            if (call.requestHeader(name) != null) {
                return "it carries " + sources.shown(policy, "retry.policy.one_time_headers", name)
                        + ", which is good for one request (one_time_headers)";
            }
        }
        return "the server may have acted on it, " + call.method()
                + " is not in methods, and it has no Idempotency-Key";
    }
}
