package com.example.compat;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import org.jspecify.annotations.Nullable;

/** A program's own connection around the JDK's, as libraries that measure or sign have one. */
final class WrappedConnection extends HttpURLConnection {
    private final HttpURLConnection inner;

    WrappedConnection(URL url) throws IOException {
        super(url);
        this.inner = (HttpURLConnection) url.openConnection();
    }

    @Override
    public void connect() throws IOException {
        inner.connect();
        connected = true;
    }

    @Override
    public void disconnect() {
        inner.disconnect();
    }

    @Override
    public boolean usingProxy() {
        return inner.usingProxy();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return inner.getInputStream();
    }

    @Override
    public @Nullable InputStream getErrorStream() {
        return inner.getErrorStream();
    }

    @Override
    public @Nullable String getHeaderField(int n) {
        return inner.getHeaderField(n);
    }

    @Override
    public @Nullable String getHeaderFieldKey(int n) {
        return inner.getHeaderFieldKey(n);
    }

    @Override
    public @Nullable String getHeaderField(String name) {
        return inner.getHeaderField(name);
    }
}
