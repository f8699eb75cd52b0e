package dev.holdfast.policy;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Stops calls to an origin that fails, and finds out when it is well again. Lock-free and without a clock of its own.
 *
 * <p>Each state is an object, and a {@link Permit} belongs to the one under which it was given: a result whose state is
 * no longer current is ignored, so that a late answer of an outage cannot open a breaker that has closed since. While
 * closed, and all is well, a call reads the state, and writes nothing (consecutive failures) or one counter (a window).
 *
 * <p>Half-open admits a bounded number of probes at a time. Each holds its place by a lease: a probe that never reports
 * loses it to the next one, so that a lost probe cannot wedge the breaker.
 *
 * <p>A {@link #hint} that the breakers of other instances open halves, for a bounded time, the evidence that a closed
 * breaker needs. Each attempt that it judges by is still its own; an open breaker knows nothing of hints.
 */
public final class CircuitBreaker {
    /** The state of a breaker. */
    public enum State {
        /** Calls pass. */
        CLOSED,
        /** Calls are rejected. */
        OPEN,
        /** A few calls pass, to find out. */
        HALF_OPEN
    }

    /** The reason for a change of state. */
    public enum Reason {
        /** So many failures in a row. */
        CONSECUTIVE_FAILURES("too many failures in a row"),
        /** The share of failures in the window. */
        FAILURE_RATE("too large a share of failures"),
        /** The share of slow calls in the window. */
        SLOW_RATE("too large a share of slow calls"),
        /** The open time is over. */
        OPEN_TIME_OVER("its open time is over"),
        /** A probe failed. */
        PROBE_FAILED("a probe failed"),
        /** Less than it usually takes, after a {@link CircuitBreaker#hint}. */
        AFTER_HINT("too many failures, now that breakers of other instances have opened"),
        /** Enough probes went well. */
        PROBES_SUCCEEDED("enough probes went well");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** Returns the reason as text for people. */
        public String text() {
            return text;
        }
    }

    /** The right to make one attempt. To be handed back by exactly one of the {@code on…} methods. */
    public sealed interface Permit {}

    /** The time for which a hint is taken into account, in nanoseconds. */
    public static final long HINT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** The smallest share that a ramp begins with: none would never end, for nothing would be found out. */
    private static final double FIRST_SHARE = 0.1;

    private final BreakerPolicy policy;
    private final BreakerListener listener;
    private final AtomicReference<Phase> phase;

    /**
     * A closed breaker.
     *
     * @param policy its rules
     * @param listener told of each transition
     */
    public CircuitBreaker(BreakerPolicy policy, BreakerListener listener) {
        this.policy = policy;
        this.listener = listener;
        this.phase = new AtomicReference<>(new Closed(policy, 0, false));
    }

    /**
     * Asks whether an attempt may be made.
     *
     * @param now nanoseconds, here and everywhere from the same clock
     * @param random decides who passes during a ramp, and spreads open times
     * @return the permit, null: rejected
     */
    public @Nullable Permit tryAcquire(long now, RandomGenerator random) {
        switch (policy.forced()) {
            case OPEN -> {
                return null;
            }
            case CLOSED -> {
                return Unrecorded.INSTANCE;
            }
            default -> {}
        }
        Permit permit = acquire(now, random);
        return permit == null && policy.forced() == BreakerPolicy.Forced.OBSERVE ? Unrecorded.INSTANCE : permit;
    }

    private @Nullable Permit acquire(long now, RandomGenerator random) {
        Phase current = current();
        if (current instanceof Closed closed) {
            return closed.ramping && !closed.admits(policy, now, random) ? null : closed;
        }
        if (current instanceof Open open) {
            if (now - open.until < 0) {
                return null;
            }
            HalfOpen next = new HalfOpen(policy.probes(), open.lasted);
            if (phase.compareAndSet(open, next)) {
                listener.transition(State.OPEN, State.HALF_OPEN, Reason.OPEN_TIME_OVER, now);
            }
            current = current();
        }
        // Another thread may have got further meanwhile; then the next call will see that.
        return current instanceof HalfOpen halfOpen ? halfOpen.tryProbe(policy.probeLeaseNanos(), now) : null;
    }

    /**
     * An attempt went well.
     *
     * @param permit the attempt's
     * @param took how long it took
     * @param now when it ended
     * @param random see {@link #tryAcquire}
     * @return how many failures in a row this ended, for {@link #onLateFailure}
     */
    public int onSuccess(Permit permit, long took, long now, RandomGenerator random) {
        if (permit instanceof Closed closed && closed.window == null) {
            return closed == phase.get() ? closed.consecutiveFailures(false) : 0; // what all calls do while all is well
        }
        return record(permit, false, took, now, random);
    }

    /** An attempt failed. See {@link #onSuccess}. */
    public void onFailure(Permit permit, long took, long now, RandomGenerator random) {
        int unused = record(permit, true, took, now, random);
    }

    /**
     * An attempt that was taken for a success at its response's head failed later, in the body. The failures in a row
     * go on as if there had been no success; in a window, the attempt then counts twice.
     *
     * @param permit the attempt's
     * @param ended what {@link #onSuccess} gave
     * @param now when it failed
     * @param random see {@link #tryAcquire}
     */
    public void onLateFailure(Permit permit, int ended, long now, RandomGenerator random) {
        if (permit instanceof Closed closed && closed == phase.get()) {
            closed.consecutiveFailures.addAndGet(ended);
            onFailure(permit, 0, now, random);
        } else if (permit instanceof Probe probe && probe.of == phase.get()) {
            openAgain(probe.of, now, random);
        }
    }

    /** An attempt came to nothing that says anything about the origin: it was cancelled, or interrupted. */
    public void onIgnored(Permit permit) {
        if (permit instanceof Probe probe) {
            probe.giveBack();
        }
    }

    /**
     * Other instances' breakers for the same origin have opened, each by what it saw itself. For {@link #HINT_NANOS},
     * half as many failures in a row, and half as many calls in the window, are enough to open this one; the shares of
     * failures and of slow calls stay. It opens with an attempt of its own that fails, or is slow, and never with the
     * hint. A breaker that closes has forgotten it.
     *
     * @return whether it is taken into account: the breaker is closed, and outcomes decide
     */
    public boolean hint(long now) {
        boolean decided =
                policy.forced() == BreakerPolicy.Forced.NONE || policy.forced() == BreakerPolicy.Forced.OBSERVE;
        if (decided && current() instanceof Closed closed) {
            closed.hintedUntil = now + HINT_NANOS;
            closed.hinted = true;
            return true;
        }
        return false;
    }

    /** Half of a number, but 2 at least: one failure by chance is no evidence where the file asks for more. */
    public static int afterHint(int number) {
        return number <= 2 ? number : Math.max(2, number / 2 + number % 2);
    }

    private int record(Permit permit, boolean failure, long took, long now, RandomGenerator random) {
        boolean slow = policy.slowNanos() > 0 && took >= policy.slowNanos();
        if (permit instanceof Closed closed) {
            if (closed == phase.get()) {
                int ended = closed.consecutiveFailures(failure);
                Reason reason = closed.record(policy, ended, failure, slow, now);
                if (reason != null) {
                    open(closed, policy.openNanos(), reason, now, random);
                }
                return failure ? 0 : ended;
            }
        } else if (permit instanceof Probe probe && probe.giveBack() && probe.of == phase.get()) {
            if (failure || (slow && policy.slowRate() > 0)) {
                openAgain(probe.of, now, random);
            } else if (probe.of.successes.incrementAndGet() == policy.successThreshold()) {
                if (phase.compareAndSet(probe.of, new Closed(policy, now, policy.rampNanos() > 0))) {
                    listener.transition(State.HALF_OPEN, State.CLOSED, Reason.PROBES_SUCCEEDED, now);
                }
            }
        }
        return 0;
    }

    private void openAgain(HalfOpen from, long now, RandomGenerator random) {
        long longer = Math.min(policy.maxOpenNanos(), saturatedDouble(from.openBefore));
        open(from, longer, Reason.PROBE_FAILED, now, random);
    }

    private void open(Phase from, long lasting, Reason reason, long now, RandomGenerator random) {
        double spread = policy.openJitter() == 0 ? 0 : (random.nextDouble() * 2 - 1) * policy.openJitter();
        Open open = new Open(now + (long) (lasting * (1 + spread)), lasting, reason);
        if (phase.compareAndSet(from, open)) {
            listener.transition(from.state(), State.OPEN, reason, now);
        }
    }

    private Phase current() {
        return Objects.requireNonNull(phase.get());
    }

    private static long saturatedDouble(long nanos) {
        return nanos > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : nanos * 2;
    }

    /** The state now. An open breaker whose time is over stays open until the next call asks. */
    public State state() {
        return policy.forced() == BreakerPolicy.Forced.OPEN
                ? State.OPEN
                : policy.forced() == BreakerPolicy.Forced.CLOSED
                        ? State.CLOSED
                        : current().state();
    }

    /**
     * Returns whether an attempt would be rejected now for being open; says nothing of probes and ramps. Takes no
     * permit.
     */
    public boolean rejects(long now) {
        return nanosToProbe(now) > 0 && policy.forced() != BreakerPolicy.Forced.OBSERVE;
    }

    /**
     * Returns the time until the next probe may pass, in nanoseconds: 0 where calls pass, or may pass, now;
     * {@link Long#MAX_VALUE} for never.
     */
    public long nanosToProbe(long now) {
        if (policy.forced() == BreakerPolicy.Forced.OPEN) {
            return Long.MAX_VALUE;
        }
        return policy.forced() != BreakerPolicy.Forced.CLOSED && current() instanceof Open open
                ? Math.max(0, open.until - now)
                : 0;
    }

    /**
     * Returns the reason why it is open: the last failed probe, or what opened it in the first place; null where it is
     * not open.
     */
    public @Nullable Reason openBecause() {
        return current() instanceof Open open ? open.reason : null;
    }

    /** The rules. */
    public BreakerPolicy policy() {
        return policy;
    }

    /** A state with what it has seen. */
    private sealed interface Phase {
        State state();
    }

    private static final class Closed implements Phase, Permit {
        private final long since;
        private final boolean ramping;
        private final AtomicInteger consecutiveFailures = new AtomicInteger();
        private final @Nullable OutcomeWindow window;
        private volatile boolean hinted;
        /** Written before {@link #hinted}. */
        private long hintedUntil;

        Closed(BreakerPolicy policy, long since, boolean ramping) {
            this.since = since;
            this.ramping = ramping;
            this.window = policy.usesWindow() ? OutcomeWindow.of(policy.windowCalls(), policy.windowNanos()) : null;
        }

        @Override
        public State state() {
            return State.CLOSED;
        }

        boolean admits(BreakerPolicy policy, long now, RandomGenerator random) {
            double share = Math.max(FIRST_SHARE, (double) (now - since) / policy.rampNanos());
            return share >= 1 || random.nextDouble() < share;
        }

        /** After a failure, how many in a row there are now; after a success, how many it ended. */
        int consecutiveFailures(boolean failure) {
            if (failure) {
                return consecutiveFailures.incrementAndGet();
            }
            return consecutiveFailures.get() == 0 ? 0 : consecutiveFailures.getAndSet(0);
        }

        /** Records an outcome and returns the reason for which the breaker must open now, or null. */
        @Nullable
        Reason record(BreakerPolicy policy, int row, boolean failure, boolean slow, long now) {
            if (failure && policy.failureThreshold() > 0 && row >= policy.failureThreshold()) {
                return Reason.CONSECUTIVE_FAILURES;
            }
            OutcomeWindow outcomes = window;
            Reason reason = null;
            if (outcomes != null) {
                outcomes.record(failure, slow, now);
                reason = outcomes.mayBeBad(now) ? judge(policy, policy.minimumCalls(), outcomes.counts(now)) : null;
            }
            boolean bad = failure || (slow && policy.slowRate() > 0);
            return reason == null && bad && hinted && now - hintedUntil < 0
                    ? judgeAfterHint(policy, row, failure, outcomes, now)
                    : reason;
        }

        private static @Nullable Reason judgeAfterHint(
                BreakerPolicy policy, int row, boolean failure, @Nullable OutcomeWindow outcomes, long now) {
            int threshold = policy.failureThreshold();
            boolean inRow = failure && threshold > 0 && row >= afterHint(threshold);
            boolean rate =
                    outcomes != null && judge(policy, afterHint(policy.minimumCalls()), outcomes.counts(now)) != null;
            return inRow || rate ? Reason.AFTER_HINT : null;
        }

        private static @Nullable Reason judge(BreakerPolicy policy, int minimumCalls, OutcomeWindow.Counts counts) {
            if (counts.calls() < Math.max(1, minimumCalls)) {
                return null;
            }
            if (policy.failureRate() > 0 && counts.failures() >= policy.failureRate() * counts.calls()) {
                return Reason.FAILURE_RATE;
            }
            if (policy.slowNanos() > 0
                    && policy.slowRate() > 0
                    && counts.slow() >= policy.slowRate() * counts.calls()) {
                return Reason.SLOW_RATE;
            }
            return null;
        }
    }

    private record Open(long until, long lasted, Reason reason) implements Phase {
        @Override
        public State state() {
            return State.OPEN;
        }
    }

    private static final class HalfOpen implements Phase {
        private final AtomicReferenceArray<@Nullable Probe> probePermits;
        private final long openBefore;
        private final AtomicInteger successes = new AtomicInteger();

        HalfOpen(int probes, long openBefore) {
            this.probePermits = new AtomicReferenceArray<>(probes);
            this.openBefore = openBefore;
        }

        @Override
        public State state() {
            return State.HALF_OPEN;
        }

        /** A free place, else that of the probe whose lease ran out first: a late result is better than none. */
        @Nullable
        Probe tryProbe(long lease, long now) {
            Probe oldest = null;
            for (int i = 0; i < probePermits.length(); i++) {
                Probe holder = probePermits.get(i);
                if (holder == null) {
                    Probe probe = new Probe(this, i, now + lease);
                    if (probePermits.compareAndSet(i, null, probe)) {
                        return probe;
                    }
                } else if (now - holder.until >= 0 && (oldest == null || holder.until - oldest.until < 0)) {
                    oldest = holder;
                }
            }
            if (oldest == null) {
                return null;
            }
            Probe probe = new Probe(this, oldest.place, now + lease);
            return probePermits.compareAndSet(oldest.place, oldest, probe) ? probe : null;
        }
    }

    private static final class Probe implements Permit {
        private final HalfOpen of;
        private final int place;
        private final long until;

        Probe(HalfOpen of, int place, long until) {
            this.of = of;
            this.place = place;
            this.until = until;
        }

        /** Frees the place. False: it was lost to another probe, or given back before. */
        boolean giveBack() {
            return of.probePermits.compareAndSet(place, this, null);
        }
    }

    private static final class Unrecorded implements Permit {
        static final Unrecorded INSTANCE = new Unrecorded();
    }
}
