package dev.holdfast.simulation;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.ProxyException;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.observe.DurationFormat;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.DefaultResponse;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryRule;
import dev.holdfast.simulation.Timeline.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Puts into words what the session decides, with the keys that made it decide so. */
final class TimelineRecorder implements Observer {
    private static final String CUT_BODY = "a body that ends too early: reading it throws an IOException, except that"
            + " HttpURLConnection on Java 17 ends one with a Content-Length without any";

    private static final String DEADLINE = "retry.deadline";
    private static final String ATTEMPT_TIMEOUT = "retry.attempt_timeout";
    private static final String MAX_WAIT = "limits.max_wait";
    private static final String STATUS = "retry.fallback.default_value.status";
    private static final String ANSWERS = "retry.fallback.default_value.answers";
    /** The keys whose values the message of a rejection may repeat. */
    private static final List<String> IN_REJECTIONS = List.of(
            DEADLINE,
            MAX_WAIT,
            "limits.max_concurrent",
            "limits.max_rate",
            "retry.circuit_breaker.timeout",
            "retry.circuit_breaker.max_timeout");

    private final LongSupplier clock;
    private final SettingSources sources;
    private List<TimelineEvent> notes = new ArrayList<>();
    private long began;
    /** True if the program gets a response whose body breaks. */
    private boolean brokenBody;

    TimelineRecorder(LongSupplier clock, SettingSources sources) {
        this.clock = clock;
        this.sources = sources;
    }

    void begin(long now) {
        began = now;
        notes = new ArrayList<>();
        brokenBody = false;
    }

    List<TimelineEvent> notes() {
        return notes;
    }

    private void note(Kind kind, String text) {
        notes.add(new TimelineEvent(clock.getAsLong() - began, kind, text));
    }

    void sent(PolicyTarget target, Step.Send send, boolean beside) {
        StringBuilder text =
                new StringBuilder("attempt ").append(send.attempt()).append(" is sent");
        if (beside) {
            text.append(" beside it (retry.hedge)");
        }
        if (send.timeoutNanos() != Long.MAX_VALUE) {
            boolean own = send.timeoutNanos() == target.policy().retry().attemptTimeoutNanos();
            text.append("; it has ")
                    .append(timeout(target.policy(), send.timeoutNanos()))
                    .append(own ? " (attempt_timeout)" : " (what is left of the deadline)");
        }
        note(Kind.SENT, text.toString());
    }

    /** The time that an attempt has, by {@code attempt_timeout} or what is left of the deadline. */
    private String timeout(Policy policy, long nanos) {
        boolean own = nanos == policy.retry().attemptTimeoutNanos();
        return sources.shown(policy, own ? ATTEMPT_TIMEOUT : DEADLINE, DurationFormat.text(nanos));
    }

    void outcome(PolicyTarget target, String method, int attempt, Outcome outcome, long took, boolean cut) {
        StringBuilder text = new StringBuilder("attempt ").append(attempt).append(": ");
        if (cut) {
            text.append("no response within ")
                    .append(timeout(target.policy(), took))
                    .append(", so ended as ");
        }
        text.append(DecisionReasons.name(outcome));
        if (!cut && took > 0) {
            text.append(" after ").append(DurationFormat.text(took));
        }
        note(
                Kind.OUTCOME,
                text.append(DecisionReasons.of(target.policy().retry(), method, outcome))
                        .toString());
    }

    void brokenBody(PolicyTarget target, int attempt, Outcome.Failure failure, long took, boolean heldBack) {
        String text = "attempt " + attempt + ": 200" + (took > 0 ? " after " + DurationFormat.text(took) : "")
                + ", and its body ends too early: " + DecisionReasons.name(failure)
                + ", over HTTP/1.1 a plain java.io.IOException";
        brokenBody = !heldBack;
        note(
                Kind.OUTCOME,
                heldBack
                        ? text + DecisionReasons.of(target.policy().retry(), "", failure)
                                + "; it was held back (buffer_response)"
                        : text + ", not to be retried: the program has the response (buffer_response = 0)");
    }

    void cancelled(int attempt) {
        note(Kind.OUTCOME, "attempt " + attempt + " is cancelled");
    }

    void hangs() {
        note(
                Kind.END,
                "no response, and no attempt_timeout or deadline that would end this: it takes as long as the client "
                        + "lets it");
    }

    @Override
    public void retry(PolicyTarget target, CallInfo call, Outcome because, int attempt, long delayNanos) {
        if (target.policy().mode() != Mode.ENFORCE) {
            note(
                    Kind.NO_RETRY,
                    "would be sent again in " + DurationFormat.text(delayNanos) + "; in observe mode it is not");
            return;
        }
        RetryPolicy rule = target.policy().retry();
        boolean asked = because instanceof Outcome.Response response
                && rule.honourRetryAfter()
                && isAsked(rule, response, delayNanos);
        notes.add(new TimelineEvent(
                clock.getAsLong() - began, Kind.WAIT, "waits ", delayNanos, asked ? ", as Retry-After asks" : ""));
    }

    /** Returns whether a wait is what a number of seconds asks for, or that and its jitter. */
    private static boolean isAsked(RetryPolicy rule, Outcome.Response response, long delayNanos) {
        long asked = RetryRule.askedNanos(rule.waitHeaders(), response, 0);
        return asked > 0 && delayNanos >= asked && delayNanos - asked <= asked / 2;
    }

