package dev.holdfast.client.jdkhttp;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Describes how a call or a future ended, in words that can be compared: types and messages of exceptions, down the
 * causes.
 */
final class CallEnd {
    private CallEnd() {}

    /** Returns how a call ended. */
    static String of(Callable<?> call) {
        try {
            return "gave " + call.call();
        } catch (Throwable e) {
            return "threw " + chain(e);
        }
    }

    /** Returns how a call ended that may not end, on a thread of its own. */
    static String inTime(Callable<?> call) {
        FutureTask<String> task = new FutureTask<>(() -> of(call));
        Thread thread = new Thread(task, "application");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            thread.interrupt();
            return "pending";
        }
    }

    /** Returns how a future ended, as a dependent sees it, or that it has not in twenty seconds. */
    static String of(CompletableFuture<?> future) throws InterruptedException {
        String seen;
        try {
            // handle, not get: get takes the wrappers off
            seen = future.<String>handle((value, error) -> error == null ? "gave " + value : "threw " + chain(error))
                    .get(20, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return "pending";
        }
        return seen + (future.isCancelled() ? ", cancelled" : "");
    }

    private static String chain(@Nullable Throwable thrown) {
        StringBuilder chain = new StringBuilder();
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            chain.append(chain.isEmpty() ? "" : " <- ")
                    .append(e.getClass().getName())
                    .append(": ")
                    .append(message(e));
        }
        return chain.toString();
    }

    private static String message(Throwable error) {
        String message = String.valueOf(error.getMessage());
        // The JVM words it after the place where it happens; the client numbers its connections and threads.
        return message.startsWith("Cannot invoke")
                ? "of nothing"
                : message.replaceFirst("^SocketTube\\(\\d+\\) \\[[^]]*] ", "");
    }
}
