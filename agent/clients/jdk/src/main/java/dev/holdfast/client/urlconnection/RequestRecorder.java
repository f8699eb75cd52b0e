package dev.holdfast.client.urlconnection;

import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Privileges;
import dev.holdfast.policy.DegradedPolicy;
import dev.holdfast.policy.RetryPolicy;
import java.io.IOException;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The request as the application asked for it, and how a connection is made of it: recorded while it is set on the
 * first connection, and played to that of each further attempt.
 */
final class RequestRecorder {
    private static final ConnectionSetting[] NO_SETTINGS = {};

    private final URL url;
    private final @Nullable Proxy proxy;
    private final ErrorReporter errorReporter;
    /** Replaced by the application's thread, read by that of an attempt beside the first one too. */
    private volatile ConnectionSetting[] settings = NO_SETTINGS;

    /**
     * The headers by their names in lower case: a connection hides those that hold credentials. Made with the first.
     */
    private @Nullable Map<String, List<String>> headers;

    private final Timeouts timeouts = new Timeouts();
    private boolean hasAuthenticator;
    private boolean streaming;
    private long announcedLength = -1;
    private boolean lacksBody;
    private @Nullable ConnectionWrapper wrapper;
    private volatile @Nullable Upload upload;
    private String method = "GET";
    private String methodField = "GET";
    private @Nullable String idempotencyKey;

    RequestRecorder(URL url, @Nullable Proxy proxy, ErrorReporter errorReporter) {
        this.url = url;
        this.proxy = proxy;
        this.errorReporter = errorReporter;
    }

    /** Set once, by the front's constructor: its protected field may hold a method that cannot be set. */
    void setFront(ConnectionWrapper made) {
        wrapper = made;
    }

    /** The front of the connection; null: it is being made. */
    @Nullable
    ConnectionWrapper front() {
        return wrapper;
    }

    /** Sets something on the current connection, and on those to come. What the JDK refuses is not recorded. */
    void set(HttpURLConnection current, ConnectionSetting connectionSetting) throws ProtocolException {
        connectionSetting.applyTo(current);
        add(connectionSetting);
    }

    private synchronized void add(ConnectionSetting connectionSetting) {
        ConnectionSetting[] more = Arrays.copyOf(settings, settings.length + 1);
        more[more.length - 1] = connectionSetting;
        settings = more;
    }

