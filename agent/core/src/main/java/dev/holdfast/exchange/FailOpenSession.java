package dev.holdfast.exchange;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.policy.Policy;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Session} of one call as its client talks to it, at the engine's time. Once an attempt was sent, a defect
 * in Holdfast never costs the application the outcome that there is: where the session or the classification of an
 * outcome throws, the defect is reported and the answer is {@link Step.Deliver}.
 *
 * <p>As thread-safe as the session.
 */
public final class FailOpenSession {
    /** The report of a defect that ends a call before its policy would. */
    public static final String DEFECT = "a call ends with the outcome it has";

    static final String NOT_COUNTED = "a failure was not counted";

    private final Engine engine;
    private final Session session;
    private final ErrorReporter errorReporter;
    /** Written by whoever makes the next attempt then. Before the begin, the time of that; 0: not known. */
    private long sentAt;

    /**
     * A call that has not begun.
     *
     * @param target the target of the call
     * @param call what the client knows about it
     * @param errorReporter receives the defects
     */
    public FailOpenSession(Engine engine, PolicyTarget target, CallInfo call, ErrorReporter errorReporter) {
        this.engine = engine;
        this.session = engine.session(target, call);
        this.errorReporter = errorReporter;
    }

    /** The session itself, for what is asked before anything was sent or cannot fail. */
    public Session session() {
        return session;
    }

    /** The time at which the session was last asked for an attempt, by the engine's clock. */
    long sentAt() {
        return sentAt;
    }

    /**
     * Sets the time at which the call begins, so that the clock is not read for it.
     *
     * @param now by the engine's clock; 0: not known
     */
    void beginsAt(long now) {
        sentAt = now;
    }

    private long now() {
        long now = engine.nanoTime();
        sentAt = now;
        return now;
    }

    /** Clock and timer. */
    public Engine engine() {
        return engine;
    }

    /** The policy under which the call began. */
    public Policy policy() {
        return session.policy();
    }

    /** Reports a defect that ends nothing but what it happened in. */
    public void report(String consequence, Throwable defect) {
        errorReporter.report(consequence, defect);
    }

    /** Reports a defect, without harm to the call. */
    public void report(Throwable defect) {
        errorReporter.report(DEFECT, defect);
    }

    /**
     * Begins the call. A defect here costs it its policy: one attempt is sent, and nothing follows from it.
     *
     * @return see {@link Session#begin}
     */
    public Step begin() {
        try {
            return session.begin(sentAt == 0 ? now() : sentAt);
        } catch (RuntimeException | LinkageError e) {
            report("a call runs without its policy", e);
            cancel();
            return Step.Send.FIRST;
        }
    }

    /**
     * Goes on after a wait.
     *
     * @return see {@link Session#resume}
     */
    public Step resume() {
        try {
            return session.resume(now());
        } catch (RuntimeException | LinkageError e) {
            report(e);
            cancel();
            return Step.Deliver.INSTANCE;
        }
    }

    /**
     * Returns the cut of the body of an attempt's response, where a fault was injected; null: there is none.
     *
     * @param attempt the attempt's number
     */
    public @Nullable BodyCut bodyCut(int attempt) {
        long bytes = session.policy().fault().cutBodyBytes();
        IOException error = bytes == 0 ? null : session.bodyFault(attempt);
        return error == null ? null : new BodyCut(bytes, error);
    }

    /** Returns the cut of the body of the latest attempt's response; see {@link #bodyCut(int)}. */
    public @Nullable BodyCut bodyCut() {
        return session.policy().fault().cutBodyBytes() == 0 ? null : bodyCut(session.currentNumber());
    }

    /** Returns whether a response is judged by its body, too. See {@link Session#needsBody}. */
    public boolean needsBody(Outcome.Response head) {
        try {
            return session.needsBody(head);
        } catch (RuntimeException | LinkageError e) {
            report(e);
            return false;
        }
    }

    /**
     * Tells the session what an attempt gave.
     *
     * @param attempt the attempt's number
     * @return see {@link Session#after}
     */
    public Step after(int attempt, Outcome outcome) {
        try {
            return session.after(attempt, outcome, engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            report(e);
            return Step.Deliver.INSTANCE;
        }
    }

    /**
     * Tells the session of an attempt that failed.
     *
     * @param attempt the attempt's number
     * @param classified gives what it ended in
     * @return see {@link Session#after}
     */
    public Step after(int attempt, Supplier<? extends Outcome> classified) {
        try {
            return session.after(attempt, classified.get(), engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            report(e);
            return Step.Deliver.INSTANCE;
        }
    }

    /**
     * Tells the session that an attempt has waited for something of the program's own.
     *
     * @param attempt the attempt's number
     * @return see {@link Session#heldUp}
     */
    public long heldUp(int attempt, long nanos) {
        try {
            return session.heldUp(attempt, nanos, engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            report(NOT_COUNTED, e);
            return Long.MAX_VALUE;
        }
    }

    /**
     * Tells the session that the client did not take an attempt.
     *
     * @param attempt the attempt's number
     * @return see {@link Session#withdraw}
     */
    public Step withdraw(int attempt) {
        try {
            return session.withdraw(attempt, engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            report(e);
            return Step.Deliver.INSTANCE;
        }
    }

    /**
     * Tells the session that a body which was held back broke.
     *
     * @param classified gives how it broke
     * @return see {@link Session#bodyLost}
     */
    public Step bodyLost(Supplier<Outcome.Failure> classified) {
        try {
            return session.bodyLost(classified.get(), engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            report(e);
            return Step.Deliver.INSTANCE;
        }
    }

    /**
     * Tells the session that a body broke which the application reads.
     *
     * @param classified gives how it broke
     */
    public void bodyFailed(Supplier<Outcome.Failure> classified) {
        try {
            session.bodyFailed(classified.get(), engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            report(NOT_COUNTED, e);
        }
    }

    /** Asks for an attempt beside one that takes long; null: nothing is to be sent. */
    public Step.@Nullable Send hedge() {
        try {
            return session.hedge(now());
        } catch (RuntimeException | LinkageError e) {
            report(e);
            return null;
        }
    }

    /** Ends the call without a fallback, unless one had a response; see {@link Session#fallbackFailed}. */
    public void fallbackFailed() {
        try {
            session.fallbackFailed(engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            report(e);
        }
    }

    /** Ends the call because the application gave it up, or because of a defect: nothing of it counts any more. */
    public void cancel() {
        try {
            session.cancel(engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            report(e);
        }
    }
}
