package dev.holdfast.client.jdkhttp;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The context that a tracing agent considers current at this object's creation, kept for a task on another thread: the
 * request to another origin is sent from a thread of the client, in the middle of the attempt before, whose span is the
 * current one there. A tracer takes a call within that for a part of it, and gives it neither a span nor a header.
 *
 * <p>Knows no such agent. All of them hand on what is current along with a task that is given to an executor of the
 * JDK; so a task is given to one that has no thread to run it, and taken back as they have left it. Made only for calls
 * that may go elsewhere: it costs about as much as a small object graph.
 */
final class CapturedContext {
    private final ContextTask contextTask = new ContextTask();
    private final @Nullable Runnable carried;

    private CapturedContext() {
        ThreadPoolExecutor noThreads =
                new ThreadPoolExecutor(0, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> null);
        noThreads.execute(contextTask);
        carried = noThreads.getQueue().poll();
    }

    /** Those of the calling thread, now. */
    static CapturedContext here() {
        return new CapturedContext();
    }

    /** Runs something within them, on the calling thread. Of use once; later, it runs in those of the caller. */
    void run(Runnable task) {
        contextTask.task = task;
        if (carried != null) {
            carried.run();
        }
        contextTask.run(); // unless it ran
    }

    /** A class with a name: some agents see nothing else. */
    private static final class ContextTask implements Runnable {
        private volatile @Nullable Runnable task;

        @Override
        public void run() {
            Runnable current = task;
            if (current != null) {
                task = null;
                current.run();
            }
        }
    }
}
