package dev.holdfast.policy;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The lanes of a rate that an instance should have, by what all want: the max-min fair share, and an equal part of what
 * nobody wants, which is in hand for a burst. Each instance that takes calls has one lane at least, where there are
 * enough; where there are not, they take turns. What an instance wants follows its calls. Guarded by
 * {@link FleetShare}.
 */
public final class FairShare {
    /** Without a call for so long, an instance gives its lanes back and asks the store no more. */
    private static final long IDLE = TimeUnit.MINUTES.toNanos(10);

    /** An attempt that waits looks for a lane more often than that. */
    private static final long WAITING = TimeUnit.SECONDS.toNanos(1);

    private static final double HEADROOM = 1.25;
    private static final double DECAY = 0.8;
    private static final double NO_DEMAND = 0.05;

    private final int permits;
    private final long window;

    private boolean used;
    private long lastUse;
    private long asked;
    private long askedSince;
    private double demand;
    private boolean waited;
    private long waitedAt;

    /**
     * The lanes of the other instances, by what they said last.
     *
     * @param lanes the lanes that are counted as theirs, together
     * @param wants the lanes that each of them wants
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, and compared by nobody
    public record Others(int lanes, int[] wants) {
        /** Returns how many there are. */
        int count() {
            return wants.length;
        }
    }

    FairShare(int permits, long window) {
        this.permits = permits;
        this.window = window;
    }

    /** An attempt asks for a turn. */
    void asked(long now) {
        if (!used) {
            used = true;
            askedSince = now;
        }
        lastUse = now;
        asked++;
    }

    /** An attempt that has asked is still waiting. */
    void waits(long now) {
        waited = true;
        waitedAt = now;
    }

    boolean isActive(long now) {
        return used && now - lastUse < IDLE;
    }

    /** Returns whether there were calls, but none for so long that nothing is kept for the next. */
    boolean isIdle(long now) {
        return used && !isActive(now);
    }

    /**
     * Returns the lanes that the calls of this instance could use.
     *
     * @param instances how many there are: where each can have a lane, it keeps one for its next call
     */
    int wanted(long now, int instances) {
        if (!isActive(now)) {
            return 0;
        }
        long over = now - askedSince;
        if (over > window / 8 && over > 0) {
            demand = Math.max((double) asked * window / over, demand * DECAY);
            asked = 0;
            askedSince = now;
        }
        double most = Math.max(demand, (double) asked);
        boolean waits = waited && now - waitedAt < WAITING;
        if (most < NO_DEMAND && !waits) {
            return permits >= instances ? 1 : 0;
        }
        return (int) Math.max(1, Math.min(permits, Math.ceil(most * HEADROOM)));
    }

    /**
     * Returns the lanes that this instance should have.
     *
     * @param mine the lanes that it wants
     * @param turn the numbers of all instances follow each other; with each turn they are less by the permits, so that
     *     those are next who follow the ones of this turn
     */
    int of(int mine, Others others, long turn) {
        if (mine == 0) {
            return 0;
        }
        int[] wants = Arrays.copyOf(others.wants(), others.count() + 1);
        wants[others.count()] = mine;
        wants = Arrays.stream(wants).filter(want -> want > 0).sorted().toArray();
        int all = wants.length;
        if (permits < all) {
            return Math.floorMod(turn, all) < permits ? 1 : 0;
        }
        int left = permits;
        for (int i = 0; i < all; i++) {
            int equal = left / (all - i);
            if (wants[i] > equal) {
                return Math.min(mine, equal);
            }
            left -= wants[i];
        }
        return mine + left / all;
    }
}
