package dev.holdfast.observe;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.NegativeDnsCache;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Mode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Tells operators what happens, in a few lines. What an outage repeats is said once, or at growing intervals with
 * counts; of a burst of one kind, the first {@value #FIRST} in {@value #SECONDS} s are written and the others counted.
 * Names policies and origins, never anything of a request. Entries are handed over outside of locks. Thread-safe.
 */
public final class Log implements Observer {
    private static final int FIRST = 5;
    private static final int SECONDS = 10;
    private static final int MOST_KINDS_OF_FALLBACK = 10_000;
    private static final int MOST_CALLERS = 1_000;
    private static final int MOST_PROXIES = 1_000;

    /** The level of an event, the most important first. */
    public enum Level {
        /** Something does not work. */
        ERROR,
        /** An origin fails, or the configuration is doubtful. */
        WARN,
        /** Events that an operator wants to know. */
        INFO,
        /** Every retry, every rejection and every probe of a breaker. */
        DEBUG
    }

    /** Kinds of entries that come in bursts. */
    enum Kind {
        BREAKER_OPENED("breakers opened"),
        BREAKER_STILL_OPEN("breakers still open"),
        BREAKER_CLOSED("breakers closed"),
        BREAKER_PROBED("changes of breakers by probes"),
        FALLBACK("first responses of fallbacks"),
        RETRY_LAYER("callers that retry too"),
        PROXY("proxies that failed"),
        RETRY("retries"),
        NOT_RETRIED("attempts without a retry"),
        REJECTION("calls rejected"),
        PUSH("changes of the push of meters");

        private final String plural;

        Kind(String plural) {
            this.plural = plural;
        }
    }

    private final Consumer<LogEntry> out;
    private final LongSupplier nanoTime;
    private final BreakerLog breakers;
    private final Map<Kind, Burst> bursts = new EnumMap<>(Kind.class);
    private final ConcurrentHashMap<String, Boolean> fallbacksSeen = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Boolean> callersSeen = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Boolean> proxiesSeen = new ConcurrentHashMap<>();
    private volatile boolean lookupNoted;
    private volatile Level level = Level.INFO;

    /**
     * A log on level {@link Level#INFO}.
     *
     * @param out takes one entry at a time, from any thread
     * @param nanoTime the clock
     */
    public Log(Consumer<LogEntry> out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.breakers = new BreakerLog(this, nanoTime.getAsLong());
    }

    /** The least that is written from now on. */
    public void level(Level least) {
        level = least;
    }

    /** Writes an entry of the kind {@code notice}, about something that happens rarely. */
    public void say(Level how, String what) {
        say(LogEntry.of(how, "notice", what));
    }

    /** Writes an entry about something that happens rarely. */
    public void say(LogEntry entry) {
        if (says(entry.level())) {
            out.accept(entry);
        }
    }

    private boolean says(Level how) {
        return how.compareTo(level) <= 0;
    }

    /** An entry about a policy and an origin, which the message begins with. */
    static LogEntry entry(Level level, String event, PolicyTarget target, String what) {
        return LogEntry.of(level, event, name(target) + ": " + what)
                .with("policy", target.policy().name())
                .with("origin", target.origin().toString());
    }

    private static String name(PolicyTarget target) {
        return target.origin() + " (policy " + target.policy().name() + ")";
    }

    @Override
    public void transition(
            PolicyTarget target, CircuitBreaker.State from, CircuitBreaker.State to, CircuitBreaker.Reason reason) {
        breakers.transition(target, from, to, reason, nanoTime.getAsLong());
    }

    @Override
    public void fallback(PolicyTarget target, CallInfo call, FallbackPolicy.Strategy strategy, FallbackReason reason) {
        if (!says(Level.WARN) || fallbacksSeen.size() >= MOST_KINDS_OF_FALLBACK) {
            return;
        }
        String fallback = Labels.of(strategy);
        if (fallbacksSeen.putIfAbsent(target + " " + fallback + " " + reason.label(), true) == null) {
            say(
                    Kind.FALLBACK,
                    entry(
                                    Level.WARN,
                                    "first_fallback",
                                    target,
                                    "first response from fallback " + fallback + " (" + reason.label()
                                            + "); others are only counted")
                            .with("fallback", fallback)
                            .with("reason", reason.label()));
        }
    }

    @Override
    public void retryLayer(PolicyTarget target, String caller) {
        if (!says(Level.WARN) || callersSeen.size() >= MOST_CALLERS) {
            return;
        }
        if (callersSeen.putIfAbsent(target + " " + caller, true) == null) {
            say(
                    Kind.RETRY_LAYER,
                    entry(
                                    Level.WARN,
                                    "retry_layer",
                                    target,
                                    caller + " repeats calls that failed after all their retries, so that attempts"
                                            + " multiply; each repeat is paid from the retry budget; others are only"
                                            + " counted")
                            .with("caller", caller));
        }
    }

    /**
     * Names a proxy that did not open a tunnel: once for each origin, since the calls to it fail for the same reason.
     */
    private void noteProxy(PolicyTarget target, Outcome outcome) {
        String proxy = outcome instanceof Outcome.Failure failure ? failure.proxy() : null;
        if (proxy == null || !says(Level.WARN) || proxiesSeen.size() >= MOST_PROXIES) {
            return;
        }
        if (proxiesSeen.putIfAbsent(target + " " + proxy, true) == null) {
            say(
                    Kind.PROXY,
                    entry(
                                    Level.WARN,
                                    "proxy_failed",
                                    target,
                                    "the proxy " + proxy
                                            + " did not open a tunnel; nothing reached the origin; others are only "
                                            + "counted")
                            .with("proxy", proxy));
        }
    }

    /** Names the JVM's memory of failed look-ups, once: it decides when a retry asks a name server again. */
    private void noteLookup(PolicyTarget target, Outcome outcome) {
        boolean failed = outcome instanceof Outcome.Failure failure && failure.kind() == ErrorKind.DNS_RESOLUTION;
        boolean waits = target.policy().mode() == Mode.ENFORCE; // else nothing waits for that memory
        if (!failed || !waits || lookupNoted || !says(Level.WARN)) {
            return;
        }
        long ttl = NegativeDnsCache.ttlNanos();
        if (ttl == 0) {
            return;
        }
        lookupNoted = true;
        boolean forever = ttl == NegativeDnsCache.FOREVER;
        long seconds = TimeUnit.NANOSECONDS.toSeconds(ttl);
        String then = ttl <= target.policy().retry().backoff().maxNanos()
                ? "the retry waits that long"
                : "max_delay is shorter, so retries ask no name server";
        say(entry(
                        Level.WARN,
                        "host_not_found",
                        target,
                        "the host name was not found; the JVM remembers that "
                                + (forever ? "for good: no retry asks a name server" : "for " + seconds + " s: " + then)
                                + " (security property networkaddress.cache.negative.ttl); said once")
                .with("remembered_seconds", forever ? null : seconds));
    }

    @Override
    public void retry(PolicyTarget target, CallInfo call, Outcome because, int attempt, long delayNanos) {
        noteProxy(target, because);
        noteLookup(target, because);
        if (says(Level.DEBUG)) {
            long millis = TimeUnit.NANOSECONDS.toMillis(delayNanos);
            String got = Labels.of(because);
            say(
                    Kind.RETRY,
                    entry(
                                    Level.DEBUG,
                                    "retry",
                                    target,
                                    "got " + got + ", retrying in " + millis + " ms (attempt " + attempt + " of "
                                            + (target.policy().retry().maxRetries() + 1) + ")")
                            .with("outcome", got)
                            .with("attempt", attempt)
                            .with("delay_seconds", millis / 1e3));
        }
    }

    @Override
    public void notRetried(PolicyTarget target, CallInfo call, Outcome outcome, NotRetried reason) {
        noteProxy(target, outcome);
        noteLookup(target, outcome);
        if (says(Level.DEBUG)) {
            String got = Labels.of(outcome);
            say(
                    Kind.NOT_RETRIED,
                    entry(Level.DEBUG, "not_retried", target, "got " + got + ", not retrying: " + why(target, reason))
                            .with("outcome", got)
                            .with("reason", Labels.of(reason)));
        }
    }

    private static String why(PolicyTarget target, NotRetried reason) {
        int retries = target.policy().retry().maxRetries();
        return switch (reason) {
            case USED_UP ->
                retries == 0
                        ? "max_retries is 0"
                        : retries == 1 ? "the one retry is used" : "all " + retries + " retries used";
            case NOT_SAFE -> "it is not safe to send the request again";
            case RETRY_AFTER_TOO_LONG -> "Retry-After exceeds max_retry_after";
            case DEADLINE -> "the deadline leaves no time for another attempt";
            case BREAKER_OPEN -> "the breaker is open";
            case BUDGET -> "the retry budget is used up";
        };
    }

    @Override
    public void rejected(PolicyTarget target, CallInfo call, Rejection reason) {
        if (reason == Rejection.BREAKER) {
            breakers.rejected(target);
        }
        if (says(Level.DEBUG)) {
            String by = switch (reason) {
                case BREAKER -> "the breaker";
                case CONCURRENCY -> "limits.max_concurrent";
                case RATE -> "limits.max_rate";
            };
            say(
                    Kind.REJECTION,
                    entry(Level.DEBUG, "rejected", target, "call rejected by " + by)
                            .with("reason", Labels.of(reason)));
        }
    }

    /** Tells how the push of meters fares. */
    public void pushes(Level how, String what) {
        say(Kind.PUSH, LogEntry.of(how, "otlp_push", what));
    }

    /** Writes an entry of a kind that comes in bursts. */
    void say(Kind kind, LogEntry entry) {
        if (!says(entry.level())) {
            return;
        }
        List<LogEntry> due = new ArrayList<>(2);
        synchronized (bursts) {
            Burst burst = bursts.computeIfAbsent(kind, k -> new Burst());
            long now = nanoTime.getAsLong();
            if (burst.said == 0 || now - burst.since >= TimeUnit.SECONDS.toNanos(SECONDS)) {
                sum(kind, burst, due);
                burst.since = now;
            }
            burst.level = entry.level();
            if (burst.said < FIRST) {
                burst.said++;
                due.add(entry);
            } else {
                burst.more++;
            }
        }
        due.forEach(out);
    }

    /**
     * Writes the lines that were counted instead of written, once their time is over, and reminds of breakers that stay
     * open. Called about once a second.
     *
     * @param targets those that there are
     */
    public void tick(Supplier<Collection<PolicyTarget>> targets) {
        long now = nanoTime.getAsLong();
        breakers.tick(now, targets);
        List<LogEntry> due = new ArrayList<>();
        synchronized (bursts) {
            bursts.forEach((kind, burst) -> {
                if (burst.said > 0 && now - burst.since >= TimeUnit.SECONDS.toNanos(SECONDS)) {
                    sum(kind, burst, due);
                }
            });
        }
        due.forEach(out);
    }

    /** Writes what is still to be written, at the end. */
    public void flush() {
        List<LogEntry> due = new ArrayList<>();
        synchronized (bursts) {
            bursts.forEach((kind, burst) -> sum(kind, burst, due));
        }
        due.forEach(out);
    }

    private void sum(Kind kind, Burst burst, List<LogEntry> due) {
        if (burst.more > 0) {
            // At the end of the program less time may have passed; what is begun of a second counts as one.
            long begun = 1 + (nanoTime.getAsLong() - burst.since - 1) / TimeUnit.SECONDS.toNanos(1);
            long seconds = Math.min(begun, SECONDS);
            due.add(LogEntry.of(burst.level, "more", kind.plural + ": " + burst.more + " more in " + seconds + " s")
                    .with("kind", Labels.of(kind))
                    .with("count", burst.more)
                    .with("seconds", seconds));
        }
        burst.more = 0;
        burst.said = 0;
    }

    /** The entries of one kind in its current time. */
    private static final class Burst {
        private long since;
        private int said;
        private long more;
        private Level level = Level.INFO;
    }
}
