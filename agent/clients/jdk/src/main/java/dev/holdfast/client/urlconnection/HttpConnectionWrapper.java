package dev.holdfast.client.urlconnection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.URL;
import java.security.Permission;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection that an application holds to an http URL with a policy. Its twin {@link HttpsConnectionWrapper} says
 * the same over again, since the two must extend different classes of the JDK.
 */
final class HttpConnectionWrapper extends HttpURLConnection implements ConnectionWrapper {
    private final Exchange exchange;

    HttpConnectionWrapper(URL url, Exchange exchange) {
        super(url);
        this.exchange = exchange;
        exchange.setFront(this);
    }

    @Override
    public HttpURLConnection delegate() {
        return exchange.delegate();
    }

    @Override
    public String methodField() {
        return method;
    }

    @Override
    public void show(boolean isConnected, int status, @Nullable String message) {
        connected = isConnected;
        responseCode = status;
        responseMessage = message;
    }

    // What makes the JDK talk: through the gate.

    @Override
    public void connect() throws IOException {
        exchange.connect();
        connected = true;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return exchange.outputStream();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return exchange.inputStream();
    }

    @Override
    public @Nullable InputStream getErrorStream() {
        return exchange.errorStream();
    }

    @Override
    public int getResponseCode() throws IOException {
        return exchange.responseCode();
    }

    @Override
    public @Nullable String getResponseMessage() throws IOException {
        return exchange.responseMessage();
    }

    @Override
    public Object getContent() throws IOException {
        HttpURLConnection answered = exchange.content();
        return exchange.hasOwnBody() ? super.getContent() : answered.getContent();
    }

    @Override
    public Object getContent(Class<?>[] classes) throws IOException {
        HttpURLConnection answered = exchange.content();
        return exchange.hasOwnBody() ? super.getContent(classes) : answered.getContent(classes);
    }

    @Override
    public @Nullable String getHeaderField(String name) {
        HttpURLConnection head = exchange.head();
        return head == null ? null : head.getHeaderField(name);
    }

    @Override
    public @Nullable String getHeaderField(int n) {
        HttpURLConnection head = exchange.head();
        return head == null ? null : head.getHeaderField(n);
    }

    @Override
    public @Nullable String getHeaderFieldKey(int n) {
        HttpURLConnection head = exchange.head();
        return head == null ? null : head.getHeaderFieldKey(n);
    }

    @Override
    public Map<String, List<String>> getHeaderFields() {
        HttpURLConnection head = exchange.head();
        return head == null ? Map.of() : head.getHeaderFields();
    }

    @Override
    public int getHeaderFieldInt(String name, int otherwise) {
        HttpURLConnection head = exchange.head();
        return head == null ? otherwise : head.getHeaderFieldInt(name, otherwise);
    }

    @Override
    public long getHeaderFieldLong(String name, long otherwise) {
        HttpURLConnection head = exchange.head();
        return head == null ? otherwise : head.getHeaderFieldLong(name, otherwise);
    }

    @Override
    public long getHeaderFieldDate(String name, long otherwise) {
        HttpURLConnection head = exchange.head();
        return head == null ? otherwise : head.getHeaderFieldDate(name, otherwise);
    }

    @Override
    public int getContentLength() {
        HttpURLConnection head = exchange.head();
        return head == null ? -1 : head.getContentLength();
    }

    @Override
    public long getContentLengthLong() {
        HttpURLConnection head = exchange.head();
        return head == null ? -1 : head.getContentLengthLong();
    }

    @Override
    public @Nullable String getContentType() {
        HttpURLConnection head = exchange.head();
        return head == null ? null : head.getContentType();
    }

    @Override
    public @Nullable String getContentEncoding() {
        HttpURLConnection head = exchange.head();
        return head == null ? null : head.getContentEncoding();
    }

    @Override
    public long getExpiration() {
        HttpURLConnection head = exchange.head();
        return head == null ? 0 : head.getExpiration();
    }

    @Override
    public long getDate() {
        HttpURLConnection head = exchange.head();
        return head == null ? 0 : head.getDate();
    }

    @Override
    public long getLastModified() {
        HttpURLConnection head = exchange.head();
        return head == null ? 0 : head.getLastModified();
    }

    // What is set: on this attempt's connection and on those to come.