    @Override
    public void notRetried(PolicyTarget target, CallInfo call, Outcome outcome, NotRetried reason) {
        note(Kind.NO_RETRY, "not sent again: " + DecisionReasons.of(target.policy(), sources, call, reason));
    }

    @Override
    public void limited(PolicyTarget target, CallInfo call, Rejection limit, long nanos) {
        String key = limit == Rejection.RATE ? "limits.max_rate" : "limits.max_concurrent";
        if (target.policy().mode() != Mode.ENFORCE) {
            note(Kind.NO_RETRY, "would wait for its turn (" + key + "); in observe mode it does not");
        } else if (nanos > 0) {
            notes.add(new TimelineEvent(
                    clock.getAsLong() - began, Kind.WAIT, "waits ", nanos, " for its turn (" + key + ")"));
        }
    }

    @Override
    public void rejected(PolicyTarget target, CallInfo call, Rejection reason) {
        LimitPolicy limits = target.policy().limits();
        String why = switch (reason) {
            case BREAKER -> "the breaker does not let it pass";
            case CONCURRENCY ->
                sources.external(target.policy(), "limits.max_concurrent")
                        ? "as many attempts are under way as limits.max_concurrent allows"
                        : limits.maxConcurrent() + " attempts are under way (limits.max_concurrent)";
            case RATE ->
                "its turn would not come within "
                        + sources.shown(target.policy(), MAX_WAIT, DurationFormat.text(limits.maxWaitNanos()))
                        + " (limits.max_rate)";
        };
        note(
                Kind.REJECTED,
                target.policy().mode() == Mode.ENFORCE
                        ? "not sent: " + why
                        : "would not be sent: " + why + "; in observe mode it is");
    }

    @Override
    public void transition(
            PolicyTarget target, CircuitBreaker.State from, CircuitBreaker.State to, CircuitBreaker.Reason reason) {
        String state = switch (to) {
            case OPEN -> "opens";
            case HALF_OPEN -> "is half-open and lets a probe pass";
            case CLOSED -> "closes";
        };
        note(Kind.BREAKER, "the breaker " + state + ": " + reason.text());
    }

    /** Records the result that the program gets. */
    void end(Session session, PolicyTarget target, Step step, @Nullable Outcome last, CallInfo call, String path) {
        FallbackReason asked = step instanceof Step.FallBack fallBack ? fallBack.reason() : null;
        if (asked != null) {
            fallback(target.policy(), asked, call.method(), path);
        }
        Step end = step.withoutFallback();
        String gets;
        if (end instanceof Step.Reject reject) {
            boolean hidden = IN_REJECTIONS.stream().anyMatch(key -> sources.external(target.policy(), key));
            gets = reject.error().getClass().getName()
                    + (hidden
                            ? " that names origin and reason"
                            : ": " + reject.error().getMessage());
        } else if (last instanceof Outcome.Failure failure) {
            Throwable[] suppressed = session.finalError(failure.error()).getSuppressed();
            boolean proxy = suppressed.length > 0 && suppressed[suppressed.length - 1] instanceof ProxyException;
            int earlier = suppressed.length - (proxy ? 1 : 0);
            String which = session.deliversPrevious() ? " other" : " earlier";
            gets = (session.deliversPrevious()
                            ? "the failure of the attempt before"
                            : "the failure of the last attempt")
                    + (earlier == 0
                            ? ""
                            : ", with " + earlier + which + (earlier == 1 ? " one" : " ones") + " suppressed")
                    + (proxy ? ", and one that names the proxy" : "")
                    + (failure.kind() == ErrorKind.PREMATURE_EOF
                            ? "; with HttpURLConnection, 200 and " + CUT_BODY
                            : "");
        } else {
            gets = last == null ? "nothing" : DecisionReasons.name(last) + (brokenBody ? " and " + CUT_BODY : "");
        }
        note(Kind.END, (asked == null ? "the program gets " : "where none has a response, the program gets ") + gets);
    }

    private void fallback(Policy policy, FallbackReason reason, String method, String path) {
        List<String> offers = new ArrayList<>();
        for (FallbackPolicy.Strategy strategy : policy.fallback().strategies()) {
            offers.add(strategy.configName() + " (" + offer(policy, strategy, method, path) + ")");
        }
        note(
                Kind.FALLBACK,
                "fallback ("
                        + (reason == FallbackReason.LISTED
                                ? "listed in retry.fallback.on"
                                : reason.label().replace('_', ' '))
                        + "): " + String.join(", then ", offers));
    }

    private String offer(Policy policy, FallbackPolicy.Strategy strategy, String method, String path) {
        FallbackPolicy fallback = policy.fallback();
        return switch (strategy) {
            case CACHE ->
                "a response of at most "
                        + sources.shown(
                                policy,
                                "retry.fallback.cache_ttl",
                                DurationFormat.text(fallback.cache().ttlNanos()))
                        + ", if one was stored";
            case DEFAULT_VALUE -> {
                for (DefaultResponse response : fallback.defaults()) {
                    if (response.fits(method, path)) {
                        yield sources.external(policy, ANSWERS)
                                ? "a response of " + ANSWERS + ", of which the file does not show every value"
                                : (sources.external(policy, STATUS) ? "the status that is " : "status ")
                                        + sources.shown(policy, STATUS, response.status());
                    }
                }
                yield "none is for this request";
            }
            case DEGRADED ->
                "another origin, for "
                        + sources.shown(
                                policy,
                                "retry.fallback.degraded.timeout",
                                DurationFormat.text(fallback.degraded().timeoutNanos()))
                        + " at most";
        };
    }
}
