package dev.holdfast.client.urlconnection;

import dev.holdfast.fallback.Offer;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
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
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was never made: shows an answer of a fallback strategy as the JDK's would show a real one, oddities
 * included. It takes the place of the attempt's connection behind a front, of either kind. As safe for threads as the JDK's.
 */
final class MadeConnection extends HttpsURLConnection {
    private final HttpURLConnection real;
    private final Offer.Answer answer;
    private final List<Map.Entry<String, String>> lines = new ArrayList<>();
    private final InputStream stream;

    /**
     * Shows an answer.
     *
     * @param real the connection that failed, for what the application asks about its request
     * @param method the request's
     * @param answer status, headers and body
     */
    MadeConnection(HttpURLConnection real, String method, Offer.Answer answer) {
        super(real.getURL());
        this.real = real;
        this.answer = answer;
        this.stream = new ByteArrayInputStream(answer.body().bytes());
        answer.headers().forEach((name, values) -> values.forEach(value -> lines.add(Map.entry(name, value))));
        this.method = method;
        doInput = real.getDoInput();
        doOutput = real.getDoOutput();
        useCaches = real.getUseCaches();
        allowUserInteraction = real.getAllowUserInteraction();
        ifModifiedSince = real.getIfModifiedSince();
        instanceFollowRedirects = real.getInstanceFollowRedirects();
        setConnectTimeout(real.getConnectTimeout());
        setReadTimeout(real.getReadTimeout());
        responseCode = answer.status();
        responseMessage = reason(answer.status());
        connected = true;
    }

    @Override
    public void connect() {}

    @Override
    public void disconnect() {}

    @Override
    public boolean usingProxy() {
        return false;
    }

    @Override
    public int getResponseCode() {
        return answer.status();
    }

    @Override
    public @Nullable String getResponseMessage() {
        return reason(answer.status());
    }

    @Override
    public InputStream getInputStream() throws IOException {
        if (!doInput) {
            throw new ProtocolException("Cannot read from URLConnection if doInput=false (call setDoInput(true))");
        }
        int status = answer.status();
        if (status == 404 || status == 410) {
            throw new FileNotFoundException(url.toString());
        }
        if (status >= 400) {
            throw new IOException("Server returned HTTP response code: " + status + " for URL: " + url);
        }
        return stream;
    }

    @Override
    public @Nullable InputStream getErrorStream() {
        return answer.status() >= 400 ? stream : null;
    }

    /** Takes a body to nowhere: the application writes it, for it knows of no failure. */
    @Override
    public OutputStream getOutputStream() throws IOException {
        if (!doOutput) {
            throw new ProtocolException("cannot write to a URLConnection if doOutput=false - call setDoOutput(true)");
        }
        return OutputStream.nullOutputStream();
    }

    @Override
    public @Nullable String getHeaderField(int n) {
        if (n == 0) {
            return statusLine();
        }
        return n > 0 && n <= lines.size() ? lines.get(n - 1).getValue() : null;
    }

    @Override
    public @Nullable String getHeaderFieldKey(int n) {
        return n > 0 && n <= lines.size() ? lines.get(n - 1).getKey() : null;
    }

    /** The last of several, as the JDK has it; the status line for null. */
    @Override
    public @Nullable String getHeaderField(@Nullable String name) {
        if (name == null) {
            return statusLine();
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
        Map<String, List<String>> together = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Map.Entry<String, String> line : lines) {
            together.computeIfAbsent(line.getKey(), name -> new ArrayList<>()).add(line.getValue());
        }
        Map<@Nullable String, List<String>> fields = new LinkedHashMap<>();
        fields.put(null, List.of(statusLine()));
        together.forEach((name, values) -> fields.put(name, Collections.unmodifiableList(values)));
        return Collections.unmodifiableMap(fields);
    }

    private String statusLine() {
        return ("HTTP/1.1 " + answer.status() + " " + reason(answer.status())).strip();
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 201 -> "Created";
            case 202 -> "Accepted";
            case 203 -> "Non-Authoritative Information";
            case 204 -> "No Content";
            case 404 -> "Not Found";
            case 410 -> "Gone";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> "";
        };
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

    // No handshake took place; said as the JDK's connection says it before one.

    @Override
    public String getCipherSuite() {
        throw new IllegalStateException("connection not yet open");
    }

    @Override
    public Certificate[] getLocalCertificates() {
        throw new IllegalStateException("connection not yet open");
    }

    @Override
    public Certificate[] getServerCertificates() {
        throw new IllegalStateException("connection not yet open");
    }

    @Override
    public Optional<SSLSession> getSSLSession() {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return real.toString();
    }
}
