package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Privileges;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.FailOpenSession;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.exchange.HedgedAttempt;
import dev.holdfast.exchange.ResponseStreams;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the second attempt of a hedged call of this client. The first one goes on on the caller's thread; the second
 * has a thread of its own, started only when the time has come. Whichever of the two loses is disconnected, which ends
 * the read that waits on it. Thread-safe.
 */
final class HedgeTransport implements HedgedAttempt.Transport<Attempt> {
    private final FailOpenSession session;
    private final RequestRecorder requestRecorder;
    private final HttpURLConnection first;
    private final ClassLoader context = Thread.currentThread().getContextClassLoader();
    private final Executor rights = Privileges.withCallerPrivileges(Runnable::run);
    private volatile boolean firstLost;
    private volatile boolean secondLost;
    private volatile Step.@Nullable Send sent;

    /**
     * Creates the transport of a call that is about to be sent.
     *
     * @param first the connection of its first attempt
     */
    HedgeTransport(FailOpenSession session, RequestRecorder requestRecorder, HttpURLConnection first) {
        this.session = session;
        this.requestRecorder = requestRecorder;
        this.first = first;
    }

    @Override
    public void execute(Runnable task) {
        session.engine().onThread(() -> {
            // Cookie handlers and authenticators of the application may look at it.
            Thread.currentThread().setContextClassLoader(context);
            rights.execute(task);
        });
    }

    @Override
    public Step.@Nullable Send hedge() {
        return session.hedge();
    }

    @Override
    public Step withdraw(int attempt) {
        return session.withdraw(attempt);
    }

    @Override
    public @Nullable Attempt second(Step.Send send) {
        HttpURLConnection opened = requestRecorder.open(first);
        if (opened == null) {
            return null;
        }
        requestRecorder.number(opened, session.policy().retry(), send.attempt());
        requestRecorder.timeouts().shorten(opened, send);
        sent = send;
        return Attempt.again(opened, requestRecorder);
    }

    /** Sends it on the calling thread, and comes back with its end. */
    @Override
    public void start(Attempt second, Consumer<Step> then) {
        Engine engine = session.engine();
        Step.Send send = sent;
        if (send == null) {
            throw new IllegalStateException("not made");
        }
        Step step;
        try (Watchdog watchdog = Watchdog.start(engine, second.connection(), send)) {
            second.send(requestRecorder, watchdog);
            ConnectionHead head = secondLost ? null : second.head();
            long limit = session.policy().retry().bufferResponseBytes();
            ResponseStreams.Held held = head != null && session.needsBody(head)
                    ? second.holdBack(requestRecorder, limit, watchdog, null)
                    : null;
            step = session.after(
                    send.attempt(),
                    () -> secondLost
                            ? Outcome.Cancelled.INSTANCE
                            : head != null && held != null
                                    ? held.seenWith(head, limit)
                                    : second.outcome(requestRecorder));
            IOException broken = held == null ? null : held.failure();
            if (step instanceof Step.Deliver && broken != null) {
                step = session.bodyLost(() -> FailureClassifier.responseBody(broken));
            }
            if (step instanceof Step.Drop) {
                second.discard();
            }
        }
        then.accept(step);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // which of the two it is
    public void lose(Attempt attempt, Step winner) {
        if (attempt.connection() != first) {
            secondLost = true;
            attempt.connection().disconnect();
        } else if (winner instanceof Step.Deliver) { // else the first one has ended by itself
            firstLost = true;
            first.disconnect();
        }
    }

    /**
     * Returns whether the first attempt was ended because the second decided: what fails there, fails because of that.
     */
    boolean isFirstLost() {
        return firstLost;
    }

    @Override
    public boolean isOver() {
        return false; // who ends the call abandons the attempt
    }

    @Override
    public boolean isRefused(Attempt attempt) {
        return false;
    }
}
