package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Step;
import java.net.HttpURLConnection;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * Ends an attempt that takes longer than it may: the connection's own timeouts bound each read, not their sum. Started
 * only where a policy sets a time. Disconnecting closes the socket, which ends the read that waits on it; while there
 * is no socket yet, or another one for a redirect, it has no effect, so that it is repeated until the attempt has
 * ended.
 *
 * <p>With the response's head the attempt can no longer be cut: a response that arrived in time is delivered whole.
 */
final class Watchdog implements AutoCloseable {
    private static final long REPEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Watchdog ASLEEP = new Watchdog(null, Long.MAX_VALUE);

    private enum Stage {
        TALKING,
        /** The time was up before the head was there. */
        CUT,
        READING,
        /** The time was up while the body was read. */
        READING_LATE,
        ENDED
    }

    private final @Nullable Engine engine;
    private final long until;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.TALKING);
    private volatile @Nullable Future<?> timer;
    private volatile boolean cutting;

    private Watchdog(@Nullable Engine engine, long until) {
        this.engine = engine;
        this.until = until;
    }

    static Watchdog start(Engine engine, HttpURLConnection connection, Step.Send send) {
        if (send.timeoutNanos() == Long.MAX_VALUE) {
            return ASLEEP;
        }
        Watchdog dog = new Watchdog(engine, engine.nanoTime() + send.timeoutNanos());
        dog.timer = engine.schedule(() -> dog.timeIsUp(engine, connection), send.timeoutNanos());
        return dog;
    }

    private void timeIsUp(Engine running, HttpURLConnection talking) {
        if (stage.compareAndSet(Stage.READING, Stage.READING_LATE)) {
            return;
        }
        if (stage.compareAndSet(Stage.TALKING, Stage.CUT) || stage.get() == Stage.CUT) {
            cut(running, talking);
            timer = running.schedule(() -> timeIsUp(running, talking), REPEAT_NANOS);
        }
    }

    /**
     * Closes the connection. Closing a TLS socket writes to it, which may block: never on the timer's thread, which all
     * calls share.
     */
    private void cut(Engine running, HttpURLConnection talking) {
        if (!(talking instanceof HttpsURLConnection)) {
            talking.disconnect();
        } else if (!cutting) {
            cutting = true;
            running.onThread(() -> {
                talking.disconnect();
                cutting = false;
            });
        }
    }

    /**
     * The attempt has got what it waited for, or failed: nothing is cut any more, and from now on only
     * {@link #timedOut} tells that the time was up. While a body is read, {@code disconnect} would wait for that read
     * to end.
     *
     * @return false: the time was up before, and the connection is cut
     */
    boolean stopCutting() {
        return this == ASLEEP || stage.compareAndSet(Stage.TALKING, Stage.READING) || stage.get() != Stage.CUT;
    }

    /** Returns whether the time was up. */
    boolean timedOut() {
        Stage now = stage.get();
        return now == Stage.CUT || now == Stage.READING_LATE;
    }

    /** Returns the time left, in nanoseconds, at least 0; {@link Long#MAX_VALUE} if there is no limit. */
    long leftNanos() {
        return engine == null ? Long.MAX_VALUE : Math.max(0, until - engine.nanoTime());
    }

    @Override
    public void close() {
        if (this == ASLEEP) {
            return;
        }
        stage.set(Stage.ENDED);
        Future<?> waiting = timer;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }
}
