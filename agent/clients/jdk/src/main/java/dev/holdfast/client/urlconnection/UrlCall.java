package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.FailOpenSession;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.instrumentation.AdapterContext;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The course of one call of {@code HttpURLConnection}: attempt after attempt, each on a connection of its own, as the
 * {@link Session} says, until the call is <em>settled</em>: the current attempt is the application's.
 *
 * <p>As safe for threads as the JDK's connection: what talks excludes each other by a lock (no monitor, since virtual
 * threads come here), and {@link #disconnect} may come from elsewhere at any time.
 */
final class UrlCall extends CallAttempts {
    private final ReentrantLock lock = new ReentrantLock();

    /** A call that has not begun, with a connection that has not talked. */
    UrlCall(
            Engine engine,
            PolicyTarget target,
            HttpURLConnection first,
            RequestRecorder requestRecorder,
            AdapterContext context) {
        super(engine, target, first, requestRecorder, context);
    }

    /**
     * Opens a connection, the first or one of a further attempt, without asking for an answer. One that a fallback has
     * answered instead is not opened.
     */
    void establish(Attempt.Opening opening) throws IOException {
        lock.lock();
        try {
            if (settled) {
                opening.on(attempt.connection());
                return;
            }
            boolean begins = session == null;
            disconnectSignal.entered();
            onlyOpening = true;
            opened(opening, begins);
        } catch (RuntimeException | Error e) {
            abort(e);
            throw e;
        } finally {
            onlyOpening = false;
            lock.unlock();
        }
    }

    void opened(Attempt.Opening opening, boolean begins) throws IOException {
        try {
            Step.Send send = begun(true);
            while (send != null) {
                boolean open;
                try (Watchdog watchdog = Watchdog.start(engine, attempt.connection(), send)) {
                    open = attempt.open(opening, watchdog);
                }
                if (open) {
                    IdleUploadMonitor.watch(engine, this, send);
                    return;
                }
                if (!again(onOutcome(send))) {
                    throwRaised();
                    return; // a fallback has answered, or an earlier attempt's answer is the call's
                }
                send = begun(true);
            }
        } catch (ProtocolException e) {
            if (begins) {
                abandon(); // nothing was sent, and the application may give it up
            }
            throw e;
        }
    }

    /**
     * Runs the call to its end unless it is there already.
     *
     * @return whether it was this very entry that did
     */
    boolean settle() throws IOException {
        if (settled) {
            return false;
        }
        lock.lock();
        try {
            if (settled) {
                return false;
            }
            disconnectSignal.entered();
            Step.Send open = sending;
            if (open != null) {
                syncMethod(); // it was opened before
                requestRecorder.complete(attempt.connection());
                session().goesOn(open.attempt());
            }
            Step.Send send = begun(false);
            while (send != null && again(sent(send))) {
                send = begun(false);
            }
            return true;
        } catch (RuntimeException | Error e) {
            abort(e);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Disconnects. Called by another thread during the call: aborts it. Otherwise ends what was begun, if anything was:
     * the application may never ask for the response, and if it does, the JDK connects again, which is another call.
     */
    void disconnect() {
        disconnectSignal.add();
        CallFallback asked = fallback;
        if (asked != null) {
            asked.abandon();
        }
        attempt.connection().disconnect();
        if (!lock.isHeldByCurrentThread() && lock.tryLock()) {
            try {
                abandon();
            } finally {
                lock.unlock();
            }
        }
    }

    /** The body that the application writes to a stream of the JDK's, recorded for a next attempt. */
    Upload upload(OutputStream stream) {
        return Upload.of(
                stream,
                target.policy().retry(),
                engine.replayMemory(),
                requestRecorder.announcedLength(),
                this::uploadBroke);
    }

    /**
     * The application has not written for as long as an attempt may take. Called by the timer's thread, which must not
     * wait.
     *
     * @return false: somebody talks at this moment, so that it is to be asked again
     */
    @SuppressWarnings("ReferenceEquality") // a later call on the same connection may send an equal one
    boolean idle(Step.Send send) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            FailOpenSession begun = session;
            if (sending == send && begun != null) {
                begun.session().idle(send.attempt());
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether an attempt is still to be sent, or to be brought to its end. */
    @SuppressWarnings("ReferenceEquality") // a later call on the same connection may send an equal one
    boolean awaits(Step.Send send) {
        return !settled && sending == send;
    }

    /**
     * The application could not write its streamed body to the end. The attempt ends at once: the application has its
     * exception, and may never ask for anything more. If it does, it gets what the JDK's connection has to say.
     *
     * @param error what it got, null: by its own mistake
     */
    void uploadBroke(@Nullable IOException error) {
        if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
            return; // the thread that waits for the answer will tell
        }
        try {
            Step.Send send = sending;
            if (send == null) {
                return;
            }
            Step unused = after(
                    send.attempt(),
                    error == null || disconnectSignal.abandoned()
                            ? Outcome.Cancelled.INSTANCE
                            : FailureClassifier.requestBody(error));
            settleNow();
        } finally {
            lock.unlock();
        }
    }
}
