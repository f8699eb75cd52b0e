package dev.holdfast.observe;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.NegativeLookups;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Target;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Says in a few lines what happens: where there is a burst of one kind, the first {@value #FIRST} in {@value #SECONDS}
 * s and how many more there were. Names policies and origins, never anything of a request. Thread-safe.
 */
public final class Log implements Observer {
    private static final int FIRST = 5;
    private static final int SECONDS = 10;
    private static final int MOST_KINDS_OF_FALLBACK = 10_000;
    private static final int MOST_CALLERS = 1_000;
    private static final int MOST_PROXIES = 1_000;

    /** How much an event matters, the most important first. */
    public enum Level {
        /** Something does not work. */
        ERROR,
        /** An origin fails, or the configuration is doubtful. */
        WARN,
        /** What an operator wants to know. */
        INFO,
        /** Every retry and every rejection. */
        DEBUG
    }

    private enum Kind {
        TRANSITION("breaker transitions"),
        FALLBACK("first fallbacks"),
        RETRY_LAYER("callers that retry too"),
        PROXY("proxies that failed"),
        RETRY("retries"),
        NOT_RETRIED("calls without another retry"),
        REJECTION("rejections"),
        PUSH("words on the push of meters");

        private final String plural;

        Kind(String plural) {
            this.plural = plural;
        }
    }

    private final Consumer<String> out;
    private final LongSupplier nanoTime;
    private final Map<Kind, Burst> bursts = new EnumMap<>(Kind.class);
    private final ConcurrentHashMap<String, Boolean> fallbacksSeen = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Boolean> callersSeen = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Boolean> proxiesSeen = new ConcurrentHashMap<>();
    private volatile boolean lookupNoted;
    private volatile Level level = Level.INFO;

    /**
     * A log on level {@link Level#INFO}.
     *
     * @param out takes one entry, which may have several lines
     * @param nanoTime the clock
     */
    public Log(Consumer<String> out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
    }

    /** The least that is said from now on. */
    public void level(Level least) {
        level = least;
    }

    /** Says something that happens rarely. */
    public void say(Level how, String what) {
        if (says(how)) {
            out.accept(what);
        }
    }

    private boolean says(Level how) {
        return how.compareTo(level) <= 0;
    }

    @Override
    public void transition(
            Target target, CircuitBreaker.State from, CircuitBreaker.State to, CircuitBreaker.Reason reason) {
        Level how = to == CircuitBreaker.State.OPEN ? Level.WARN : Level.INFO;
        if (says(how)) {
            say(
                    Kind.TRANSITION,
                    "breaker of " + target + ": " + words(from) + " -> " + words(to) + ", " + reason.text());
        }
    }

    @Override
    public void fallback(
            Target target, CallInfo call, FallbackPolicy.Strategy strategy, FallbackReason reason, Result result) {
        if (!says(Level.WARN) || fallbacksSeen.size() >= MOST_KINDS_OF_FALLBACK) {
            return;
        }
        String kind = target + ": " + Labels.of(strategy) + ", " + reason.label();
        if (fallbacksSeen.putIfAbsent(kind, true) == null) {
            say(Kind.FALLBACK, "first fallback of " + kind + "; more of the same are only counted");
        }
    }

    @Override
    public void retryLayer(Target target, String caller) {
        if (!says(Level.WARN) || callersSeen.size() >= MOST_CALLERS) {
            return;
        }
        if (callersSeen.putIfAbsent(target + " " + caller, true) == null) {
            say(
                    Kind.RETRY_LAYER,
                    "calls to " + target + " that failed after their retries are made again by " + caller
                            + ": attempts multiply; each such call is paid from the retry budget; more are only counted");
        }
    }

    /**
     * Names a proxy that did not open a tunnel: once for each origin, since the calls to it fail for the same reason.
     */
    private void noteProxy(Target target, Outcome outcome) {
        String proxy = outcome instanceof Outcome.Failure failure ? failure.proxy() : null;
        if (proxy == null || !says(Level.WARN) || proxiesSeen.size() >= MOST_PROXIES) {
            return;
        }
        if (proxiesSeen.putIfAbsent(target + " " + proxy, true) == null) {
            say(
                    Kind.PROXY,
                    "the proxy " + proxy + " did not open a tunnel to " + target.origin()
                            + ": nothing reached the origin; more of the same are only counted");
        }
    }

    /** Names the JVM's memory of failed look-ups, once: it decides when a retry asks a name server again. */
    private void noteLookup(Target target, Outcome outcome) {
        boolean failed = outcome instanceof Outcome.Failure failure && failure.kind() == ErrorKind.DNS_RESOLUTION;
        if (!failed || lookupNoted || !says(Level.WARN)) {
            return;
        }
        long ttl = NegativeLookups.ttlNanos();
        if (ttl == 0) {
            return;
        }
        lookupNoted = true;
        long longest = target.policy().retry().backoff().maxNanos();
        say(
                Level.WARN,
                "the host name of " + target.origin() + " was not found; the JVM remembers that "
                        + (ttl == NegativeLookups.FOREVER
                                ? "for good: no retry asks a name server"
                                : "for " + TimeUnit.NANOSECONDS.toSeconds(ttl) + " s: "
                                        + (ttl <= longest
                                                ? "the retry waits for so long"
                                                : "max_delay forbids to wait for so long, so that retries ask no name server"))
                        + " (security property networkaddress.cache.negative.ttl); said once");
    }

    @Override
    public void retry(Target target, CallInfo call, Outcome because, long delayNanos) {
        noteProxy(target, because);
        noteLookup(target, because);
        if (says(Level.DEBUG)) {
            say(
                    Kind.RETRY,
                    "retry of a call to " + target + " after " + Labels.of(because) + ", in "
                            + TimeUnit.NANOSECONDS.toMillis(delayNanos) + " ms");
        }
    }

    @Override
    public void notRetried(Target target, CallInfo call, Outcome outcome, NotRetried reason) {
        noteProxy(target, outcome);
        noteLookup(target, outcome);
        if (says(Level.DEBUG)) {
            say(
                    Kind.NOT_RETRIED,
                    "no retry of a call to " + target + " after " + Labels.of(outcome) + ": " + Labels.of(reason));
        }
    }

    @Override
    public void rejected(Target target, CallInfo call, Rejection reason) {
        if (says(Level.DEBUG)) {
            say(Kind.REJECTION, "rejected a call to " + target + ": " + Labels.of(reason));
        }
    }

    /** Says how the push of meters fares. */
    public void pushes(Level how, String what) {
        if (says(how)) {
            say(Kind.PUSH, what);
        }
    }

    private static String words(CircuitBreaker.State state) {
        return state == CircuitBreaker.State.HALF_OPEN ? "half-open" : Labels.of(state);
    }

    private synchronized void say(Kind kind, String what) {
        Burst burst = bursts.computeIfAbsent(kind, k -> new Burst());
        long now = nanoTime.getAsLong();
        if (burst.said == 0 || now - burst.since >= TimeUnit.SECONDS.toNanos(SECONDS)) {
            sum(kind, burst);
            burst.since = now;
        }
        if (burst.said < FIRST) {
            burst.said++;
            out.accept(what);
        } else {
            burst.more++;
        }
    }

    /** To be called every second or so: says how many more there were once their time is over. */
    public synchronized void tick() {
        long now = nanoTime.getAsLong();
        bursts.forEach((kind, burst) -> {
            if (burst.said > 0 && now - burst.since >= TimeUnit.SECONDS.toNanos(SECONDS)) {
                sum(kind, burst);
            }
        });
    }

    /** Says what is still to be said, at the end. */
    public synchronized void flush() {
        bursts.forEach(this::sum);
    }

    private void sum(Kind kind, Burst burst) {
        if (burst.more > 0) {
            // At the end of the program less time may have passed; what is begun of a second counts as one.
            long seconds = 1 + (nanoTime.getAsLong() - burst.since - 1) / TimeUnit.SECONDS.toNanos(1);
            out.accept("... " + burst.more + " more " + kind.plural + " in " + Math.min(seconds, SECONDS) + " s");
        }
        burst.more = 0;
        burst.said = 0;
    }

    /** What was said of one kind in its current time. */
    private static final class Burst {
        private long since;
        private int said;
        private long more;
    }
}
