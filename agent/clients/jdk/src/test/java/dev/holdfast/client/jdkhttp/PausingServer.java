package dev.holdfast.client.jdkhttp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * An HTTP/1.1 server on a raw loopback socket that answers each request with a chunked body of two parts, and sends the
 * second when it is told to. The answer to a path that ends in {@code control} is plain text and has no second part.
 */
final class PausingServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final String contentType;
    private final String first;
    private final String second;

    PausingServer(String contentType, String first, String second) throws IOException {
        this.contentType = contentType;
        this.first = first;
        this.second = second;
        daemon(this::accept);
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + path);
    }

    /** The request lines in the order of their arrival. */
    List<String> requests() {
        return requests;
    }

    /** Sends the second part to all who wait for it. */
    void goOn() {
        goOn.countDown();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                daemon(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            for (String line = requestLine(in); !line.isEmpty(); line = requestLine(in)) {
                requests.add(line);
                boolean control = line.endsWith("control");
                String type = control ? "text/plain" : contentType;
                write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: " + type + "\r\n\r\n");
                write(out, chunk(first));
                if (control) {
                    in.read(); // until the client goes away
                    return;
                }
                goOn.await();
                write(out, chunk(second) + "0\r\n\r\n");
            }
        } catch (IOException | InterruptedException e) {
            // The client went away, or the test did.
        }
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static String requestLine(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.append((char) b);
            if (head.indexOf("\r\n\r\n") >= 0) {
                return head.substring(0, head.indexOf(" HTTP/"));
            }
        }
        return "";
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "pausing-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
