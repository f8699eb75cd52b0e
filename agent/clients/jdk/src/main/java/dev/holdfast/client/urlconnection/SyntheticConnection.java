package dev.holdfast.client.urlconnection;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.URL;
import java.security.Permission;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A connection that shows an answer of a fallback strategy as the JDK's would show a real one, oddities included. It
 * takes the place of the attempt's connection behind a front, of either kind. As safe for threads as the JDK's.
 */
final class SyntheticConnection extends HttpsURLConnection {
    /** Finds out what to show, when the application asks: it may have to write the request's body first. */
    interface ResponseSupplier {
        /** The answer, or what the application would have got without one. */
        SyntheticResponse get() throws IOException;
    }

    private final HttpURLConnection real;
    private @Nullable ResponseSupplier responseSupplier;
    private @Nullable SyntheticResponse known;
    private @Nullable Exception failure;
    private List<Map.Entry<String, String>> lines = List.of();

    /**
     * Shows an answer.
     *
     * @param real the connection that failed, for what the application asks about its request
     * @param method the request's
     */
    SyntheticConnection(HttpURLConnection real, String method, SyntheticResponse response) {
        this(real, method, response, null);
        lines = lines(response.headers());
    }

    /** Shows what is found out later: {@code later} is asked once. */
    SyntheticConnection(HttpURLConnection real, String method, ResponseSupplier responseSupplier) {
        this(real, method, null, responseSupplier);
    }

    /**
     * Shows an attempt of Holdfast's own that failed before its connection was asked for a response, or was refused by
     * a status.
     *
     * @param real the connection of that attempt, which must not be asked for anything
     * @param head what is known of the response, null: nothing
     * @param error what it ended in
     */
    static SyntheticConnection failed(
            HttpURLConnection real, String method, @Nullable ConnectionHead head, Exception error) {
        SyntheticResponse refused = head == null ? null : SyntheticResponse.ofRefusal(head, real.getURL());
        SyntheticConnection made = new SyntheticConnection(real, method, refused, null);
        made.failure = error;
        if (refused != null) {
            made.lines = lines(refused.headers());
        }
        return made;
    }

    /** Returns whether it is yet to be found out what to show. */
    boolean isPending() {
        return responseSupplier != null;
    }

    private SyntheticConnection(
            HttpURLConnection real,
            String method,
            @Nullable SyntheticResponse known,
            @Nullable ResponseSupplier responseSupplier) {
        super(real.getURL());
        this.real = real;
        this.known = known;
        this.responseSupplier = responseSupplier;
        this.method = method;
        doInput = real.getDoInput();
        doOutput = real.getDoOutput();
        useCaches = real.getUseCaches();
        allowUserInteraction = real.getAllowUserInteraction();
        ifModifiedSince = real.getIfModifiedSince();
        instanceFollowRedirects = real.getInstanceFollowRedirects();
        setConnectTimeout(real.getConnectTimeout());
        setReadTimeout(real.getReadTimeout());
        connected = true;
    }

    private SyntheticResponse shown() throws IOException {
        ResponseSupplier asked = responseSupplier;
        if (asked != null) {
            responseSupplier = null;
            try {
                known = asked.get();
                lines = lines(known.headers());
            } catch (IOException e) {
                failure = e;
            }
        }
        SyntheticResponse response = known;
        if (response == null) {
            throw raised();
        }
        return response;
    }

    private IOException raised() {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        return failure instanceof IOException e ? e : new IOException("no answer");
    }

    /** Returns the response, or null, for methods that swallow exceptions. */
    private @Nullable SyntheticResponse shownOrNull() {
        try {
            return shown();
        } catch (IOException e) {
            return null;
        }
    }

    private static List<Map.Entry<String, String>> lines(Map<String, List<String>> headers) {
        List<Map.Entry<String, String>> lines = new ArrayList<>();
        headers.forEach((name, values) -> values.forEach(value -> lines.add(Map.entry(name, value))));
        return lines;
    }

    @Override
    public void connect() throws IOException {
        if (failure != null) {
            throw raised();
        }
    }

    @Override
    public void disconnect() {
        HttpURLConnection source = source();
        if (source != null) {
            source.disconnect();
        }
    }

    private @Nullable HttpURLConnection source() {
        SyntheticResponse response = known;
        return response == null ? null : response.source();
    }

