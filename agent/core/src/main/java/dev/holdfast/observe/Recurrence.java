package dev.holdfast.observe;

import java.util.concurrent.TimeUnit;

/**
 * Decides when a condition that lasts or recurs is worth a log line, so that an hour of it costs a handful of lines,
 * and a day a few more. What begins anew within {@value #QUIET_MINUTES} min of its end is the same episode. Without a
 * clock of its own. Thread-safe: its methods are arithmetic under its own lock.
 */
public final class Recurrence {
    /** The time that something has to stay away for its next time to be another episode. */
    static final int QUIET_MINUTES = 10;

    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(QUIET_MINUTES);
    private static final long[] REMINDERS = {
        TimeUnit.MINUTES.toNanos(1), TimeUnit.MINUTES.toNanos(10), TimeUnit.HOURS.toNanos(1), TimeUnit.HOURS.toNanos(6)
    };
    private static final long LATER_REMINDERS = TimeUnit.HOURS.toNanos(24);
    /** A time of the episode whose beginning was not worth a line is worth one if it lasts for so long. */
    private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(5);

    private long firstBegan;
    private long began;
    private long ended;
    private boolean lasting;
    private int times;
    private int reminders;
    /** True where no line says that it began last. */
    private boolean unsaid;

    /** An episode in which nothing has begun yet. */
    public Recurrence(long now) {
        firstBegan = now;
        began = now;
        ended = now;
    }

    /** Begins it. Returns whether a line is due: the first, second, tenth, hundredth… time of the episode. */
    public synchronized boolean begin(long now) {
        if (times == 0) {
            firstBegan = now;
        }
        times++;
        began = now;
        lasting = true;
        unsaid = !isRound(times);
        return !unsaid;
    }

    /** Ends it. Returns whether a line is due: where one says that it began. False where it has ended already. */
    public synchronized boolean end(long now) {
        if (!lasting) {
            return false;
        }
        lasting = false;
        ended = now;
        return !unsaid;
    }

    /**
     * Returns whether it lasts and a line is due: 1 min, 10 min, 1 h, 6 h after the episode began, then once a day; and
     * once where it lasts for 5 min and no line says that it began. Each is told once.
     */
    public synchronized boolean isReminderDue(long now) {
        int passed = reminders;
        while (now - firstBegan >= reminder(passed)) {
            passed++;
        }
        boolean due = lasting && (passed > reminders || (unsaid && now - began >= LONG_NANOS));
        reminders = passed;
        unsaid &= !due;
        return due;
    }

    private static long reminder(int index) {
        return index < REMINDERS.length ? REMINDERS[index] : LATER_REMINDERS * (index - REMINDERS.length + 1);
    }

    /** Returns whether the episode is over: it has not come back for {@value #QUIET_MINUTES} min. */
    public synchronized boolean isOver(long now) {
        return !lasting && now - ended >= QUIET_NANOS;
    }

    /** Returns whether it lasts. */
    public synchronized boolean lasts() {
        return lasting;
    }

    /** Returns whether it has ended and no line says so. */
    synchronized boolean isEndUnsaid() {
        return unsaid && !lasting;
    }

    /** Returns the number of times that it began in this episode. */
    synchronized int times() {
        return times;
    }

    /** Returns the nanoseconds from its last beginning until now, or until it ended. */
    synchronized long lastNanos(long now) {
        return (lasting ? now : ended) - began;
    }

    /** Returns the nanoseconds from the first beginning of the episode until now, or until its last end. */
    synchronized long episodeNanos(long now) {
        return (lasting ? now : ended) - firstBegan;
    }

    /** Returns whether a line is due for something that repeats: the first, second, tenth, hundredth… time. */
    public static boolean isRound(int times) {
        int rest = times;
        while (rest >= 10 && rest % 10 == 0) {
            rest /= 10;
        }
        return rest == 1 || times == 2;
    }
}
