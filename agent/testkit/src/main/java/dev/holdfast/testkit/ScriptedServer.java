package dev.holdfast.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on a raw loopback socket that plays a script and keeps an exact record of what arrived. It exists
 * because a well-behaved server library cannot misbehave enough: it resets, closes, hangs and cuts short at any byte.
 *
 * <pre>{@code
 * try (ScriptedServer server = ScriptedServer.http("127.0.0.2")) {
 *     server.play(
 *             ScriptedResponse.respond(503),
 *             ScriptedResponse.afterRequest(Cut.RESET),
 *             ScriptedResponse.respond(200, "fine"));
 *     ... call server.uri("/path") ...
 *     assertThat(server.requests()).extracting(ReceivedRequest::method).containsExactly("GET", "GET", "GET");
 * }
 * }</pre>
 *
 * <p>Answers are taken in the order in which requests' heads arrive (an {@link ScriptedResponse#onAccept} at the head
 * of the script is taken by the next connection); when the script is over, {@link #otherwise} answers. Both JDK clients
 * silently send some requests a second time after a reset or an early end of stream: count here, not in the client.
 *
 * <p>Thread-safe. All threads are daemons; {@link #close} ends all connections.
 */
public final class ScriptedServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ServerSocket listener;
    private final @Nullable SSLContext tls;
    private final String host;
    private final Thread acceptor;
    private final Deque<ScriptedResponse> script = new ArrayDeque<>();
    private final List<ReceivedRequest> requests = new ArrayList<>();
    private final Set<Connection> connections = new HashSet<>();
    private final List<String> early = new ArrayList<>();
    private Function<ReceivedRequest, ScriptedResponse> otherwise = request -> ScriptedResponse.respond(200, "ok");
    private int accepted;
    private int epoch;
    private boolean closed;
    private volatile boolean needsCertificate;

    private ScriptedServer(String host, int port, @Nullable SSLContext tls) {
        this.host = host;
        this.tls = tls;
        try {
            this.listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getByName(host), port), 1024);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + host, e);
        }
        this.acceptor = daemon(this::accept, "scripted-server-" + listener.getLocalPort());
    }

    /** Starts a server for {@code http} on 127.0.0.1. */
    public static ScriptedServer http() {
        return http("127.0.0.1");
    }

    /** Starts a server for {@code http} on a loopback address such as 127.0.0.2 (or {@code localhost}). */
    public static ScriptedServer http(String host) {
        return http(host, 0);
    }

    /** Starts a server for {@code http} on a port that is known to be free: one that comes up late. */
    public static ScriptedServer http(String host, int port) {
        return new ScriptedServer(host, port, null);
    }

    /** Starts a server for {@code https}; clients trust it through {@link LoopbackTls#clientContext()}. */
    public static ScriptedServer https(String host) {
        return new ScriptedServer(host, 0, LoopbackTls.serverContext());
    }

    /**
     * Starts a server for {@code https} that takes no client without a certificate it knows ({@link LoopbackTls.Who}).
     */
    public static ScriptedServer httpsForKnown(String host) {
        ScriptedServer server = https(host);
        server.needsCertificate = true;
        return server;
    }

    /** Appends answers to the script. */
    public synchronized ScriptedServer play(ScriptedResponse... answers) {
        script.addAll(List.of(answers));
        return this;
    }

    /** Sets the response after the end of the script; at first 200 with the body {@code ok}. */
    public ScriptedServer otherwise(ScriptedResponse response) {
        return otherwise(request -> response);
    }

    /** Sets the response after the end of the script, by the request's head (its body has not been read then). */
    public synchronized ScriptedServer otherwise(Function<ReceivedRequest, ScriptedResponse> answers) {
        this.otherwise = answers;
        return this;
    }

    /** The port that it listens on. */
    public int port() {
        return listener.getLocalPort();
    }

    /** A URI of this server. */
    public URI uri(String path) {
        return URI.create((tls == null ? "http://" : "https://") + host + ":" + port() + path);
    }

    /** Everything that arrived so far, in the order of arrival of the heads. */
    public synchronized List<ReceivedRequest> requests() {
        return List.copyOf(requests);
    }

    /** Returns the number of connections accepted so far. */
    public synchronized int accepted() {
        return accepted;
    }

    /** Returns the number of connections that are open now. */
    public synchronized int open() {
        return connections.size();
    }

    /**
     * Returns why connections ended on which no request arrived: for a report, since it differs with who was faster.
     */
    public synchronized List<String> endedWithoutRequest() {
        return List.copyOf(early);
    }

    /** Lets everything go on that hangs, is held or is delayed at this moment. */
    public synchronized void release() {
        epoch++;
        notifyAll();
    }

    /** Waits until this many requests' heads have arrived. */
    public void awaitRequests(int count) {
        await(() -> requests.size() >= count, count + " requests");
    }

    /** Waits until this many connections were accepted. */
    public void awaitAccepted(int count) {
        await(() -> accepted >= count, count + " accepted connections");
    }

    /** Waits until exactly this many connections are open. */
    public void awaitOpen(int count) {
        await(() -> connections.size() == count, count + " open connections");
    }

    /** Forgets what arrived and what is left of the script; connections stay. */
    public synchronized void reset() {
        requests.clear();
        script.clear();
        accepted = 0;
    }

    @Override
    public void close() {
        List<Connection> open;
        synchronized (this) {
            closed = true;
            epoch++;
            notifyAll();
            open = List.copyOf(connections);
        }
        try {
            listener.close();
            acceptor.join(); // until then the kernel may keep the port, which the next server wants
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.forEach(Connection::abandon);
        awaitOpen(0);
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                Connection connection;
                synchronized (this) {
                    if (closed) {
                        socket.close();
                        return;
                    }
                    connection = new Connection(this, ++accepted, socket);
                    connections.add(connection);
                    notifyAll();
                }
                daemon(connection, "scripted-connection-" + port());
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private synchronized void await(BooleanSupplier condition, String what) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("waited in vain for " + what + "; accepted " + accepted + ", open "
                        + connections.size() + ", received " + requests);
            }
            pause(left);
        }
    }

    // What a connection asks of its server.

    /** An answer that ends a new connection at once, or null. */
    synchronized @Nullable ScriptedResponse answerOnAccept() {
        ScriptedResponse next = script.peek();
        return next != null && next.stage == ScriptedResponse.Stage.ACCEPT ? script.poll() : null;
    }

    /** Records a request and says what to do with it. */
    ScriptedResponse answerTo(ReceivedRequest request) {
        Function<ReceivedRequest, ScriptedResponse> rule;
        synchronized (this) {
            requests.add(request);
            notifyAll();
            ScriptedResponse next = script.poll();
            if (next != null) {
                return next;
            }
            rule = otherwise;
        }
        return rule.apply(request);
    }

    /** The connection's socket, with TLS on top where this server speaks it. */
    Socket secured(Socket transport) throws IOException {
        if (tls == null) {
            return transport;
        }
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(transport, host, port(), true);
        socket.setUseClientMode(false);
        socket.setNeedClientAuth(needsCertificate);
        return socket;
    }

    /** Counts the calls of {@link #release()}. */
    synchronized int epoch() {
        return epoch;
    }

    /** Waits for a change, for at most so long. */
    synchronized void pause(long millis) {
        try {
            wait(Math.max(1, millis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting", e);
        }
    }

    synchronized void changed() {
        notifyAll();
    }

    synchronized void endedWithoutRequest(int connection, String why) {
        early.add("#" + connection + " " + why);
    }

    synchronized void ended(Connection connection) {
        connections.remove(connection);
        notifyAll();
    }
}
