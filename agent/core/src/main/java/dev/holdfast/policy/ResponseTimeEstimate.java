package dev.holdfast.policy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The response time of an origin, estimated as TCP estimates a round trip (RFC 6298, section 2): a smoothed mean and a
 * smoothed mean deviation, each sample weighing an eighth and a quarter. Two questions are answered from it: what an
 * attempt needs on the average, and from when on it is telling that there is no answer.
 *
 * <p>Lock-free, allocates nothing, and takes one word: microseconds, the mean in the upper half, the deviation in the
 * lower one. Of two samples that come together one may be lost, which an estimate can bear; so recording is a read and
 * a store without a fence.
 */
public final class ResponseTimeEstimate {
    /**
     * {@link #patienceNanos} while no answer has come yet: the time after which TCP repeats the first packet of a
     * connection whose round trip it does not know (RFC 6298, section 2.1).
     */
    public static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * The least {@link #patienceNanos}: a lost packet is repeated after at least so long (Linux' {@code TCP_RTO_MIN}),
     * and the loss of one says nothing about the origin, however quick its answers are.
     */
    public static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Some 35 minutes; what is slower counts as that. */
    private static final long LARGEST = Integer.MAX_VALUE;

    private static final long LOWER = 0xFFFF_FFFFL;

    /** 0: nothing is known. */
    private final AtomicLong meanAndDeviation = new AtomicLong();

    /** Adds an attempt that was answered after so many nanoseconds. */
    public void record(long nanos) {
        long sample = Math.max(1, Math.min(LARGEST, nanos / 1_000));
        long before = meanAndDeviation.getOpaque();
        long mean = before >>> 32;
        long deviation = before & LOWER;
        if (mean == 0) {
            mean = sample;
            deviation = sample / 2;
        } else {
            deviation += (Math.abs(sample - mean) - deviation) / 4;
            mean += (sample - mean) / 8;
        }
        long after = mean << 32 | deviation;
        if (after != before) {
            meanAndDeviation.setOpaque(after);
        }
    }

    /** Returns the mean response time in nanoseconds; 0 before the first response. */
    public long meanNanos() {
        return (meanAndDeviation.getOpaque() >>> 32) * 1_000;
    }

    /**
     * Returns the time in nanoseconds after which an attempt without a response is a sign of trouble: the mean and four
     * times the deviation (RFC 6298's retransmission timeout), which nearly all answers keep to; at least
     * {@link #LEAST_NANOS}, and {@link #UNKNOWN_NANOS} while nothing is known.
     */
    public long patienceNanos() {
        long both = meanAndDeviation.getOpaque();
        return both == 0 ? UNKNOWN_NANOS : Math.max(LEAST_NANOS, ((both >>> 32) + 4 * (both & LOWER)) * 1_000);
    }
}
