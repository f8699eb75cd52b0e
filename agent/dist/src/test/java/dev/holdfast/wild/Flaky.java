package dev.holdfast.wild;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service inside the program under test that answers the first request to a path with 503 and all later ones with
 * 200.
 */
final class Flaky implements AutoCloseable {
    private final ServerSocket server;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();

    private final int host;

    Flaky() throws IOException {
        this(1);
    }

    /** At 127.0.0.{@code host}: a client has some 28,000 ports for each address that it calls. */
    Flaky(int host) throws IOException {
        this.host = host;
        server = new ServerSocket(0, 4_000, InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host}));
        Thread serving = new Thread(this::serve, "flaky");
        serving.setDaemon(true);
        serving.start();
    }

    /** Returns the URI of a path. */
    URI uri(String path) {
        return URI.create("http://127.0.0." + host + ":" + server.getLocalPort() + path);
    }

    /** Returns how many requests arrived. */
    int requests() {
        return requests.get();
    }

    private void serve() {
        while (true) {
            try (Socket socket = server.accept()) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                String first = in.readLine();
                String line = first;
                while (line != null && !line.isEmpty()) {
                    line = in.readLine();
                }
                if (first == null) {
                    continue;
                }
                requests.incrementAndGet();
                String status = seen.add(first) ? "503 Busy" : "200 OK";
                socket.getOutputStream()
                        .write(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                if (server.isClosed()) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