    @Override
    public URL getURL() {
        SyntheticResponse response = known;
        return response == null ? url : response.url();
    }

    @Override
    public boolean usingProxy() {
        HttpURLConnection source = source();
        return source != null && source.usingProxy();
    }

    @Override
    public int getResponseCode() throws IOException {
        return shown().status();
    }

    @Override
    public @Nullable String getResponseMessage() throws IOException {
        return shown().message();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        if (!doInput) {
            throw new ProtocolException("Cannot read from URLConnection if doInput=false (call setDoInput(true))");
        }
        SyntheticResponse response = shown();
        if (response.status() == 404 || response.status() == 410) {
            throw new FileNotFoundException(response.url().toString());
        }
        if (response.status() >= 400) {
            throw new IOException(
                    "Server returned HTTP response code: " + response.status() + " for URL: " + response.url());
        }
        return response.body();
    }

    @Override
    public @Nullable InputStream getErrorStream() {
        SyntheticResponse response = known;
        return response != null && response.status() >= 400 ? response.body() : null;
    }

    /** Takes a body to nowhere: the application writes it, for it knows of no failure. */
    @Override
    public OutputStream getOutputStream() throws IOException {
        if (!doOutput) {
            throw new ProtocolException("cannot write to a URLConnection if doOutput=false - call setDoOutput(true)");
        }
        if (failure != null) {
            throw raised();
        }
        return OutputStream.nullOutputStream();
    }

    @Override
    public @Nullable String getHeaderField(int n) {
        SyntheticResponse response = shownOrNull();
        if (response != null && n == 0) {
            return statusLine(response);
        }
        return n > 0 && n <= lines.size() ? lines.get(n - 1).getValue() : null;
    }

    @Override
    public @Nullable String getHeaderFieldKey(int n) {
        SyntheticResponse unused = shownOrNull();
        return n > 0 && n <= lines.size() ? lines.get(n - 1).getKey() : null;
    }

    /** The last of several, as the JDK has it; the status line for null. */
    @Override
    public @Nullable String getHeaderField(@Nullable String name) {
        SyntheticResponse response = shownOrNull();
        if (response != null && name == null) {
            return statusLine(response);
        }
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (lines.get(i).getKey().equalsIgnoreCase(name)) {
                return lines.get(i).getValue();
            }
        }
        return null;
    }

    @Override
    public Map<String, List<String>> getHeaderFields() {
        SyntheticResponse response = shownOrNull();
        if (response == null) {
            return Map.of();
        }
        Map<String, List<String>> together = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Map.Entry<String, String> line : lines) {
            together.computeIfAbsent(line.getKey(), name -> new ArrayList<>()).add(line.getValue());
        }
        Map<@Nullable String, List<String>> fields = new LinkedHashMap<>();
        fields.put(null, List.of(statusLine(response)));
        together.forEach((name, values) -> fields.put(name, Collections.unmodifiableList(values)));
        return Collections.unmodifiableMap(fields);
    }

    private static String statusLine(SyntheticResponse response) {
        return ("HTTP/1.1 " + response.status() + " " + response.message()).strip();
    }

    @Override
    public @Nullable String getRequestProperty(String key) {
        return real.getRequestProperty(key);
    }

    @Override
    public Map<String, List<String>> getRequestProperties() {
        return real.getRequestProperties();
    }

    @Override
    @SuppressWarnings({"deprecation", "removal"}) // callers of it exist; deprecated on 25 only
    public Permission getPermission() throws IOException {
        return real.getPermission();
    }

    // Where no handshake took place, that is said as the JDK's connection says it before one.

    private HttpsURLConnection secure() {
        if (source() instanceof HttpsURLConnection secure) {
            return secure;
        }
        throw new IllegalStateException("connection not yet open");
    }

    @Override
    public String getCipherSuite() {
        return secure().getCipherSuite();
    }

    @Override
    public Certificate @Nullable [] getLocalCertificates() {
        return secure().getLocalCertificates();
    }

    @Override
    public Certificate[] getServerCertificates() throws SSLPeerUnverifiedException {
        return secure().getServerCertificates();
    }

    @Override
    public Optional<SSLSession> getSSLSession() {
        return source() instanceof HttpsURLConnection secure ? secure.getSSLSession() : Optional.empty();
    }

    @Override
    public String toString() {
        return real.toString();
    }
}
