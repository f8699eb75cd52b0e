package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Step;
import java.net.HttpURLConnection;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Ends an attempt that takes longer than it may: the connection's own timeouts bound each read, not their sum. Started
 * only where a policy sets a time. Disconnecting closes the socket, which ends the read that waits on it.
 */
final class Watchdog implements AutoCloseable {
    private static final Watchdog ASLEEP = new Watchdog();

    private @Nullable Future<?> timer;
    private volatile boolean barked;
    private volatile boolean bodyIsRead;

    private Watchdog() {}

    static Watchdog start(Engine engine, HttpURLConnection connection, Step.Send send) {
        if (send.timeoutNanos() == Long.MAX_VALUE) {
            return ASLEEP;
        }
        Watchdog dog = new Watchdog();
        dog.timer = engine.schedule(
                () -> {
                    dog.barked = true;
                    if (!dog.bodyIsRead) {
                        connection.disconnect();
                    }
                },
                send.timeoutNanos());
        return dog;
    }

    /**
     * From now on only the flag is raised. While a body is read, {@code disconnect} waits for that read to end, and this
     * would be a thread that all calls share; the one that reads looks at the flag, and its reads have a timeout each.
     */
    void bodyIsRead() {
        if (this != ASLEEP) {
            bodyIsRead = true;
        }
    }

    /** Whether the time was up. */
    boolean barked() {
        return barked;
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
