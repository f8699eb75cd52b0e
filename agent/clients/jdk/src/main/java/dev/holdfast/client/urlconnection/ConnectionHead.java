package dev.holdfast.client.urlconnection;

import dev.holdfast.exchange.ResponseHead;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The head of a response that an {@link Attempt} has asked for, and so made. Reading it sends nothing: the connection
 * has its response, or remembers an exception. Read only while its attempt is the current one.
 */
final class ConnectionHead implements ResponseHead {
    private static final String NO_NAME = "";

    private final @Nullable HttpURLConnection connection;
    private final int status;
    private final Map<?, ?> noted;

    /**
     * Creates the head of an attempt that has asked, or was refused the body.
     *
     * @param connection null: it must not be asked, and what it has noted is all that is known
     * @param noted the headers that it has noted
     */
    ConnectionHead(@Nullable HttpURLConnection connection, int status, Map<?, ?> noted) {
        this.connection = connection;
        this.status = status;
        this.noted = noted;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public @Nullable String header(String name, int index) {
        if (connection == null) {
            return notedHeader(name, index);
        }
        // By their positions: asked for a name, a connection gives the last of several values only.
        int before = 0;
        for (int i = 1; ; i++) {
            String value = valueAt(i);
            if (value == null) {
                return null;
            }
            if (name.equalsIgnoreCase(nameAt(i)) && before++ == index) {
                return value;
            }
        }
    }

    private @Nullable String notedHeader(String name, int index) {
        for (Map.Entry<?, ?> header : noted.entrySet()) {
            if (header.getKey() instanceof String key
                    && key.equalsIgnoreCase(name)
                    && header.getValue() instanceof List<?> values) {
                return index < values.size() ? String.valueOf(values.get(index)) : null;
            }
        }
        return null;
    }

    /** The headers of a response of which the connection must not be asked: those that it has noted. */
    Map<String, List<String>> notedHeaders() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        noted.forEach((name, values) -> {
            if (name instanceof String text && values instanceof List<?> list) {
                headers.put(text, list.stream().map(String::valueOf).toList());
            }
        });
        return headers;
    }

    /** The connection that it came from; null: of that response, nothing but the status is known. */
    @Nullable
    HttpURLConnection connection() {
        return connection;
    }

    /** The reason phrase of the status line; null: nothing, or it is not known. */
    @Nullable
    String message() throws IOException {
        return connection == null ? null : connection.getResponseMessage();
    }

    /** A header's name by its position; the status line, which has none, is at 0. */
    @Nullable
    String nameAt(int position) {
        return connection == null ? null : connection.getHeaderFieldKey(position);
    }

    /** A header's value by its position, null: there are no more. */
    @Nullable
    String valueAt(int position) {
        return connection == null ? null : connection.getHeaderField(position);
    }

    /**
     * The number of bytes that the body is to have. Not always what its {@code Content-Length} says: an answer to HEAD,
     * a 204 or a 304 has none, whatever it would have been (RFC 9110, 8.6), and chunks tell their own end (RFC 9112,
     * 6.3).
     *
     * @param method what was sent
     * @return -1: that will be seen
     */
    long bodyLength(String method) {
        if (connection == null || method.equals("HEAD") || status == 204 || status == 304) {
            return 0;
        }
        return "chunked".equalsIgnoreCase(connection.getHeaderField("Transfer-Encoding"))
                ? -1
                : connection.getContentLengthLong();
    }

    /**
     * The headers of an answer, in the order in which they came; names that differ by case only are one. A line that is
     * no header has a value without a name, and ends nothing: what may not be kept is said behind it, too.
     */
    Map<String, List<String>> headers() {
        Map<String, List<String>> headers = fields();
        headers.remove(NO_NAME);
        return headers;
    }

    /**
     * The same with the lines that are no headers, under an empty name: nobody knows what {@code "Vary : *"} was to
     * say.
     */
    @Override
    public Map<String, List<String>> fields() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        Map<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; ; i++) {
            String name = nameAt(i);
            String value = valueAt(i);
            if (value == null) {
                return headers;
            }
            String key = name == null ? NO_NAME : name;
            List<String> values = byName.get(key);
            if (values == null) {
                values = new ArrayList<>(1);
                byName.put(key, values);
                headers.put(key, values);
            }
            values.add(value);
        }
    }
}
