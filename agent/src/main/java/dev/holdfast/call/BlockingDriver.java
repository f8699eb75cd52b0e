package dev.holdfast.call;

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
    }

    /**
     * Runs the call up to {@link Step.Deliver}; the adapter then hands the last result to the application.
     *
     * @throws InterruptedException if the caller was interrupted, while sending or while waiting; the session is cancelled
     */
    public static void run(Engine engine, Session session, Attempt attempt) throws InterruptedException {
        Step step = session.begin(engine.nanoTime());
        try {
            while (!(step instanceof Step.Deliver)) {
                if (step instanceof Step.Wait wait) {
                    TimeUnit.NANOSECONDS.sleep(wait.nanos());
                    step = session.resume(engine.nanoTime());
                } else {
                    step = attempt.send((Step.Send) step);
                }
            }
        } catch (InterruptedException e) {
            session.cancel(engine.nanoTime());
            throw e;
        }
    }
}
