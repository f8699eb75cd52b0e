package dev.holdfast.fleet;

import dev.holdfast.call.Privileges;
import java.io.IOException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A daemon thread with a connection of its own, on which all commands of one kind run, one after the other. What waits
 * is bounded by whoever submits it. Thread-safe.
 */
final class StoreThread {
    private final ScheduledThreadPoolExecutor thread;
    /** Only of the thread. */
    private final KeptConnection connection;

    StoreThread(StoreConnection.Connector connector, String name) {
        connection = new KeptConnection(connector);
        thread = new ScheduledThreadPoolExecutor(
                1, task -> Privileges.thread(task, name), new ThreadPoolExecutor.DiscardPolicy());
        // The thread is made here, and not with a call of the program on the stack.
        int unused = thread.prestartAllCoreThreads();
    }

    void execute(Runnable task) {
        thread.execute(task);
    }

    void schedule(Runnable task, long delayNanos) {
        ScheduledFuture<?> unused = thread.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    /** Returns the number of tasks that wait, those included whose time has not come. */
    int waiting() {
        return thread.getQueue().size();
    }

    /**
     * Uses the connection, after opening it where there is none. Called by the thread alone.
     *
     * @throws IOException it failed, and is opened anew the next time, unless it is {@link StoreConnection.Refused}
     */
    <T> @Nullable T use(StoreCommand<T> command) throws IOException {
        try {
            StoreConnection unused = connection.open();
            return command.on(connection);
        } catch (StoreConnection.Refused e) {
            throw e;
        } catch (IOException e) {
            connection.close();
            throw e;
        } catch (RuntimeException | LinkageError e) {
            connection.close();
            throw new IOException(e.getClass().getName(), e);
        }
    }

    /** Returns whether there is a kind of command whose last one the store refused here. */
    boolean refuses() {
        return connection.refuses();
    }

    /** Ends the thread after what it is doing. What waits is not done. */
    void close() {
        thread.getQueue().clear();
        thread.execute(connection::close);
        thread.shutdown();
    }
}
