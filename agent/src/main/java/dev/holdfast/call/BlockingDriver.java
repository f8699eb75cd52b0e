package dev.holdfast.call;

import dev.holdfast.policy.ConcurrencyLimit;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Carries out a call on the caller's thread. Stateless; waits interruptibly and holds no lock. */
public final class BlockingDriver {
    private BlockingDriver() {}

    /** An adapter's side of a blocking call. */
    @FunctionalInterface
    public interface Attempt {
        /**
         * Sends one attempt, tells the session what it gave ({@link Session#after}) and keeps the result for itself: it
         * is delivered if the session says so, and discarded otherwise.
         *
         * @param send which attempt, and how long it may take
         * @return the session's answer
         * @throws InterruptedException if the caller was interrupted; the attempt is then cancelled
         */
        Step send(Step.Send send) throws InterruptedException;

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
         * A wait begins.
         *
         * @param end ends it before its time; may be run later too, to no effect
         */
        default void waiting(Runnable end) {}

        /** Returns whether nothing more can be sent: the call ends with what there is, without waiting for more. */
        default boolean isStopped() {
            return false;
        }
    }

    /**
     * Runs the call up to {@link Step.Deliver}; the adapter then hands the last result to the application.
     *
     * @throws IOException what the application gets in place of a result: the call ended with {@link Step.Reject}
     * @throws InterruptedException if the caller was interrupted, while sending or while waiting; the session is
     *     cancelled
     */
    public static void run(Engine engine, Session session, Attempt attempt) throws IOException, InterruptedException {
        try {
            Step step = session.begin(engine.nanoTime());
            while (!(step instanceof Step.Deliver)) {
                if (step instanceof Step.Wait wait) {
                    pause(wait, attempt);
                    step = attempt.isStopped() ? stopped(engine, session) : session.resume(engine.nanoTime());
                } else if (step instanceof Step.Reject reject) {
                    throw reject.error();
                } else if (step instanceof Step.FallBack fallBack) {
                    step = attempt.fallBack(fallBack);
                    session.fallbackFailed(engine.nanoTime()); // unless one answered
                } else {
                    step = attempt.send((Step.Send) step);
                }
            }
        } catch (Throwable e) {
            // Whatever it is, also what no signature speaks of: nobody goes on with the call, and it must not keep a
            // permit
            // or a probe's lease. Without effect on a call that ended in a rejection.
            session.cancel(engine.nanoTime());
            throw e;
        }
    }

    private static Step stopped(Engine engine, Session session) {
        session.cancel(engine.nanoTime());
        return Step.Deliver.INSTANCE;
    }

    private static void pause(Step.Wait wait, Attempt attempt) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        attempt.waiting(over::countDown);
        ConcurrencyLimit.Ticket ticket = wait.ticket();
        if (ticket != null) {
            ticket.onGranted(over::countDown);
        }
        boolean unused = over.await(wait.nanos(), TimeUnit.NANOSECONDS); // the session looks at the ticket itself
    }
}