    @Override
    public void setRequestMethod(String newMethod) throws ProtocolException {
        exchange.setRequestMethod(newMethod);
        method = newMethod;
    }

    @Override
    public void setDoInput(boolean value) {
        exchange.setFreely(c -> c.setDoInput(value));
    }

    @Override
    public void setDoOutput(boolean value) {
        exchange.setFreely(c -> c.setDoOutput(value));
    }

    @Override
    public void setAllowUserInteraction(boolean value) {
        exchange.setFreely(c -> c.setAllowUserInteraction(value));
    }

    @Override
    public void setUseCaches(boolean value) {
        exchange.setFreely(c -> c.setUseCaches(value));
    }

    @Override
    public void setIfModifiedSince(long value) {
        exchange.setFreely(c -> c.setIfModifiedSince(value));
    }

    @Override
    public void setInstanceFollowRedirects(boolean value) {
        exchange.setFreely(c -> c.setInstanceFollowRedirects(value));
    }

    @Override
    public void setChunkedStreamingMode(int value) {
        exchange.setFreely(c -> c.setChunkedStreamingMode(value));
        exchange.noteStreaming(-1);
    }

    @Override
    public void setFixedLengthStreamingMode(int value) {
        exchange.setFreely(c -> c.setFixedLengthStreamingMode(value));
        exchange.noteStreaming(value);
    }

    @Override
    public void setFixedLengthStreamingMode(long value) {
        exchange.setFreely(c -> c.setFixedLengthStreamingMode(value));
        exchange.noteStreaming(value);
    }

    @Override
    public void setAuthenticator(Authenticator authenticator) {
        exchange.setFreely(new ConnectionSetting.Credentials(authenticator));
        exchange.noteAuthenticator();
    }

    @Override
    public void setRequestProperty(String key, String value) {
        exchange.setFreely(new ConnectionSetting.Header(key, value, false));
        exchange.noteHeader(key, value, false);
    }

    @Override
    public void addRequestProperty(String key, String value) {
        exchange.setFreely(new ConnectionSetting.Header(key, value, true));
        exchange.noteHeader(key, value, true);
    }

    @Override
    public void setConnectTimeout(int millis) {
        exchange.setConnectTimeout(millis);
    }

    @Override
    public void setReadTimeout(int millis) {
        exchange.setReadTimeout(millis);
    }

    @Override
    public void setDefaultUseCaches(boolean value) {
        exchange.delegate().setDefaultUseCaches(value);
    }

    // What is asked of the current connection.

    @Override
    public int getConnectTimeout() {
        return exchange.connectTimeout();
    }

    @Override
    public int getReadTimeout() {
        return exchange.readTimeout();
    }

    @Override
    public String getRequestMethod() {
        return exchange.requestMethod();
    }

    @Override
    public boolean getDoInput() {
        return exchange.delegate().getDoInput();
    }

    @Override
    public boolean getDoOutput() {
        return exchange.delegate().getDoOutput();
    }

    @Override
    public boolean getAllowUserInteraction() {
        return exchange.delegate().getAllowUserInteraction();
    }

    @Override
    public boolean getUseCaches() {
        return exchange.delegate().getUseCaches();
    }

    @Override
    public boolean getDefaultUseCaches() {
        return exchange.delegate().getDefaultUseCaches();
    }

    @Override
    public long getIfModifiedSince() {
        return exchange.delegate().getIfModifiedSince();
    }

    @Override
    public boolean getInstanceFollowRedirects() {
        return exchange.delegate().getInstanceFollowRedirects();
    }

    @Override
    public @Nullable String getRequestProperty(String key) {
        return exchange.delegate().getRequestProperty(key);
    }

    @Override
    public Map<String, List<String>> getRequestProperties() {
        return exchange.delegate().getRequestProperties();
    }

    @Override
    public URL getURL() {
        return exchange.delegate().getURL();
    }

    @Override
    public boolean usingProxy() {
        return exchange.delegate().usingProxy();
    }

    @Override
    @SuppressWarnings({"deprecation", "removal"}) // callers of it exist; deprecated on 25 only
    public Permission getPermission() throws IOException {
        return exchange.delegate().getPermission();
    }

    @Override
    public void disconnect() {
        exchange.disconnect();
        connected = false;
        responseCode = -1;
    }

    @Override
    public String toString() {
        return exchange.delegate().toString();
    }
}
