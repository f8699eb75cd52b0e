package dev.holdfast.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A loopback address that cannot be reached, in a chosen way, for as long as this is open. Nothing leaves the machine.
 */
public final class Unreachable implements AutoCloseable {
    /** A host name that no resolver knows (RFC 6761, 6.4). */
    public static final String UNRESOLVABLE_HOST = "holdfast-test.invalid";

    /** Linux rounds a backlog of 1 up; no kernel takes more than this many connections for it. */
    private static final int MOST_WAITING = 64;

    private final String host;
    private final int port;
    private final List<AutoCloseable> held;

    private Unreachable(String host, int port, List<AutoCloseable> held) {
        this.host = host;
        this.port = port;
        this.held = held;
    }

    /** An address that refuses connections: bound, so that nobody else gets it, but not listening. */
    public static Unreachable refusing(String host) {
        try {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), 0));
            return new Unreachable(host, socket.getLocalPort(), List.of(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An address that leaves connections unanswered: its queue of waiting connections is full, nobody accepts. */
    public static Unreachable silent(String host) {
        List<AutoCloseable> held = new ArrayList<>();
        try {
            ServerSocket listener = new ServerSocket();
            held.add(listener);
            listener.bind(new InetSocketAddress(InetAddress.getByName(host), 0), 1);
            while (held.size() < MOST_WAITING) {
                Socket waiting = new Socket();
                held.add(waiting);
                waiting.connect(listener.getLocalSocketAddress(), 200);
            }
            throw new IllegalStateException("this kernel accepts connections beyond the backlog");
        } catch (SocketTimeoutException full) {
            return new Unreachable(host, ((ServerSocket) held.get(0)).getLocalPort(), held);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port. */
    public int port() {
        return port;
    }

    /** An {@code http} URI of this address. */
    public URI uri(String path) {
        return URI.create("http://" + host + ":" + port + path);
    }

    @Override
    public void close() {
        for (AutoCloseable resource : held) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