    /**
     * Notes a header that was added to others of its name, or set: then in place of the last of them, as a connection
     * does it.
     */
    synchronized void noteHeader(@Nullable String name, @Nullable String value, boolean added) {
        if (name == null) {
            return;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (headers == null) {
            headers = new LinkedHashMap<>();
        }
        List<String> values = headers.computeIfAbsent(lower, n -> new ArrayList<>());
        if (!added && !values.isEmpty()) {
            values.remove(values.size() - 1);
        }
        values.add(value == null ? "" : value);
    }

    /**
     * The first value of a header that the application set, whatever the connection still shows of it; null: it set
     * none.
     */
    synchronized @Nullable String header(String name) {
        List<String> values = headers == null ? null : headers.get(name.toLowerCase(Locale.ROOT));
        return values == null ? null : values.get(0);
    }

    /** The headers that the application set. */
    synchronized Map<String, List<String>> headers() {
        return headers == null ? new LinkedHashMap<>() : new LinkedHashMap<>(headers);
    }

    /** Notes that an authenticator was set for this connection. */
    void noteAuthenticator() {
        hasAuthenticator = true;
    }

    /** Returns whether one was. */
    boolean hasAuthenticator() {
        return hasAuthenticator;
    }

    /**
     * Notes that a streaming mode was set: then a connection asks for the stream itself, if nobody else does.
     *
     * @param length how many bytes the body is to have, -1 if that is not known
     */
    void noteStreaming(long length) {
        streaming = true;
        announcedLength = length;
    }

    /** Returns the number of bytes that the application announced for a streaming mode, -1 if it did not. */
    long announcedLength() {
        return announcedLength;
    }

    /** Returns whether a streaming mode was set. */
    boolean isStreaming() {
        return streaming;
    }

    /**
     * Notes that the application was refused a stream to write its body to: a body that was not recorded is not none.
     */
    void noteBodyRefused() {
        lacksBody = true;
    }

    /** Returns whether the application has a body for it that is not known here. */
    boolean lacksBody() {
        return lacksBody && upload == null;
    }

    /** The proxy that it goes through, as {@code host:port}; null: none, or it is not known. */
    @Nullable
    String proxyAddress() {
        return ProxyAddress.of(proxy, url);
    }

    /** The proxy that the connection was opened with; null: the JVM's selector chooses. */
    @Nullable
    Proxy proxy() {
        return proxy;
    }

    /** Returns the URL that the application sent it to. */
    URL url() {
        return url;
    }

    void setRequestMethod(HttpURLConnection current, String newMethod) throws ProtocolException {
        set(current, c -> c.setRequestMethod(newMethod));
        methodField = newMethod;
    }

    void setConnectTimeout(HttpURLConnection current, int millis) {
        current.setConnectTimeout(millis);
        add(c -> c.setConnectTimeout(millis));
        timeouts.setConnect(millis);
    }

    void setReadTimeout(HttpURLConnection current, int millis) {
        current.setReadTimeout(millis);
        add(c -> c.setReadTimeout(millis));
        timeouts.setRead(millis);
    }

    /** The connection's own timeouts. */
    Timeouts timeouts() {
        return timeouts;
    }

    /**
     * The request is about to be sent for the first time: notes what the session will ask for.
     *
     * @param mayWrite whether the application may still ask for a stream to write a body to
     * @throws ProtocolException if a method was set by reflection that is not a token
     */
    void begin(HttpURLConnection current, boolean mayWrite) throws ProtocolException {
        syncMethod(current);
        method = current.getRequestMethod();
        if ((mayWrite || streaming) && upload == null && current.getDoOutput() && method.equals("GET")) {
            method = "POST"; // what getOutputStream is about to make of it
        }
        idempotencyKey = current.getRequestProperty("Idempotency-Key");
    }

    /** The answer is asked for: where nobody asked for a stream to write to, the method is the one that was set. */
    void complete(HttpURLConnection current) {
        if (upload == null && !streaming) {
            method = current.getRequestMethod();
        }
    }

    /** The path of the URL, without the query. */
    String path() {
        return url.getPath();
    }

    /** The method that is sent. */
    String method() {
        return method;
    }

    /** The value of the {@code Idempotency-Key} header, which a connection hides once it has sent it. */
    @Nullable
    String idempotencyKey() {
        return idempotencyKey;
    }

    /** The body, once the application asked for a stream to write it to. */
    @Nullable
    Upload upload() {
        return upload;
    }

    void setUpload(Upload made) {
        upload = made;
    }

    /** The call is over: its body is not sent again. */
    void releaseUpload() {
        Upload made = upload;
        if (made != null) {
            made.release();
        }
    }

    /**
     * Another connection for the same request.
     *
     * @param like the one before, whose defaults it gets
     * @return null: none could be made, which was reported
     */
    @Nullable
    HttpURLConnection open(HttpURLConnection like) {
        try {
            return open(url, like, connectionSetting -> true);
        } catch (IOException | RuntimeException e) {
            errorReporter.report("a call ends with the outcome it has", e);
            return null;
        }
    }

    /**
     * Adds the header with the number of attempts before this one, where the policy names one that the application has
     * not set.
     *
     * @param next a connection that was not opened
     * @param attempt the number of the attempt that it is for
     */
    void number(HttpURLConnection next, RetryPolicy policy, int attempt) {
        String counter = policy.attemptHeaderOf(attempt);
        if (counter != null && header(counter) == null) {
            next.setRequestProperty(counter, Integer.toString(attempt - 1));
        }
    }

    /**
     * A connection for the same request to another origin, without credentials unless the policy wants them there.
     *
     * @param like the one before, whose defaults it gets
     */
    HttpURLConnection openAlternateOrigin(URL alternateOrigin, HttpURLConnection like, DegradedPolicy policy)
            throws IOException {
        HttpURLConnection next = open(alternateOrigin, like, connectionSetting -> connectionSetting.goesAlong(policy));
        if (!policy.forwardCredentials()) {
            next.setAuthenticator(new NoCredentials()); // in place of the JVM's
        }
        return next;
    }

    private HttpURLConnection open(URL to, HttpURLConnection like, Predicate<ConnectionSetting> wanted)
            throws IOException {
        HttpURLConnection next = (HttpURLConnection) AttemptConnections.open(to, proxy);
        CapturedDefaults.copy(like, next);
        for (ConnectionSetting connectionSetting : settings) {
            if (wanted.test(connectionSetting)) {
                connectionSetting.applyTo(next);
            }
        }
        ConnectionWrapper shown = wrapper;
        if (shown != null && !shown.methodField().equals(next.getRequestMethod())) {
            setMethod(next, shown.methodField());
        }
        return next;
    }

    /**
     * Brings a method that was set on the front by reflection to the connection.
     *
     * @throws ProtocolException if it is not a token
     */
    void syncMethod(HttpURLConnection connection) throws ProtocolException {
        ConnectionWrapper shown = wrapper;
        if (shown != null && !shown.methodField().equals(methodField)) {
            setMethod(connection, shown.methodField());
            methodField = shown.methodField();
        }
    }

    /** The method in the front's protected field. */
    String methodOfFront() {
        ConnectionWrapper shown = wrapper;
        return shown == null ? methodField : shown.methodField();
    }

    private static void setMethod(HttpURLConnection connection, String method) throws ProtocolException {
        // It reflects on the JDK's class, which the application itself may not be allowed to.
        try {
            Object unused = Privileges.withOwnPrivileges(() -> {
                ConnectionAccess.setMethod(connection, method);
                return connection;
            });
        } catch (IllegalArgumentException e) {
            ProtocolException refused = new ProtocolException("Invalid HTTP method: not a token");
            refused.initCause(e);
            throw refused;
        }
    }

    /** Returns whether a connection stands where the application sent it, and not behind a redirect. */
    @SuppressWarnings("ReferenceEquality") // their equals resolves hosts
    boolean isFirstRequest(HttpURLConnection connection) {
        URL at = connection.getURL();
        return at == url || at.toExternalForm().equals(url.toExternalForm());
    }

    /** Has none to give. */
    private static final class NoCredentials extends Authenticator {}
}
