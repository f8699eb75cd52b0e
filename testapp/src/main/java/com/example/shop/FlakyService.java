package com.example.shop;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service that misbehaves on purpose, and always in the same way. The first segment of a request's path is the
 * script: {@code /503-reset-ok/stock} answers the first request to that path with 503, resets the connection of the
 * second, and answers the third and all later ones. So a run needs no luck and can be compared with another.
 *
 * <p>It writes one line for each request to its log: what came in (method, path, {@code Idempotency-Key}, size and
 * checksum of the body) and what it did with it. It speaks just enough HTTP/1.1 for that, on a plain socket, because a
 * server library does not reset connections on demand.
 */
public final class FlakyService implements AutoCloseable {
    /** The time that a client may take to send, and the longest {@code hang}. */
    private static final int PATIENCE_MILLIS = 5_000;

    private final ServerSocket server;
    private final PrintStream log;
    private final Map<String, AtomicInteger> requestsByPath = new ConcurrentHashMap<>();

    /**
     * Listens on a free port of the loopback interface.
     *
     * @param log where each request is noted
     * @throws IOException if no port can be had
     */
    public FlakyService(PrintStream log) throws IOException {
        this.log = log;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(this::accept, "flaky-service");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /**
     * Runs the service until its standard input ends.
     *
     * @param args none
     * @throws IOException if no port can be had
     */
    public static void main(String[] args) throws IOException {
        System.out.println("listening on " + new FlakyService(System.out).uri());
        System.in.transferTo(OutputStream.nullOutputStream()); // its threads are daemons: the JVM ends with this
    }

    /** Returns where the service listens, without a path. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread worker = new Thread(() -> serve(socket), "flaky-service-connection");
                worker.setDaemon(true);
                worker.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            WireRequest request = WireRequest.read(in);
            while (request != null && answer(request, socket, in)) {
                request = WireRequest.read(in);
            }
        } catch (IOException gone) {
            // The client went away, or was too slow: nothing that this service has to care about.
        }
    }

    /** Returns whether the connection can carry another request. */
    private boolean answer(WireRequest request, Socket socket, InputStream in) throws IOException {
        String action = nextAction(request.path());
        log.println(request.describe() + " -> " + action);
        switch (action) {
            case "reset" -> {
                socket.setSoLinger(true, 0); // closing now sends RST instead of FIN
                return false;
            }
            case "hang" -> {
                in.read(); // answers nothing until the client goes away
                return false;
            }
            default -> {
                socket.getOutputStream().write(WireResponse.of(action, request));
                return true;
            }
        }
    }

    private String nextAction(String path) {
        int slash = path.indexOf('/', 1);
        String[] script = path.substring(1, slash < 0 ? path.length() : slash).split("-", -1);
        int earlier =
                requestsByPath.computeIfAbsent(path, p -> new AtomicInteger()).getAndIncrement();
        return script[Math.min(earlier, script.length - 1)];
    }
}
