package dev.holdfast.observe;

import dev.holdfast.call.PolicyTarget;
import dev.holdfast.policy.BreakerPolicy;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.Mode;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lines about breakers. An outage is one line when a breaker opens, a few while it stays open, at growing
 * intervals, and one when it closes, with what was counted meanwhile; each failed probe only on level
 * {@link Log.Level#DEBUG}. Bounded: the breakers of {@value #MOST} outages are followed at a time. Thread-safe.
 */
final class BreakerLog {
    private static final int MOST = 10_000;
    /** The time between two looks through all targets, of which there may be thousands. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Log log;
    private final ConcurrentHashMap<CircuitBreaker, Outage> outages = new ConcurrentHashMap<>();

    private long lookedAt;

    BreakerLog(Log log, long now) {
        this.log = log;
        this.lookedAt = now;
    }

    /** The counts of one breaker since it opened. */
    private static final class Outage {
        private final PolicyTarget target;
        private final CircuitBreaker breaker;
        private final LongAdder rejected = new LongAdder();
        private final AtomicLong probesFailed = new AtomicLong();
        private final Recurrence recurrence;

        Outage(PolicyTarget target, CircuitBreaker breaker, long now) {
            this.target = target;
            this.breaker = breaker;
            this.recurrence = new Recurrence(now);
        }
    }

    /** A call was rejected by a breaker. On the path of rejected calls: a look-up and a count. */
    void rejected(PolicyTarget target) {
        CircuitBreaker breaker = target.breaker();
        Outage outage = breaker == null ? null : outages.get(breaker);
        if (outage != null) {
            outage.rejected.increment();
        }
    }

    /** A breaker has changed its state. */
    void transition(
            PolicyTarget target,
            CircuitBreaker.State from,
            CircuitBreaker.State to,
            CircuitBreaker.Reason reason,
            long now) {
        CircuitBreaker breaker = target.breaker();
        if (breaker == null) {
            return;
        }
        Outage known = outages.get(breaker);
        if (to == CircuitBreaker.State.CLOSED) {
            if (known != null) {
                closed(known, now);
            }
        } else if (from == CircuitBreaker.State.CLOSED) {
            opened(known == null ? new Outage(target, breaker, now) : known, reason, now);
        } else {
            probed(target, known, to, reason);
        }
    }

    private void opened(Outage outage, CircuitBreaker.Reason reason, long now) {
        boolean say = outage.recurrence.begin(now);
        if (outages.size() < MOST) {
            outages.putIfAbsent(outage.breaker, outage); // also where a tick has just taken it for over
        }
        if (!say) {
            return;
        }
        int times = outage.recurrence.times();
        BreakerPolicy rules = outage.breaker.policy();
        long probe = outage.breaker.nanosToProbe(now);
        String text = "breaker opened"
                + (times == 1
                        ? ""
                        : " for the " + times + (times == 2 ? "nd" : "th") + " time within "
                                + DurationFormat.text(outage.recurrence.episodeNanos(now)))
                + ", " + because(reason, rules) + "; "
                + (rejects(outage) ? "calls are rejected" : "calls pass all the same")
                + ", next probe in " + DurationFormat.text(probe);
        log.say(
                Log.Kind.BREAKER_OPENED,
                Log.entry(Log.Level.WARN, "breaker_opened", outage.target, text)
                        .with("reason", Labels.of(reason))
                        .with("times", times)
                        .with("next_probe_seconds", seconds(probe)));
    }

    private static String because(CircuitBreaker.Reason reason, BreakerPolicy rules) {
        String window = rules.windowCalls() > 0
                ? "the last " + rules.windowCalls() + " calls"
                : "the calls of " + DurationFormat.text(rules.windowNanos());
        return switch (reason) {
            case CONSECUTIVE_FAILURES ->
                rules.failureThreshold() == 1
                        ? "after 1 failure"
                        : "after " + rules.failureThreshold() + " failures in a row";
            case FAILURE_RATE -> percent(rules.failureRate()) + " of " + window + " failed";
            case SLOW_RATE ->
                percent(rules.slowRate()) + " of " + window + " took " + DurationFormat.text(rules.slowNanos())
                        + " or longer";
            case AFTER_HINT -> "after fewer failures than usual, as breakers of other instances have opened";
            default -> reason.text();
        };
    }

    private static String percent(double share) {
        double percent = Math.round(share * 1_000) / 10.0;
        String text = percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
        return "at least " + text + " %";
    }

    private void probed(
            PolicyTarget target, @Nullable Outage outage, CircuitBreaker.State to, CircuitBreaker.Reason reason) {
        boolean failed = to == CircuitBreaker.State.OPEN;
        if (failed && outage != null) {
            outage.probesFailed.incrementAndGet();
        }
        log.say(
                Log.Kind.BREAKER_PROBED,
                Log.entry(
                                Log.Level.DEBUG,
                                failed ? "breaker_probe_failed" : "breaker_half_open",
                                target,
                                failed ? "probe failed, breaker stays open" : "breaker half-open, a probe may pass")
                        .with("reason", Labels.of(reason)));
    }

    private void closed(Outage outage, long now) {
        // Where another thread has opened it again meanwhile, its word may have come before this one: it goes on.
        if (outage.breaker.state() == CircuitBreaker.State.CLOSED && outage.recurrence.end(now)) {
            log.say(
                    Log.Kind.BREAKER_CLOSED,
                    counted(
                            outage,
                            "breaker_closed",
                            Log.Level.INFO,
                            "breaker closed after " + DurationFormat.text(outage.recurrence.lastNanos(now)),
                            now));
        }
    }

    /**
     * Says what is to be said of outages that last, and forgets those that are over. To be called every second or so,
     * by one thread.
     *
     * @param alive the targets that there are: a reload may have put others in their place, with breakers of their own
     */
    void tick(long now, Supplier<Collection<PolicyTarget>> alive) {
        if (outages.isEmpty()) {
            return;
        }
        if (now - lookedAt >= LOOK_NANOS) {
            lookedAt = now;
            Set<CircuitBreaker> breakers = breakers(alive.get());
            for (Map.Entry<CircuitBreaker, Outage> entry : outages.entrySet()) {
                if (!breakers.contains(entry.getKey())) {
                    replaced(entry.getValue(), now);
                }
            }
        }
        outages.values().forEach(outage -> tick(outage, now));
    }

    private static Set<CircuitBreaker> breakers(Collection<PolicyTarget> targets) {
        Set<CircuitBreaker> breakers = Collections.newSetFromMap(new IdentityHashMap<>());
        for (PolicyTarget target : targets) {
            CircuitBreaker breaker = target.breaker();
            if (breaker != null) {
                breakers.add(breaker);
            }
        }
        return breakers;
    }

    private void tick(Outage outage, long now) {
        if (outage.recurrence.isReminderDue(now)) {
            log.say(
                    Log.Kind.BREAKER_STILL_OPEN,
                    counted(
                            outage,
                            "breaker_still_open",
                            Log.Level.WARN,
                            "breaker still open after " + DurationFormat.text(outage.recurrence.lastNanos(now)),
                            now));
        }
        if (outage.recurrence.isOver(now) && outages.remove(outage.breaker, outage)) {
            if (outage.recurrence.isEndUnsaid()) {
                log.say(
                        Log.Kind.BREAKER_CLOSED,
                        counted(
                                outage,
                                "breaker_closed",
                                Log.Level.INFO,
                                "breaker closed for " + Recurrence.QUIET_MINUTES + " min now",
                                now));
            }
        }
    }

    /** A reload has put another breaker in its place, or none. */
    private void replaced(Outage outage, long now) {
        if (outages.remove(outage.breaker, outage) && outage.recurrence.lasts()) {
            log.say(
                    Log.Kind.BREAKER_CLOSED,
                    counted(
                            outage,
                            "breaker_replaced",
                            Log.Level.INFO,
                            "the changed configuration replaces the breaker, open for "
                                    + DurationFormat.text(outage.recurrence.lastNanos(now)),
                            now));
        }
    }

    private static LogEntry counted(Outage outage, String event, Log.Level level, String text, long now) {
        long probes = outage.probesFailed.get();
        long calls = outage.rejected.sum();
        int times = outage.recurrence.times();
        boolean rejects = rejects(outage);
        String counts = (times == 1
                        ? ""
                        : "; opened " + times + " times within "
                                + DurationFormat.text(outage.recurrence.episodeNanos(now)))
                + ": " + probes + (probes == 1 ? " probe" : " probes") + " failed"
                + (rejects ? ", " + calls + (calls == 1 ? " call" : " calls") + " rejected" : "");
        return Log.entry(level, event, outage.target, text + counts)
                .with("open_seconds", seconds(outage.recurrence.lastNanos(now)))
                .with("times", times)
                .with("probes_failed", probes)
                .with("rejected", rejects ? calls : null);
    }

    private static boolean rejects(Outage outage) {
        return outage.target.policy().mode() == Mode.ENFORCE
                && outage.breaker.policy().forced() != BreakerPolicy.Forced.OBSERVE;
    }

    private static double seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos) / 1e3;
    }
}
