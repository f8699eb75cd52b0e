package dev.holdfast.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One run of a case against an address of its own: which reply is next, what arrived, which connections are open.
 * Thread-safe.
 */
final class Run {
    private static final AtomicInteger ADDRESSES = new AtomicInteger(1 << 8);

    final WireCase wireCase;
    final InetAddress address;
    final int port;
    private final WireServer server;
    private final int[] taken;
    private final int[] skipped;
    private final int[] cursor;
    private final List<List<Arrived>> requests = new ArrayList<>();
    private final Set<Socket> open = new HashSet<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final ReentrantLock gate = new ReentrantLock();
    private int busy;
    private int current;
    private boolean closed;
    private @Nullable ServerSocket own;
    private @Nullable Future<?> accepting;

    /** A request that arrived, as far as it did. All fields are written before the run ends. */
    static final class Arrived {
        final String head;
        final int connection;
        final boolean firstOnConnection;
        volatile int length;
        volatile boolean asProgram = true;
        volatile boolean complete;

        Arrived(String head, int connection, boolean firstOnConnection) {
            this.head = head;
            this.connection = connection;
            this.firstOnConnection = firstOnConnection;
        }

        /** Returns whether it was received whole, and is not what the program gave. */
        boolean wrong(WireCase.Call call) {
            return !asProgram || (complete && length != call.body().length);
        }

        @Override
        public String toString() {
            return "#" + connection + " " + head.replace("\r\n", " | ") + " + " + length + " bytes"
                    + (complete ? "" : ", not whole") + (asProgram ? "" : ", not the program's");
        }
    }

    /** A reply, and its number among those of its call. */
    record Next(int number, Reply reply) {}

    /**
     * Starts a run.
     *
     * @param port of the origin
     */
    Run(WireServer server, WireCase wireCase, int port) throws IOException {
        this.server = server;
        this.wireCase = wireCase;
        this.port = port;
        int calls = wireCase.calls().size();
        this.taken = new int[calls];
        this.skipped = new int[calls];
        this.cursor = new int[calls];
        for (int i = 0; i < calls; i++) {
            requests.add(new ArrayList<>());
        }
        int host = 0x7F000000 | (ADDRESSES.incrementAndGet() & 0x7FFFFF);
        this.address = InetAddress.getByAddress(Reply.number(host));
        server.register(host, this);
    }

    /** The URL of a path here. */
    String url(String path) {
        return "http://" + address.getHostAddress() + ":" + port + path;
    }

    /** Tells which call comes now. */
    void begin(int call) throws IOException {
        synchronized (this) {
            current = call;
        }
        if (wireCase.refusing()) {
            refuse(); // whether or not it did
            ServerSocket listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(address, port), 50);
            gate.lock();
            try {
                own = listener;
                accepting = server.accept(listener);
            } finally {
                gate.unlock();
            }
        }
    }

    /** Leaves out replies to a call: those whose bits are set. */
    synchronized void skip(int call, int replies) {
        skipped[call] = replies;
    }

    private int next(int call) {
        int number = cursor[call];
        while (number < 31 && (skipped[call] >> number & 1) != 0) {
            number++;
        }
        return number;
    }

    /** Takes no more connections, until the next call. */
    void refuse() {
        gate.lock();
        try {
            if (own != null && accepting != null) {
                own.close();
                accepting.get(); // until then the kernel goes on to accept
            }
        } catch (IOException | InterruptedException | ExecutionException e) {
            // Closed is closed.
        } finally {
            own = null;
            accepting = null;
            gate.unlock();
        }
    }

    /** The next reply if it ends new connections, else null. */
    synchronized @Nullable Next takeOnAccept() {
        if (wireCase.reply(current, next(current)).stage() != Reply.Stage.ACCEPT) {
            return null;
        }
        return take(current);
    }

    /** The next reply to a request of a call. */
    synchronized Next take(int call) {
        int number = next(call);
        cursor[call] = number + 1;
        taken[call]++;
        Reply reply = wireCase.reply(call, number);
        server.count(this, reply);
        return new Next(number, reply);
    }

    synchronized int current() {
        return current;
    }

    synchronized void arrived(int call, Arrived request) {
        requests.get(call).add(request);
    }

    /** Everything that arrived for a call. */
    synchronized List<Arrived> requests(int call) {
        return List.copyOf(requests.get(call));
    }

    /** Returns the number of replies that a call has had. */
    synchronized int taken(int call) {
        return taken[call];
    }

    synchronized int opened(Socket socket) {
        if (closed) {
            return 0;
        }
        open.add(socket);
        return connections.incrementAndGet();
    }

    synchronized void ended(Socket socket) {
        open.remove(socket);
        notifyAll();
    }

    synchronized void busy(int change) {
        busy += change;
        notifyAll();
    }

    /** Ends all connections, those in an exchange after it, if that does not take long. */
    void close() {
        long until = System.nanoTime() + 300_000_000L;
        List<Socket> left;
        synchronized (this) {
            while (busy > 0 && System.nanoTime() < until) {
                pause();
            }
            closed = true;
            left = List.copyOf(open);
        }
        refuse();
        left.forEach(Run::close);
        synchronized (this) {
            until = System.nanoTime() + 2_000_000_000L;
            while (!open.isEmpty() && System.nanoTime() < until) {
                pause();
            }
        }
        server.forget(this);
    }

    /** Ends all connections at once, for a call that does not end. */
    void abort() {
        List<Socket> left;
        synchronized (this) {
            left = List.copyOf(open);
        }
        left.forEach(Run::close);
    }

    private void pause() {
        try {
            wait(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed is closed.
        }
    }

    /**
     * Returns whether the opening of a connection may be damaged: not where a request may come as the first of one, or
     * not.
     */
    boolean opensDamaged() {
        return !wireCase.policy().abandonsAttempts();
    }

    int host() {
        return java.nio.ByteBuffer.wrap(address.getAddress()).getInt();
    }

    /** Compares with what the program has given. */
    void body(Arrived request, int call, byte[] bytes, int length) {
        byte[] expected = wireCase.calls().get(call).body();
        int at = request.length;
        if (at + length > expected.length || !Arrays.equals(bytes, 0, length, expected, at, at + length)) {
            request.asProgram = false;
        }
        request.length = at + length;
    }
}
