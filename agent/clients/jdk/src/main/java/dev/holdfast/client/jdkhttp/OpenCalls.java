package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.ErrorReporter;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calls under way of each client, so that a client that is closed outlives them (from Java 21 on; before, clients
 * cannot be closed).
 *
 * <p>By its documentation, {@code shutdown} lets all calls that were made before go on to their end, and refuses new
 * ones; and {@code close} waits for that end. The client itself knows of attempts only: during a wait between two there
 * is nothing to wait for, and it would refuse the next. So while a call is under way its client is not told of the
 * shutdown; new calls are refused here in its stead, and it is shut down when the last of them has ended. As it is not
 * shut down, it is not terminated, and {@code awaitTermination} waits. {@code shutdownNow} ends the waits.
 *
 * <p>Thread-safe. Holds clients only while they have calls under way.
 */
final class OpenCalls {
    /** A call that is under way, and its place among those of its client: a list without nodes, as calls are many. */
    abstract static class OpenCall {
        // Guarded by the monitor of the list that it is in.
        private @Nullable ClientCalls in;
        private @Nullable OpenCall previous;
        private @Nullable OpenCall next;

        /** Returns whether it has ended for the application, and only what follows from that is still running. */
        abstract boolean isOver();

        /** Nothing more can be sent: a wait ends now. */
        abstract void stop();
    }

    /** Those of one client. Guarded by its monitor, which is held for moments. */
    private static final class ClientCalls {
        @Nullable
        OpenCall first;
        /** True if it is no longer in the map. */
        boolean left;
        /** True if the client is to be shut down when they have ended. */
        boolean shutdown;

        @Nullable
        CountDownLatch change;

        void add(OpenCall call) {
            OpenCall second = first;
            call.in = this;
            call.next = second;
            if (second != null) {
                second.previous = call;
            }
            first = call;
        }

        void remove(OpenCall call) {
            OpenCall previous = call.previous;
            OpenCall next = call.next;
            if (previous == null) {
                first = next;
            } else {
                previous.next = next;
            }
            if (next != null) {
                next.previous = previous;
            }
            call.in = null;
            call.previous = null;
            call.next = null;
        }

        List<OpenCall> all() {
            List<OpenCall> all = new ArrayList<>();
            for (OpenCall call = first; call != null; call = call.next) {
                all.add(call);
            }
            return all;
        }
    }

    /** True if clients can be closed at all. */
    static final boolean CLOSABLE = Runtime.version().feature() >= 21;

    private final ConcurrentHashMap<HttpClient, ClientCalls> clients = new ConcurrentHashMap<>();
    private final AtomicInteger shuttingDown = new AtomicInteger();
    private final ErrorReporter errorReporter;

    /** Creates an empty set of calls. */
    OpenCalls(ErrorReporter errorReporter) {
        this.errorReporter = errorReporter;
    }

    /** A call begins. */
    void enter(HttpClient client, OpenCall call) {
        while (CLOSABLE) {
            ClientCalls calls = clients.get(client);
            if (calls == null) {
                ClientCalls fresh = new ClientCalls();
                calls = clients.putIfAbsent(client, fresh);
                if (calls == null) {
                    calls = fresh;
                }
            }
            synchronized (calls) {
                if (!calls.left) {
                    calls.add(call);
                    return;
                }
            }
        }
    }

    /** A call has ended. May come more than once. */
    void leave(HttpClient client, OpenCall call) {
        if (!CLOSABLE) {
            return;
        }
        ClientCalls calls = clients.get(client);
        if (calls == null) {
            return; // it had left before
        }
        boolean last = false;
        boolean closes = false;
        synchronized (calls) {
            if (call.in != calls) {
                return;
            }
            calls.remove(call);
            if (calls.change != null) {
                calls.change.countDown();
            }
            if (calls.first == null) {
                calls.left = true;
                last = true;
                closes = calls.shutdown;
            }
        }
        if (last) {
            if (closes) {
                shutDown(client); // first, so that at no moment it takes new calls
                shuttingDown.decrementAndGet();
            }
            clients.remove(client, calls);
        }
    }

    /** Returns whether the client was shut down and takes no new calls, although it does not know that yet. */
    boolean refuses(Object client) {
        if (shuttingDown.get() == 0) {
            return false;
        }
        ClientCalls calls = clients.get((HttpClient) client);
        if (calls == null) {
            return false;
        }
        synchronized (calls) {
            return calls.shutdown;
        }
    }

    /** Returns an exception like the client's own, where it is shut down. */
    static IOException refusal() {
        return new IOException("closed");
    }

    /**
     * The client is to be shut down.
     *
     * @return whether that has to wait for calls
     */
    boolean shutdown(HttpClient client) {
        return awaited(client) != null;
    }

    /** The client is shut down: none of its calls waits any more. */
    void shutdownNow(HttpClient client) {
        ClientCalls calls = clients.get(client);
        if (calls == null) {
            return;
        }
        List<OpenCall> stopped;
        synchronized (calls) {
            stopped = calls.all();
        }
        stopped.forEach(OpenCall::stop);
    }

    /** Returns when no call of the client is under way, or with the thread interrupted: then none waits any more. */
    void close(HttpClient client) {
        try {
            for (CountDownLatch change = awaited(client); change != null; change = awaited(client)) {
                change.await();
            }
        } catch (InterruptedException e) {
            shutdownNow(client);
            Thread.currentThread().interrupt(); // the client ends all others
        }
    }

    /**
     * Marks a client that is to be shut down; gives what the next end of a call counts down, null: none is under way.
     */
    private @Nullable CountDownLatch awaited(HttpClient client) {
        ClientCalls calls = clients.get(client);
        if (calls == null) {
            return null;
        }
        synchronized (calls) {
            boolean idle = true;
            for (OpenCall call : calls.all()) {
                idle &= call.isOver();
            }
            if (idle) {
                return null;
            }
            if (!calls.shutdown) {
                calls.shutdown = true;
                shuttingDown.incrementAndGet();
            }
            CountDownLatch change = calls.change;
            if (change == null || change.getCount() == 0) {
                change = new CountDownLatch(1);
                calls.change = change;
            }
            return change;
        }
    }

    private void shutDown(HttpClient client) {
        try {
            Shutdown.METHOD.invokeExact(client);
        } catch (Throwable e) {
            errorReporter.report("a client is not shut down", e);
        }
    }

    /** The method, which this class, compiled for Java 17, cannot name. */
    private static final class Shutdown {
        static final MethodHandle METHOD = find();

        private Shutdown() {}

        private static MethodHandle find() {
            try {
                return MethodHandles.publicLookup()
                        .findVirtual(HttpClient.class, "shutdown", MethodType.methodType(void.class));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("no HttpClient.shutdown", e);
            }
        }
    }
}
