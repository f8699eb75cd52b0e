package dev.holdfast.client.jdkhttp;

import dev.holdfast.weave.Defects;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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
    /** A call that is under way. */
    interface OpenCall {
        /** Whether it has ended for the application, and only what follows from that is still running. */
        boolean isOver();

        /** Nothing more can be sent: a wait ends now. */
        void stop();
    }

    /** Of one client. Guarded by the map's computation for that client. */
    private static final class ClientCalls {
        final Set<OpenCall> calls = Collections.newSetFromMap(new IdentityHashMap<>());
        /** Whether the client is to be shut down when they have ended. */
        boolean shutdown;

        @Nullable
        CountDownLatch change;

        boolean isIdle() {
            for (OpenCall call : calls) {
                if (!call.isOver()) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final boolean CLOSABLE = Runtime.version().feature() >= 21;

    private final ConcurrentHashMap<HttpClient, ClientCalls> clients = new ConcurrentHashMap<>();
    private final AtomicInteger shuttingDown = new AtomicInteger();
    private final Defects defects;

    /** No calls. */
    OpenCalls(Defects defects) {
        this.defects = defects;
    }

    /** A call begins. */
    void enter(HttpClient client, OpenCall call) {
        if (CLOSABLE) {
            clients.compute(client, (key, known) -> {
                ClientCalls of = known == null ? new ClientCalls() : known;
                of.calls.add(call);
                return of;
            });
        }
    }

    /** A call has ended. May come more than once. */
    void leave(HttpClient client, OpenCall call) {
        if (!CLOSABLE) {
            return;
        }
        boolean[] last = {false};
        clients.computeIfPresent(client, (key, of) -> {
            of.calls.remove(call);
            if (of.change != null) {
                of.change.countDown();
            }
            if (!of.calls.isEmpty()) {
                return of;
            }
            last[0] = of.shutdown;
            return null;
        });
        if (last[0]) {
            shutDown(client); // first, so that at no moment it takes new calls
            shuttingDown.decrementAndGet();
        }
    }

    /** Whether the client was shut down and takes no new calls, although it does not know that yet. */
    boolean refuses(Object client) {
        if (shuttingDown.get() == 0) {
            return false;
        }
        boolean[] refuses = {false};
        clients.computeIfPresent((HttpClient) client, (key, of) -> {
            refuses[0] = of.shutdown;
            return of;
        });
        return refuses[0];
    }

    /** As the client's own, where it is shut down. */
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
        List<OpenCall> stopped = new ArrayList<>();
        clients.computeIfPresent(client, (key, of) -> {
            stopped.addAll(of.calls);
            return of;
        });
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
        CountDownLatch[] change = {null};
        clients.computeIfPresent(client, (key, of) -> {
            if (!of.isIdle()) {
                if (!of.shutdown) {
                    of.shutdown = true;
                    shuttingDown.incrementAndGet();
                }
                if (of.change == null || of.change.getCount() == 0) {
                    of.change = new CountDownLatch(1);
                }
                change[0] = of.change;
            }
            return of;
        });
        return change[0];
    }

    private void shutDown(HttpClient client) {
        try {
            Shutdown.METHOD.invokeExact(client);
        } catch (Throwable e) {
            defects.report("a client is not shut down", e);
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
