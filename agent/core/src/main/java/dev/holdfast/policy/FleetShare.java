package dev.holdfast.policy;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The part of a rate of all instances that one instance may use: some of the limit's lanes (see {@link RateLimit}), on
 * lease from a store. An instance that holds a lane may send one attempt in each window by it, without asking anybody.
 * Tokens out of a bucket in the store would cost a round trip for each few attempts, and tell an instance nothing of
 * what it may send while the store is away.
 *
 * <p><b>Never more than the rate.</b> The lanes of all instances together are never more than the rate has, and each
 * instance keeps to its own in any window; so do all together. A lane that is given back is still counted as its former
 * holder's for a window, and the time that an attempt may be on its way, after it was used; one whose holder died, for
 * that long after the lease has ended. An instance declares all lanes that it has in force with each renewal, and never
 * takes more until it is granted them.
 *
 * <p><b>Who gets how many.</b> Each instance says how many it wants. All work out the same shares from what all say:
 * see {@link FairShare}.
 *
 * <p><b>Without the store.</b> A lease is valid for {@value #VALID_MILLIS} ms. After that the instance goes on with its
 * lanes, or its part of the rate by the number of instances if that is less. If its part is more, it takes that when
 * the store must have been away for all: nobody's window holds attempts of a larger share any more.
 *
 * <p><b>After a standstill</b> of the process (a suspended machine, a long collection), others may have been given its
 * lanes meanwhile, by a store that was never away. It sends nothing by itself until it has asked the store and got no
 * answer. A standstill is told by nobody's having looked at the share for as long as a lease is valid.
 *
 * <p>Knows the time that it is told; the store's clock and those of other instances do not matter. Guarded by its own
 * monitor.
 */
public final class FleetShare {
    /** The time for which a lease is valid after it was asked for, in milliseconds. */
    public static final long VALID_MILLIS = 2_000;

    /**
     * The longest time that an instance takes to come back to a store that can be reached again, in milliseconds: the
     * longest pause between two probes, the time limits of a connection, and a second.
     */
    public static final long RETURN_MILLIS = 5_000;

    private static final long VALID = TimeUnit.MILLISECONDS.toNanos(VALID_MILLIS);
    private static final long RETURN = TimeUnit.MILLISECONDS.toNanos(RETURN_MILLIS);

    /** The length of a turn beyond two windows, where there are fewer lanes than instances: some renewals. */
    private static final long TURN = TimeUnit.SECONDS.toNanos(1);

    /** The longest time that calls wait for an answer of the store that decides whether there are lanes. */
    public static final long MOST_AWAITED_NANOS = VALID;

    private final int permits;
    private final long window;
    private final RateLimit limit;
    private final FairShare fair;
    private final int assumedInstances;

    private int instances = 1;
    private boolean started;
    private long startedAt;
    private boolean unreachable;
    private long firstAwaited = MOST_AWAITED_NANOS;
    private long laterAwaited = MOST_AWAITED_NANOS;

    /** The time of the latest look at this. */
    private long seenAt;
    /** True if the process has stood still, and the store has not answered since. */
    private boolean resumed;
    /** The store has been asked since, for the last time at that time, or could not be. */
    private boolean askedSince;

    private long triedAt;
    private boolean failedSince;

    private boolean leased;
    private long validUntil;
    /** The time of the last request that may have reached the store. */
    private long askedAt;

    private boolean replaced;
    private @Nullable FleetShare successor;

    private int hold;
    private int target;
    private Lanes inForce = new Lanes(0, 1);

    /**
     * Some lanes of a window.
     *
     * @param permits attempts in the window
     * @param windows the window, in multiples of the rate's own
     */
    private record Lanes(int permits, int windows) {}

    /**
     * The message of an instance to the store.
     *
     * @param sentAt the time
     * @param declared the lanes that are to be counted as its: those in force, and those of attempts of the last window
     * @param target the lanes that it would have
     * @param wanted the lanes that its calls could use
     * @param alone the lanes that it may have where nothing is known of the others
     * @param fresh whether nothing may be in use by this rate, as far as it knows: it has no lanes, and has not been
     *     without the store
     */
    public record Request(long sentAt, int declared, int target, int wanted, int alone, boolean fresh) {}

    /**
     * A share that no store has granted yet.
     *
     * @param permits attempts of all instances in a window
     * @param window in nanoseconds
     * @param limit keeps to the lanes of this instance; what was sent under it is counted
     * @param assumedInstances how many instances there are at least, as far as shares without a store are concerned
     */
    public FleetShare(int permits, long window, RateLimit limit, int assumedInstances) {
        this.permits = permits;
        this.window = window;
        this.limit = limit;
        this.fair = new FairShare(permits, window);
        this.assumedInstances = Math.max(1, assumedInstances);
    }

    /**
     * Sets for how long calls wait for the store's answer, {@link #MOST_AWAITED_NANOS} at most.
     *
     * @param first for that to the first request
     * @param later for that after a standstill
     */
    public synchronized void awaitStore(long first, long later) {
        firstAwaited = Math.min(first, MOST_AWAITED_NANOS);
        laterAwaited = Math.min(later, MOST_AWAITED_NANOS);
    }

    /**
     * An attempt is about to ask the limit for a turn: puts the lanes of this moment in force.
     *
     * @param anew whether it has not waited for one yet
     * @return false: there are none at the moment
     */
    public synchronized boolean prepare(boolean anew, long now) {
        if (replaced) {
            return successor == null || successor.prepare(anew, now);
        }
        begin(now);
        if (anew) {
            fair.asked(now);
        } else {
            fair.waits(now);
        }
        apply(now);
        return inForce.permits > 0;
    }

    /** A call looks at it: the first one, or the first after a time without any, finds nothing of the store's. */
    private void begin(long now) {
        start(now);
        if (!isValid(now) && fair.isIdle(now)) {
            // It has asked the store no more for so long that this is as its first call.
            leased = false;
            unreachable = false;
            startedAt = now;
        }
    }

    private void start(long now) {
        if (!started) {
            started = true;
            startedAt = now;
            askedAt = now;
            seenAt = now;
        }
        if (now - seenAt > VALID) {
            resumed = true;
            askedSince = false;
            failedSince = false;
        }
        seenAt = now - seenAt > 0 ? now : seenAt;
    }

    /** Returns whether there may soon be more lanes than there are. */
    public synchronized boolean mayGrow(long now) {
        return isAwaited(now) || (isValid(now) && Math.min(hold, target) < permits);
    }

    /**
     * Returns whether there are no lanes yet, but the store is about to answer: the first time, or after a standstill.
     */
    public synchronized boolean isAwaited(long now) {
        if (isValid(now)) {
            return false;
        }
        if (resumed) {
            return !failedSince && !(askedSince && now - triedAt >= laterAwaited);
        }
        return !leased && !unreachable && (!started || now - startedAt < firstAwaited);
    }

    /**
     * Returns whether a call is to wait for the store's answer, as it looks at this before it asks for a turn. See
     * {@link #isAwaited}.
     */
    public synchronized boolean isAwaitedByCall(long now) {
        if (replaced) {
            return successor != null && successor.isAwaitedByCall(now);
        }
        begin(now);
        return isAwaited(now);
    }

    /** Returns whether the store is to be asked even where it is known to be away: the process has stood still. */
    public synchronized boolean mustAsk() {
        return resumed && !failedSince;
    }

    /** Returns whether the lanes are those of a lease, and not a share without the store. */
    public synchronized boolean isLeased(long now) {
        return isValid(now);
    }

    /** Returns the lanes in force. */
    public synchronized int lanes(long now) {
        apply(now);
        return inForce.permits;
    }

    private boolean isValid(long now) {
        return leased && now - validUntil < 0;
    }

    private Lanes of(long now) {
        if (isValid(now)) {
            return new Lanes(Math.min(hold, target), 1);
        }
        if (isAwaited(now)) {
            return new Lanes(0, 1);
        }
        Lanes alone = alone();
        boolean others = leased && !resumed && now - askedAt < VALID + window + RateLimit.way(window) + RETURN;
        boolean less = inForce.windows == 1 && inForce.permits < alone.permits;
        return others && less ? inForce : alone;
    }

    /** The part of the rate by the number of instances: less than one attempt in a window is one in several. */
    private Lanes alone() {
        int all = Math.max(assumedInstances, instances);
        return permits >= all ? new Lanes(permits / all, 1) : new Lanes(1, (all + permits - 1) / permits);
    }

    private void apply(long now) {
        Lanes next = of(now);
        if (replaced || next.equals(inForce)) {
            return;
        }
        inForce = next;
        if (next.permits > 0) {
            limit.change(next.permits, window * next.windows);
        } else {
            // Nobody must wait by a turn to come that keeps the lane from others.
            limit.revoke();
        }
    }

    /** Returns whether the store is to be asked now and then: there were calls lately. */
    public synchronized boolean isActive(long now) {
        if (started) {
            start(now);
        }
        return started && fair.isActive(now);
    }

    /** Returns the lanes that the calls of this instance could use. */
    public synchronized int wanted(long now) {
        return fair.wanted(now, instances);
    }

    /** The store is about to be asked, which may begin with a connection. */
    public synchronized void asking(long now) {
        start(now);
        if (!askedSince) {
            askedSince = true;
            triedAt = now;
        }
    }

    /** Returns what to tell the store now. The lanes do not grow before it has answered, or has not. */
    public synchronized Request request(long now) {
        asking(now);
        apply(now);
        askedAt = now;
        int wanted = fair.wanted(now, instances);
        int alone = alone().windows == 1 ? alone().permits : 0;
        int declared = Math.max(inForce.permits, Math.min(permits, limit.used(now)));
        boolean fresh = declared == 0 && !isValid(now) && !unreachable && !resumed;
        return new Request(now, declared, isValid(now) ? target : Math.max(1, wanted), wanted, alone, fresh);
    }

    /**
     * The store has counted some lanes as this instance's.
     *
     * @param granted how many
     * @param others what the other instances said last
     * @param turn the instance's rank among all, less the lanes of all turns of {@link #turnNanos} that have been:
     *     where there are fewer lanes than instances, it decides who has one
     * @param request what was told
     * @return whether there is more to be had: the store is to be asked once more
     */
    public synchronized boolean granted(int granted, FairShare.Others others, long turn, Request request, long now) {
        instances = others.count() + 1;
        hold = granted;
        target = fair.of(request.wanted(), others, turn);
        leased = true;
        unreachable = false;
        validUntil = request.sentAt() + VALID;
        start(now);
        resumed &= !isValid(now);
        apply(now);
        return target > hold && others.lanes() + hold < permits;
    }

    /** Returns how long a lane is an instance's where they take turns: it changes hands a window after it was used. */
    public static long turnNanos(long window) {
        return 2 * window + TURN;
    }

    /**
     * Hands the limit over, as another configuration is in force: calls that have begun before go by that.
     *
     * @param next the share by the limit from now on; null: the limit is no longer shared
     */
    public synchronized void replacedBy(@Nullable FleetShare next) {
        replaced = true;
        successor = next;
    }

    /** The store cannot be reached, or has not answered the last request. */
    public synchronized void unreachable(long now) {
        start(now);
        unreachable = true;
        failedSince |= askedSince;
    }
}
