package dev.holdfast.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections at all addresses of the loopback interface, and hands each to the run whose address it came to.
 */
final class WireServer implements AutoCloseable {
    private final Map<Integer, Run> runs = new ConcurrentHashMap<>();
    private final List<ServerSocket> listeners = new ArrayList<>();
    private final ExecutorService threads;
    private final AtomicLong exchanges = new AtomicLong();
    private final AtomicLong mutated = new AtomicLong();
    private final AtomicLong mutatedWithPolicy = new AtomicLong();
    private final int barePort;
    private final int bareRefusingPort;

    /**
     * Starts it.
     *
     * @param barePort the port without a policy
     * @param bareRefusingPort the one for runs that refuse connections
     */
    WireServer(List<Integer> ports, int barePort, int bareRefusingPort, ExecutorService threads) throws IOException {
        this.threads = threads;
        this.barePort = barePort;
        this.bareRefusingPort = bareRefusingPort;
        for (int port : ports) {
            ServerSocket listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(InetAddress.getByName("0.0.0.0"), port), 1024);
            listeners.add(listener);
            accept(listener);
        }
    }

    void register(int host, Run run) {
        runs.put(host, run);
    }

    void forget(Run run) {
        runs.remove(run.host(), run);
    }

    /** Accepts in a thread of its own until the listener is closed; the port is free when that thread has ended. */
    Future<?> accept(ServerSocket listener) {
        return threads.submit(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    Run run = of(socket);
                    if (run == null) {
                        socket.close();
                    } else {
                        threads.execute(new WireConnection(run, socket));
                    }
                } catch (IOException e) {
                    // Closed, or a client that was gone at once.
                }
            }
        });
    }

    private @Nullable Run of(Socket socket) {
        InetAddress local = socket.getLocalAddress();
        return local == null
                ? null
                : runs.get(ByteBuffer.wrap(local.getAddress()).getInt());
    }

    void count(Run run, Reply reply) {
        exchanges.incrementAndGet();
        if (reply.isMutated()) {
            mutated.incrementAndGet();
            if (run.port != barePort && run.port != bareRefusingPort) {
                mutatedWithPolicy.incrementAndGet();
            }
        }
    }

    /** Returns the number of requests that were answered, in one way or another. */
    long exchanges() {
        return exchanges.get();
    }

    /** Those whose answers were damaged. */
    long mutated() {
        return mutated.get();
    }

    /** Those of them that came from calls with a policy. */
    long mutatedWithPolicy() {
        return mutatedWithPolicy.get();
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket listener : listeners) {
            listener.close();
        }
    }
}
