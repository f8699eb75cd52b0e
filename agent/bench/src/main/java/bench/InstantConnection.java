package bench;

import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;

/** A connection of the JDK's that answers at once and without I/O. */
final class InstantConnection extends HttpURLConnection {
    InstantConnection(URL url) {
        super(url);
    }

    @Override
    public void connect() {
        connected = true;
    }

    @Override
    public void disconnect() {}

    @Override
    public boolean usingProxy() {
        return false;
    }

    @Override
    public int getResponseCode() {
        connect();
        responseCode = 200;
        return responseCode;
    }

    @Override
    public String getHeaderField(String name) {
        connect();
        return null;
    }

    @Override
    public String getHeaderField(int n) {
        connect();
        return n == 0 ? "HTTP/1.1 200 OK" : null;
    }

    @Override
    public InputStream getInputStream() {
        connect();
        return InputStream.nullInputStream();
    }
}
