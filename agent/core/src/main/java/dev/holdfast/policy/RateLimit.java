package dev.holdfast.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * At most N attempts in any window of a length W, wherever the window begins.
 *
 * <p>There are N lanes, which attempts take in rotation. In a lane, the next attempt starts W after the one before has
 * reached the origin. So no window of that length has two attempts of one lane, nor more than N of all.
 *
 * <p><b>At the origin.</b> An attempt reaches the origin some time between its sending and its end, the head of a
 * response or a failure: long after its sending where a connection is opened first. So a lane is free W after the end
 * of its attempt, or after the end of the time that the way may take (half of W, a second at most) if that is sooner:
 * what takes longer is the origin's work. That makes a window longer by the time of an answer, up to that bound;
 * without it two bursts, a window apart and differently fast, would meet at the origin.
 *
 * <p><b>Waiting.</b> Turns are handed out in the order of arrival, future ones too. Whether the attempt before has
 * arrived by then is known only when the time has come, so that whoever waited asks {@link #begin} before the attempt
 * is sent. A turn that was waited for in vain counts as one that was used.
 *
 * <p><b>Memory.</b> {@value #MAX_LANES} lanes at most: under a larger limit each lane takes a group of attempts at a
 * time, and a few permits that do not fill a lane are not used.
 *
 * <p>Guarded by its own monitor, for a few instructions at a time. Lock-free it would be faster than anybody needs who
 * limits his rate, and harder to trust.
 */
public final class RateLimit {
    private static final int MAX_LANES = 1024;
    private static final long LONGEST_WAY = TimeUnit.SECONDS.toNanos(1);

    private int permits;
    private long window;
    private long way;
    private int perLane;
    /** The latest group of each lane; null: the lane was not used yet. */
    private @Nullable Group[] lanes;
    /** The attempts that were sent by lanes that there are no more. */
    private List<Group> earlier = new ArrayList<>();
    /** The number of turns handed out so far. */
    private long next;
    /** The number of changes of the rules. */
    private int version;

    /**
     * A limit under which nothing has been sent.
     *
     * @param permits how many attempts, at least 1
     * @param perNanos in how much time
     */
    public RateLimit(int permits, long perNanos) {
        lanes = new Group[0];
        change(permits, perNanos);
    }

    /**
     * Changes the rules. What was sent counts under the new ones; those who wait for a turn ask for another one.
     *
     * @param newPermits how many attempts, at least 1
     * @param perNanos in how much time
     */
    public synchronized void change(int newPermits, long perNanos) {
        if (newPermits == permits && perNanos == window) {
            return;
        }
        permits = newPermits;
        window = perNanos;
        way = way(perNanos);
        revoke();
    }

    /** Takes back all turns that are to come: those who wait ask for another one. What was sent counts. */
    synchronized void revoke() {
        List<Group> sent = sent();
        perLane = (permits + MAX_LANES - 1) / MAX_LANES;
        version++;
        next = 0;
        lanes = new Group[permits / perLane];
        earlier = new ArrayList<>();
        place(sent);
    }

    /** The attempts that may count still: the latest of each lane, and those that there was no lane for. */
    private List<Group> sent() {
        List<Group> sent = new ArrayList<>(earlier);
        Arrays.stream(lanes)
                .map(RateLimit::used)
                .filter(Objects::nonNull)
                .distinct()
                .forEach(sent::add);
        if (!sent.isEmpty()) {
            long from = sent.get(0).latest();
            sent.sort(Comparator.comparingLong(group -> group.latest() - from));
        }
        return sent;
    }

    /**
     * Puts the latest into the lanes, oldest first: as many as there are lanes hold these up. The others hold up those
     * lanes that may be added soon.
     */
    private void place(List<Group> sent) {
        int lane = lanes.length;
        for (int i = sent.size() - 1; i >= 0; i--) {
            Group group = sent.get(i);
            int copies = group.size <= perLane ? 1 : (group.size + perLane - 1) / perLane;
            if (lane >= copies) {
                for (int copy = 0; copy < copies; copy++) {
                    lanes[--lane] = group;
                }
            } else {
                Arrays.fill(lanes, 0, lane, group);
                lane = 0;
                if (earlier.size() < MAX_LANES) {
                    earlier.add(group);
                }
            }
        }
    }

    /** Returns the longest time that an attempt is on its way, as far as a limit of this window goes. */
    public static long way(long window) {
        return Math.min(window / 2, LONGEST_WAY);
    }

    /** Returns the attempts that lanes are not free for yet, with those whose turn is to come. */
    public synchronized int used(long now) {
        earlier.removeIf(group -> !group.counts(now, window));
        return Stream.concat(Arrays.stream(lanes), earlier.stream())
                .filter(group -> group != null && group.counts(now, window))
                .distinct()
                .mapToInt(group -> group.size)
                .sum();
    }

    /** The latest group of a lane of which anything was sent, or which stands for one. */
    private static @Nullable Group used(@Nullable Group latest) {
        Group group = latest;
        while (group != null && !group.used && group.before != null) {
            group = group.before;
        }
        return group;
    }

    /**
     * Hands out the next turn, if it comes in time.
     *
     * @param now the time now
     * @param maxWait how long the caller would wait, at least 0
     * @return one that has begun where there is nothing to wait for; null: it would be longer, nothing was taken
     */
    public synchronized @Nullable Turn acquire(long now, long maxWait) {
        int lane = (int) (next / perLane % lanes.length);
        boolean opens = next % perLane == 0;
        Group latest = lanes[lane];
        Group before = latest == null || opens ? latest : latest.before;
        long start = before == null ? now : later(now, before.clearAt(now, window));
        if (start - now > maxWait) {
            return null;
        }
        Group group = latest;
        if (group == null || opens) {
            group = new Group(before, start, perLane);
            lanes[lane] = group;
        }
        next++;
        Turn turn = new Turn(group, version, start);
        group.reserve(start, way);
        if (start == now) {
            begun(turn, now);
        }
        return turn;
    }

    /**
     * The wait for a turn is over.
     *
     * @return 0: the attempt is sent now; more than 0: so long it has to wait still; -1: the turn has passed, or the
     *     rules have changed, so that another one is needed
     */
    public synchronized long begin(Turn turn, long now) {
        if (turn.begun) {
            return 0;
        }
        if (turn.version != version || now - turn.start > window) {
            giveUp(turn);
            return -1;
        }
        Group before = turn.group.before;
        long wait = before == null ? 0 : before.clearAt(now, window) - now;
        if (wait > 0) {
            return wait;
        }
        begun(turn, now);
        return 0;
    }

    /** Nobody waits for a turn any more that has not begun. */
    public synchronized void giveUp(Turn turn) {
        if (!turn.begun) {
            turn.begun = true;
            turn.ended = true;
            turn.group.waiting--;
            turn.group.open--;
            turn.group.fold(window);
        }
    }

    /** An attempt has ended that has begun: by now it has reached the origin, if it ever did. */
    public synchronized void end(Turn turn, long now) {
        if (turn.begun && !turn.ended) {
            turn.ended = true;
            turn.group.open--;
            long latest = turn.start + way;
            turn.group.arrival = later(turn.group.arrival, latest - now > 0 ? now : latest);
        }
    }

    private void begun(Turn turn, long now) {
        turn.begun = true;
        turn.start = now;
        turn.group.waiting--;
        turn.group.used = true;
        turn.group.bound = later(turn.group.bound, now + way);
        turn.group.before = null; // has arrived so long ago that it concerns nobody any more
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }

    /** The right to send one attempt, now or at a time to come. Guarded by its limit. */
    public static final class Turn {
        private final Group group;
        private final int version;
        private long start;
        private boolean begun;
        private boolean ended;

        private Turn(Group group, int version, long start) {
            this.group = group;
            this.version = version;
            this.start = start;
        }

        /** Returns the wait before {@link RateLimit#begin}, in nanoseconds, as far as is known; 0: it has begun. */
        public long waitNanos(long now) {
            return Math.max(0, start - now);
        }
    }

    /** The attempts that pass a lane together: one, or some. */
    private static final class Group {
        private @Nullable Group before;
        /** The attempts that it is for. */
        private final int size;
        /** The attempts that have not ended, and those of them that have not begun. */
        private int open;

        private int waiting;
        private boolean used;
        /** The latest start that was promised. */
        private long promised;
        /** The latest time at which the last of those that have ended can have arrived. */
        private long arrival;
        /** The latest time at which the last one arrives. */
        private long bound;

        Group(@Nullable Group before, long start, int size) {
            this.size = size;
            this.before = before;
            this.promised = start;
            this.arrival = start;
            this.bound = start;
        }

        void reserve(long start, long way) {
            open++;
            waiting++;
            promised = later(promised, start);
            bound = later(bound, start + way);
        }

        /** Takes over what the group before has to say, once nothing will come of this one. */
        void fold(long window) {
            Group earlier = before;
            if (open == 0 && !used && earlier != null) {
                // Who is late for his turn may be so by a window.
                long latest = earlier.waiting > 0 ? earlier.bound + window : earlier.latest();
                arrival = later(arrival, latest);
                before = null;
            }
        }

        long latest() {
            return open == 0 ? arrival : bound;
        }

        boolean counts(long now, long window) {
            return clearAt(now, window) - now > 0;
        }

        /** Returns the earliest time at which the lane is free for the next group, as far as is known now. */
        long clearAt(long now, long window) {
            if (open == 0) {
                return arrival + window;
            }
            // Who has not begun may do so at any moment, until his turn has passed.
            boolean mayArrive = bound - now > 0 || (waiting > 0 && now - bound < window);
            return later(arrival, mayArrive ? later(now, promised) : bound) + window;
        }
    }
}
