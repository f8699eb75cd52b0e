package dev.holdfast.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request as {@link ScriptedServer} received it. It is listed as soon as its head has arrived; the body grows until
 * {@link #complete()}. Thread-safe.
 */
public final class ReceivedRequest {
    private final int connection;
    private final String method;
    private final String target;
    private final List<Map.Entry<String, String>> headers;
    private final long nanos = System.nanoTime();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private volatile boolean complete;

    ReceivedRequest(int connection, String method, String target, List<Map.Entry<String, String>> headers) {
        this.connection = connection;
        this.method = method;
        this.target = target;
        this.headers = List.copyOf(headers);
    }

    /** The number of the connection that it came on: 1 for the first accepted. */
    public int connection() {
        return connection;
    }

    /** The method. */
    public String method() {
        return method;
    }

    /** The request target as sent: a path with its query, or an absolute URI where a proxy was addressed. */
    public String target() {
        return target;
    }

    /** All headers in the order and spelling in which they came. */
    public List<Map.Entry<String, String>> headers() {
        return headers;
    }

    /** All values of a header; the name's case does not matter. */
    public List<String> headers(String name) {
        return headers.stream()
                .filter(h -> h.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** The first value of a header; the name's case does not matter. */
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /** Returns whether the body came in chunks. */
    public boolean chunked() {
        return header("Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent();
    }

    /** The body as far as it arrived, chunks decoded. */
    public byte[] body() {
        synchronized (body) {
            return body.toByteArray();
        }
    }

    /** The body as UTF-8. */
    public String text() {
        return new String(body(), StandardCharsets.UTF_8);
    }

    /** Returns whether the whole body arrived. */
    public boolean complete() {
        return complete;
    }

    /** Returns the time at which the head arrived, by {@link System#nanoTime}. */
    public long nanos() {
        return nanos;
    }

    void append(byte[] bytes, int length) {
        synchronized (body) {
            body.write(bytes, 0, length);
        }
    }

    void completed() {
        complete = true;
    }

    @Override
    public String toString() {
        return "#" + connection + " " + method + " " + target + " " + headers + " " + body().length + " bytes"
                + (complete ? "" : " so far");
    }
}
