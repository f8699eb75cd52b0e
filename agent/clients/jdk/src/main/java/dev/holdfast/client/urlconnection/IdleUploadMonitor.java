package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Step;
import java.lang.ref.WeakReference;
import java.util.concurrent.Future;

/**
 * Watches an attempt that the application was given to write its request's body to. A program that asked for the stream
 * and then drops the connection tells nobody: the attempt would hold its permit until it is collected. Where the policy
 * says how long an attempt may take, it holds it only as long as that without a byte being written.
 *
 * <p>Nothing is cut: an application that comes back, however late, goes on. Refers to the call weakly. Runs on the
 * timer's thread.
 */
final class IdleUploadMonitor implements Runnable {
    private final Engine engine;
    private final WeakReference<UrlCall> call;
    private final Step.Send send;
    private long written;

    private IdleUploadMonitor(Engine engine, UrlCall call, Step.Send send) {
        this.engine = engine;
        this.call = new WeakReference<>(call);
        this.send = send;
        this.written = call.written();
    }

    /** Begins to watch, where there is a permit to give back and a time after which to do so. */
    static void watch(Engine engine, UrlCall call, Step.Send send) {
        if (send.timeoutNanos() != Long.MAX_VALUE && call.holdsPermit()) {
            new IdleUploadMonitor(engine, call, send).again();
        }
    }

    private void again() {
        Future<?> unused = engine.schedule(this, send.timeoutNanos());
    }

    @Override
    public void run() {
        UrlCall watched = call.get();
        if (watched == null || !watched.awaits(send)) {
            return;
        }
        long now = watched.written();
        if (now != written || !watched.idle(send)) {
            written = now;
            again();
        }
    }
}
