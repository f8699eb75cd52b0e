package dev.holdfast.client.okhttp;

import dev.holdfast.call.Engine;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs what follows a wait where the program's calls run; where that takes nothing more, or would run it on the thread
 * that hands it over, on a thread of ours: code of the program's runs neither on the timer nor within
 * {@code Call.cancel}. Thread-safe.
 */
final class DispatcherExecutor implements Executor {
    private final Engine engine;
    private final ExecutorService executor;
    private final @Nullable ClassLoader context = Thread.currentThread().getContextClassLoader();

    /**
     * Made on a thread of the dispatcher's.
     *
     * @param executor the dispatcher's
     */
    DispatcherExecutor(Engine engine, ExecutorService executor) {
        this.engine = engine;
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        Handover handover = new Handover(task);
        try {
            executor.execute(handover);
        } catch (RejectedExecutionException e) {
            onThread(task);
        } finally {
            handover.isReturned = true;
        }
    }

    private void onThread(Runnable task) {
        engine.onThread(() -> {
            // The program's callback may look at it.
            Thread.currentThread().setContextClassLoader(context);
            task.run();
        });
    }

    private final class Handover implements Runnable {
        private final Runnable task;
        private final Thread by = Thread.currentThread();
        /** Read by the thread that writes it alone. */
        private boolean isReturned;

        private Handover(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (Thread.currentThread() == by && !isReturned) {
                onThread(task);
            } else {
                task.run();
            }
        }
    }
}
