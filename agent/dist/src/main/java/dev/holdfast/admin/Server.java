package dev.holdfast.admin;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server for a few operators and scrapers, on one daemon thread that sleeps while nobody asks.
 *
 * <p>It lives inside somebody else's program, so that what counts is what it cannot be made to do: there are
 * {@value #MAX_CONNECTIONS} connections at most, the newest before the oldest, so that slow ones keep nobody out;
 * heads, times to send and to read, and the bytes kept for slow readers are bounded. The JDK's own server was not taken
 * because it asks {@code System.Logger}, and by that whatever logging the application may still want to set up, and
 * because its module may not be there; microhttp 0.11 because it bounds neither the number of connections nor the time
 * to read an answer.
 */
final class Server implements Closeable {
    static final int MAX_CONNECTIONS = 16;

    /** More than that, and the kernel lets a burst of short connections wait for a second. */
    private static final int BACKLOG = 128;

    private static final long MOST_PENDING = 8 << 20;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_STOP_MILLIS = 2_000;

    private final ServerSocketChannel listener;
    private final Selector selector;
    private final SelectionKey accepting;
    private final Handler handler;
    private final BiConsumer<String, Throwable> defects;
    private final ConnectionTimeouts connectionTimeouts;
    private final Thread thread;
    /** The connection that is being served, for the case that this ends in an error. Only of the serving thread. */
    private @Nullable HttpConnection served;

    private final List<HttpConnection> connections = new ArrayList<>();
    private volatile boolean stopped;
    private boolean paused;
    private long resume;

    /**
     * Listens at an address.
     *
     * @param address where
     * @param handler answers requests
     * @param defects told of what goes wrong here
     * @param connectionTimeouts with its peers
     * @throws IOException it cannot listen there
     */
    Server(
            InetSocketAddress address,
            Handler handler,
            BiConsumer<String, Throwable> defects,
            ConnectionTimeouts connectionTimeouts)
            throws IOException {
        this.handler = handler;
        this.connectionTimeouts = connectionTimeouts;
        this.defects = defects;
        selector = Selector.open();
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open();
            channel.bind(address, BACKLOG);
            channel.configureBlocking(false);
            accepting = channel.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException | RuntimeException e) {
            close(channel);
            selector.close();
            throw e;
        }
        listener = channel;
        thread = new Thread(null, this::run, "holdfast-admin");
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
    }

    /** Begins to answer. */
    void start() {
        thread.start();
    }

    /** The port that it listens on. */
    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    private void run() {
        try {
            while (!stopped) {
                try {
                    serveReadyConnections();
                } catch (Error e) {
                    survive(e);
                }
            }
        } catch (IOException | RuntimeException e) {
            defects.accept("the admin endpoint has ended", e);
        } finally {
            // First of all, and whatever happens to the rest: the port must be free for the next one.
            close(listener);
            close(selector);
            for (HttpConnection httpConnection : connections) {
                httpConnection.close();
            }
        }
    }

    private void serveReadyConnections() throws IOException {
        selector.select(millisToNext(System.nanoTime()));
        boolean unused = Thread.interrupted(); // whoever did that: each later select would return at once
        for (SelectionKey key : selector.selectedKeys()) {
            if (key == accepting) {
                accept();
            } else if (key.attachment() instanceof HttpConnection httpConnection) {
                served = httpConnection;
                serve(httpConnection);
                served = null;
            }
        }
        selector.selectedKeys().clear();
        closeExpiredConnections(System.nanoTime());
    }

    /**
     * Goes on after an error that the program survives too, an {@code OutOfMemoryError} above all: drops the connection
     * at which it happened. The pause keeps a memory that stays full from making this a busy loop; it allocates
     * nothing.
     */
    private void survive(Error error) {
        try {
            selector.selectedKeys().clear(); // those that were not served are still ready
            HttpConnection hit = served;
            served = null;
            if (hit != null) {
                connections.remove(hit);
                hit.close();
            }
            defects.accept("an error in the admin endpoint; it goes on", error);
        } catch (RuntimeException | Error again) {
            // There is no memory left to report it.
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** Returns whether its thread lives. */
    boolean isRunning() {
        return thread.isAlive();
    }

    private void accept() {
        try {
            SocketChannel channel = listener.accept();
            if (channel != null) {
                add(channel);
            }
        } catch (IOException e) {
            // The process has no file descriptors left, for instance: to try again at once would be to spin.
            accepting.interestOps(0);
            paused = true;
            resume = System.nanoTime() + PAUSE_NANOS;
        }
    }

    private void add(SocketChannel channel) throws IOException {
        try {
            if (connections.size() >= MAX_CONNECTIONS) {
                drop(oldest());
            }
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            HttpConnection httpConnection =
                    new HttpConnection(channel, key, this::handle, connectionTimeouts, System.nanoTime());
            key.attach(httpConnection);
            connections.add(httpConnection);
        } catch (IOException | RuntimeException e) {
            channel.close();
        } catch (Error e) {
            channel.close();
            throw e;
        }
    }

    private HttpConnection oldest() {
        // Differences, as nanoTime is to be compared.
        long from = connections.get(0).since();
        return connections.stream()
                .min(Comparator.comparing(HttpConnection::busy)
                        .thenComparingLong(httpConnection -> httpConnection.since() - from))
                .orElseThrow();
    }

    private void serve(HttpConnection httpConnection) {
        try {
            httpConnection.serve(System.nanoTime());
            long pending = 0;
            for (HttpConnection each : connections) {
                pending += each == httpConnection ? 0 : each.pending();
            }
            if (pending > 0 && pending + httpConnection.pending() > MOST_PENDING) {
                drop(httpConnection);
            }
        } catch (IOException | RuntimeException e) {
            // The connection broke.
            drop(httpConnection);
        }
        if (!httpConnection.isOpen()) {
            connections.remove(httpConnection);
        }
    }

    private Response handle(Request request) {
        try {
            return handler.handle(request);
        } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
            // The path is one of ours or anything at all: it is not said.
            defects.accept("the admin endpoint cannot answer a request", e);
            return Response.empty(500);
        }
    }

    private void drop(HttpConnection httpConnection) {
        httpConnection.close();
        connections.remove(httpConnection);
    }

    private long millisToNext(long now) {
        long next = paused ? resume - now : Long.MAX_VALUE;
        for (HttpConnection httpConnection : connections) {
            next = Math.min(next, httpConnection.nanosLeft(now));
        }
        // 0 is for ever.
        return next == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(next) + 1);
    }

    private void closeExpiredConnections(long now) {
        for (HttpConnection httpConnection : List.copyOf(connections)) {
            if (httpConnection.nanosLeft(now) <= 0) {
                drop(httpConnection);
            }
        }
        if (paused && resume - now <= 0) {
            paused = false;
            accepting.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    /** Stops, and gives the port back before it returns. */
    @Override
    public void close() {
        stopped = true;
        selector.wakeup();
        try {
            thread.join(LONGEST_STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Closed already, unless the thread was never started, or died of an error within its end.
        close(listener);
        close(selector);
    }

    private static void close(@Nullable Closeable what) {
        if (what != null) {
            try {
                what.close();
            } catch (IOException e) {
                // There is nothing to be done about it.
            }
        }
    }
}
