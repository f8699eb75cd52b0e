package dev.holdfast.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy on a raw loopback socket that opens tunnels (CONNECT), or does not, as its script says. When the script
 * is over, it opens them, unless told {@link #otherwise}. It keeps a record of what it was asked. Thread-safe; its
 * threads are daemons.
 */
public final class ConnectProxy implements AutoCloseable {
    /** The response to one CONNECT. */
    public enum Does {
        /** Opens the tunnel. */
        OPEN,
        /** Answers 503. */
        UNAVAILABLE,
        /** Answers 407, as one that wants a password. */
        WANT_PASSWORD,
        /** A TCP reset in place of an answer. */
        RESET,
        /** An end of the connection in place of an answer. */
        CLOSE,
        /** An end of the connection within the answer's first line. */
        CLOSE_IN_ANSWER,
        /** Bytes that are no HTTP, and an end of the connection. */
        GARBAGE,
        /** A first line of HTTP whose status is no number, and an end of the connection. */
        NO_STATUS,
        /** Silence until the client goes away. */
        HANG,
        /** Opens the tunnel, and ends it with the first byte of the TLS handshake. */
        CLOSE_IN_HANDSHAKE,
        /** Opens the tunnel, and resets it with the first byte of the TLS handshake. */
        RESET_IN_HANDSHAKE
    }

    private final ServerSocket listener;
    private final Queue<Does> script;
    private volatile Does otherwise = Does.OPEN;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** A proxy that does this, one CONNECT after the other. */
    public ConnectProxy(Does... script) {
        this.script = new ConcurrentLinkedQueue<>(List.of(script));
        try {
            listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    /** Sets the response after the end of the script. */
    public ConnectProxy otherwise(Does does) {
        otherwise = does;
        return this;
    }

    /** Returns the address that it listens on. */
    public InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", listener.getLocalPort());
    }

    /** The first lines of all requests that it got, in their order. */
    public List<String> asked() {
        return asked;
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket socket = listener.accept();
            open.add(socket);
            daemon(() -> serve(socket));
        }
    }

    private void serve(Socket client) throws IOException {
        try (client) {
            String line = requestLine(client.getInputStream());
            asked.add(line);
            Does next = script.poll();
            switch (next == null ? otherwise : next) {
                case OPEN -> tunnel(client, line.split("[ :]")[1], Integer.parseInt(line.split("[ :]")[2]));
                case UNAVAILABLE -> answer(client, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
                case WANT_PASSWORD ->
                    answer(
                            client,
                            "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n");
                case RESET -> client.setSoLinger(true, 0);
                case CLOSE -> {}
                case CLOSE_IN_ANSWER -> answer(client, "HTTP/1.1 20");
                case GARBAGE -> answer(client, "220 mail.example ESMTP ready\r\n\r\n");
                case NO_STATUS -> answer(client, "HTTP/1.1 maybe later\r\n\r\n");
                case HANG -> client.getInputStream().transferTo(OutputStream.nullOutputStream());
                case CLOSE_IN_HANDSHAKE -> handshake(client);
                case RESET_IN_HANDSHAKE -> {
                    handshake(client);
                    client.setSoLinger(true, 0);
                }
            }
        } finally {
            open.remove(client);
        }
    }

    private static void handshake(Socket client) throws IOException {
        answer(client, "HTTP/1.1 200 OK\r\n\r\n");
        int unused = client.getInputStream().read();
    }

    private static void answer(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void tunnel(Socket client, String host, int port) throws IOException {
        try (Socket origin = new Socket(host, port)) {
            open.add(origin);
            answer(client, "HTTP/1.1 200 OK\r\n\r\n");
            daemon(() -> pump(client, origin));
            pump(origin, client);
            open.remove(origin);
        }
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        }
    }

    private static String requestLine(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("no request");
            }
            head.append((char) b);
        }
        return head.substring(0, head.indexOf("\r\n"));
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One of the two went away, or the test did.
                    }
                },
                "connect-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
