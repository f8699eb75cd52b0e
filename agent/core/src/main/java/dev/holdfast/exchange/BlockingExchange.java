package dev.holdfast.exchange;

import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.policy.ConcurrencyLimit;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Carries out a call on the caller's thread. Stateless; waits interruptibly and holds no lock. */
public final class BlockingExchange {
    private BlockingExchange() {}

    /** The side of a client between two attempts of a blocking call. */
    public interface Pauses {
        /**
         * Asks the fallback strategies.
         *
         * @return {@link Step.Deliver} where one has an answer, which is kept and delivered; else what the step has for
         *     that
         */
        default Step fallBack(Step.FallBack step) throws InterruptedException {
            return step.otherwise();
        }

        /**
         * A wait begins, or goes on.
         *
         * @param end ends it before its time; may be run later too, to no effect
         */
        default void waiting(Runnable end) {}

        /** Returns whether a wait that was ended goes on for the rest of its time: nobody had a reason to end it. */
        default boolean waitsOn() {
            return false;
        }

        /** Returns whether nothing more can be sent: the call ends with what there is, without waiting for more. */
        default boolean isStopped() {
            return false;
        }
    }

    /** The side of a client in a blocking call that it sends as a whole. */
    @FunctionalInterface
    public interface Transport extends Pauses {
        /**
         * Sends one attempt, tells the session what it gave ({@link FailOpenSession#after}) and keeps the result for
         * itself: it is delivered if the session says so, and discarded otherwise.
         *
         * @param send which attempt, and how long it may take
         * @return the session's answer
         * @throws InterruptedException if the caller was interrupted; the attempt is then cancelled
         */
        Step send(Step.Send send) throws InterruptedException;
    }

    /**
     * Runs the call up to {@link Step.Deliver}; the client then hands the last result to the application.
     *
     * @throws IOException what the application gets in place of a result: the call ended with {@link Step.Reject}
     * @throws InterruptedException if the caller was interrupted, while sending or while waiting; the session is
     *     cancelled
     */
    public static void run(FailOpenSession session, Transport transport) throws IOException, InterruptedException {
        try {
            Step.Send send = next(session, session.begin(), transport);
            while (send != null) {
                send = next(session, transport.send(send), transport);
            }
        } catch (Throwable e) {
            // Whatever it is, also what no signature speaks of: nobody goes on with the call, and it must not keep a
            // permit or a probe's lease. Without effect on a call that ended in a rejection.
            session.cancel();
            throw e;
        }
    }

    /**
     * Goes on from a step of the session to the next attempt: waits, and asks the fallback strategies at the end. For a
     * client whose application comes in between two steps of an attempt; the others {@link #run}.
     *
     * @param from what the session said
     * @return what is to be sent; null: the call has ended, and {@link Pauses#isStopped} or
     *     {@link Session#deliversPrevious} says more about the outcome to deliver
     * @throws IOException see {@link #run}
     * @throws InterruptedException if the caller was interrupted while waiting
     */
    public static Step.@Nullable Send next(FailOpenSession session, Step from, Pauses pauses)
            throws IOException, InterruptedException {
        Step step = from;
        while (!(step instanceof Step.Send)) {
            if (step instanceof Step.Wait wait) {
                pause(wait, pauses);
                step = pauses.isStopped() ? stopped(session) : session.resume();
            } else if (step instanceof Step.FallBack fallBack) {
                step = pauses.fallBack(fallBack);
                session.fallbackFailed(); // unless one answered
            } else if (step instanceof Step.Reject reject) {
                throw reject.error();
            } else {
                return null;
            }
        }
        return (Step.Send) step;
    }

    private static Step stopped(FailOpenSession session) {
        session.cancel();
        return Step.Deliver.INSTANCE;
    }

    private static void pause(Step.Wait wait, Pauses pauses) throws InterruptedException {
        long begun = System.nanoTime();
        Semaphore over = new Semaphore(0);
        ConcurrencyLimit.Ticket ticket = wait.ticket();
        if (ticket != null) {
            ticket.onGranted(over::release); // the session looks at the ticket itself
        }
        do {
            pauses.waiting(over::release);
        } while (over.tryAcquire(wait.nanos() - (System.nanoTime() - begun), TimeUnit.NANOSECONDS) && pauses.waitsOn());
    }
}
