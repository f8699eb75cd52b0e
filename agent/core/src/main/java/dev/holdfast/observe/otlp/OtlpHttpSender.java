package dev.holdfast.observe.otlp;

import dev.holdfast.policy.OtlpExport;
import dev.holdfast.policy.ValueSource;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages to one receiver by HTTP/1.1, each on a connection of its own, over a bare socket: the JDK's two
 * clients are the ones that Holdfast weaves, and they ask the application's proxy selector, authenticator and cookie
 * store. No redirect is followed, no proxy asked, no default of the application's used but the trust store.
 *
 * <p>One thread sends; others may {@linkplain #overdue end} what takes too long, for a socket has no limit of its own
 * for writing.
 */
final class OtlpHttpSender implements AutoCloseable {
    private static final int LONGEST_HEAD = 16_384;
    private static final int LONGEST_BODY = 65_536;

    private final URI uri;
    private final ValueSource source;
    private final boolean secure;
    private final String host;
    private final int port;
    private final String agent;
    private final Map<String, List<String>> headers;
    private final long timeoutNanos;
    private @Nullable SSLContext context;
    private @Nullable Socket socket;
    private long until;
    private boolean late;
    private boolean closed;

    /**
     * Nothing is opened yet.
     *
     * @param receiver where to
     * @param agent who sends
     * @param headers beside those that belong to the message
     * @param timeoutNanos how long one message may take, its answer included
     */
    OtlpHttpSender(OtlpEndpoint.Found receiver, String agent, Map<String, List<String>> headers, long timeoutNanos) {
        this.uri = receiver.uri();
        this.source = receiver.source();
        this.secure = "https".equalsIgnoreCase(uri.getScheme());
        String name = uri.getHost();
        this.host = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
        this.port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        this.agent = agent;
        this.headers = headers;
        this.timeoutNanos = timeoutNanos;
    }

    /**
     * The receiver's response.
     *
     * @param status of the response
     * @param body the response's, empty where it is long or its length is not said
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
    record Response(int status, byte[] body) {}

    /**
     * Returns the origin that messages go to, without path and query, which may hold a credential; or the name of what
     * it comes from outside the configuration.
     */
    String shown() {
        return source.shown(origin());
    }

    /** The source of the receiver's URL. */
    ValueSource source() {
        return source;
    }

    private String origin() {
        String name = host.indexOf(':') >= 0 ? '[' + host + ']' : host;
        return (secure ? "https://" : "http://") + name.toLowerCase(Locale.ROOT) + ':' + port;
    }

    /**
     * Sends a message and waits for the response.
     *
     * @throws SocketTimeoutException it took too long
     * @throws IOException it did not work
     */
    Response send(byte[] message) throws IOException {
        try (Socket plain = new Socket(Proxy.NO_PROXY)) {
            begin(plain);
            plain.connect(new InetSocketAddress(host, port), millisLeft());
            Socket used = secure ? secured(plain) : plain;
            OutputStream out = used.getOutputStream();
            out.write(head(message.length));
            out.write(message);
            out.flush();
            return reply(used);
        } catch (IOException e) {
            if (isLate()) {
                throw new SocketTimeoutException("no response");
            }
            throw e;
        } finally {
            end();
        }
    }

    private synchronized void begin(Socket opened) throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        socket = opened;
        until = System.nanoTime() + timeoutNanos;
        late = false;
    }

    private synchronized void end() {
        socket = null;
    }

    private synchronized boolean isLate() {
        return late;
    }

    /** At least one, for none would be no limit. */
    private synchronized int millisLeft() throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("no response");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }

    /** Ends what has taken too long; to be called every second or so. */
    synchronized void overdue() {
        if (socket != null && System.nanoTime() - until > 0) {
            late = true;
            abort();
        }
    }

    /** Ends what is under way, and sends nothing any more. */
    @Override
    public synchronized void close() {
        closed = true;
        abort();
    }

    private void abort() {
        Socket open = socket;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It was to be thrown away.
            }
        }
    }

    /** A context of our own: the default one is the application's to set up. */
    private Socket secured(Socket plain) throws IOException {
        try {
            SSLContext made = context;
            if (made == null) {
                made = SSLContext.getInstance("TLS");
                made.init(null, null, null);
                context = made;
            }
            SSLSocket tls = (SSLSocket) made.getSocketFactory().createSocket(plain, host, port, true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            tls.setSoTimeout(millisLeft());
            tls.startHandshake();
            return tls;
        } catch (GeneralSecurityException e) {
            throw new IOException("no TLS: " + e.getMessage(), e);
        }
    }

    private byte[] head(int length) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : '?' + uri.getRawQuery();
        StringBuilder head = new StringBuilder();
        head.append("POST ").append(path).append(query).append(" HTTP/1.1\r\n");
        head.append("Host: ").append(uri.getHost());
        if (uri.getPort() >= 0) {
            head.append(':').append(port);
        }
        head.append("\r\nConnection: close\r\nContent-Type: application/x-protobuf\r\nContent-Length: ")
                .append(length)
                .append("\r\n");
        headers.forEach((name, values) -> {
            if (!OtlpExport.RESERVED_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                for (String value : values) {
                    head.append(name).append(": ").append(oneLine(value)).append("\r\n");
                }
            }
        });
        if (headers.keySet().stream().noneMatch("user-agent"::equalsIgnoreCase)) {
            head.append("User-Agent: ").append(agent).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The environment's headers may have line breaks, which would begin other headers. */
    private static String oneLine(String value) {
        return value.replace('\r', ' ').replace('\n', ' ');
    }

    private Response reply(Socket from) throws IOException {
        InputStream in = new BufferedInputStream(from.getInputStream());
        while (true) {
            String[] lines = head(from, in).split("\r\n", -1);
            int status = status(lines[0]);
            if (status >= 200) {
                return new Response(status, body(from, in, length(lines)));
            }
        }
    }

    private String head(Socket from, InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            from.setSoTimeout(millisLeft());
            int next = in.read();
            if (next < 0 || head.size() == LONGEST_HEAD) {
                throw new IOException(head.size() == 0 ? "the connection was closed" : "that was no HTTP");
            }
            head.write(next);
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static int status(String line) throws IOException {
        // HTTP/1.1 200 OK
        if (line.startsWith("HTTP/1.") && line.length() >= 12) {
            try {
                return Integer.parseInt(line, 9, 12, 10);
            } catch (NumberFormatException e) {
                // As below.
            }
        }
        throw new IOException("that was no HTTP");
    }

    private static int length(String[] lines) {
        for (String line : lines) {
            if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                try {
                    return Integer.parseInt(line.substring(15).strip());
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 0;
    }

    private byte[] body(Socket from, InputStream in, int length) throws IOException {
        byte[] body = new byte[length < 0 || length > LONGEST_BODY ? 0 : length];
        int read = 0;
        while (read < body.length) {
            from.setSoTimeout(millisLeft());
            int more = in.read(body, read, body.length - read);
            if (more < 0) {
                return new byte[0];
            }
            read += more;
        }
        return body;
    }
}
