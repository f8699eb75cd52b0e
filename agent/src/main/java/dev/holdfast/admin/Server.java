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
 * {@value #MOST_PEERS} connections at most, the newest before the oldest, so that slow ones keep nobody out; heads,
 * times to send and to read, and the bytes kept for slow readers are bounded. The JDK's own server was not taken
 * because it asks {@code System.Logger}, and by that whatever logging the application may still want to set up, and
 * because its module may not be there; microhttp 0.11 because it bounds neither the number of connections nor the time
 * to read an answer.
 */
final class Server implements Closeable {
    static final int MOST_PEERS = 16;

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
    private final Patience patience;
    private final Thread thread;
    /** The connection that is being served, for the case that this ends in an error. Only of the serving thread. */
    private @Nullable Peer served;

    private final List<Peer> peers = new ArrayList<>();
    private volatile boolean stopped;
    private boolean paused;
    private long resume;

    /**
     * Listens at an address.
     *
     * @param address where
     * @param handler answers requests
     * @param defects told of what goes wrong here
     * @param patience with its peers
     * @throws IOException it cannot listen there
     */
    Server(InetSocketAddress address, Handler handler, BiConsumer<String, Throwable> defects, Patience patience)
            throws IOException {
        this.handler = handler;
        this.patience = patience;
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
                    serveThoseWhoAreReady();
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
            for (Peer peer : peers) {
                peer.close();
            }
        }
    }

    private void serveThoseWhoAreReady() throws IOException {
        selector.select(millisToNext(System.nanoTime()));
        boolean unused = Thread.interrupted(); // whoever did that: each later select would return at once
        for (SelectionKey key : selector.selectedKeys()) {
            if (key == accepting) {
                accept();
            } else if (key.attachment() instanceof Peer peer) {
                served = peer;
                serve(peer);
                served = null;
            }
        }
        selector.selectedKeys().clear();
        closeThoseWhoseTimeIsUp(System.nanoTime());
    }

    /**
     * Goes on after an error that the program survives too, an {@code OutOfMemoryError} above all: drops the connection
     * at which it happened. The pause keeps a memory that stays full from making this a busy loop; it allocates
     * nothing.
     */
    private void survive(Error error) {
        try {
            selector.selectedKeys().clear(); // those that were not served are still ready
            Peer hit = served;
            served = null;
            if (hit != null) {
                peers.remove(hit);
                hit.close();
            }
            defects.accept("an error in the admin endpoint; it goes on", error);
        } catch (RuntimeException | Error again) {
            // There is no memory left to report it.
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** Whether its thread lives. */
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
            if (peers.size() >= MOST_PEERS) {
                drop(oldest());
            }
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            Peer peer = new Peer(channel, key, this::answer, patience, System.nanoTime());
            key.attach(peer);
            peers.add(peer);
        } catch (IOException | RuntimeException e) {
            channel.close();
        } catch (Error e) {
            channel.close();
            throw e;
        }
    }

    private Peer oldest() {
        // Differences, as nanoTime is to be compared.
        long from = peers.get(0).since();
        return peers.stream()
                .min(Comparator.comparing(Peer::busy).thenComparingLong(peer -> peer.since() - from))
                .orElseThrow();
    }

    private void serve(Peer peer) {
        try {
            peer.serve(System.nanoTime());
            long pending = 0;
            for (Peer each : peers) {
                pending += each == peer ? 0 : each.pending();
            }
            if (pending > 0 && pending + peer.pending() > MOST_PENDING) {
                drop(peer);
            }
        } catch (IOException | RuntimeException e) {
            // The connection broke.
            drop(peer);
        }
        if (!peer.isOpen()) {
            peers.remove(peer);
        }
    }

    private Response answer(Request request) {
        try {
            return handler.answer(request);
        } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
            // The path is one of ours or anything at all: it is not said.
            defects.accept("the admin endpoint cannot answer a request", e);
            return Response.empty(500);
        }
    }

    private void drop(Peer peer) {
        peer.close();
        peers.remove(peer);
    }

    private long millisToNext(long now) {
        long next = paused ? resume - now : Long.MAX_VALUE;
        for (Peer peer : peers) {
            next = Math.min(next, peer.nanosLeft(now));
        }
        // 0 is for ever.
        return next == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(next) + 1);
    }

    private void closeThoseWhoseTimeIsUp(long now) {
        for (Peer peer : List.copyOf(peers)) {
            if (peer.nanosLeft(now) <= 0) {
                drop(peer);
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
