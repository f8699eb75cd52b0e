package bench;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import javax.net.SocketFactory;

/** A socket in memory, whose peer answers each request at once: it takes no I/O and no other thread. */
final class InstantSocket extends Socket {
    private static final byte[] RESPONSE =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

    private int unread;
    private int newlines;
    private boolean closed;

    private final InputStream in = new InputStream() {
        private final byte[] one = new byte[1];

        @Override
        public int read() {
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            if (unread == 0) {
                return -1;
            }
            int read = Math.min(length, unread);
            System.arraycopy(RESPONSE, RESPONSE.length - unread, to, offset, read);
            unread -= read;
            return read;
        }
    };

    private final OutputStream out = new OutputStream() {
        @Override
        public void write(int written) {
            if (written == '\n') {
                if (++newlines == 2) {
                    newlines = 0;
                    unread = RESPONSE.length;
                }
            } else if (written != '\r') {
                newlines = 0;
            }
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                write(from[i]);
            }
        }
    };

    @Override
    public void connect(SocketAddress endpoint, int timeout) {}

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public InputStream getInputStream() {
        return in;
    }

    @Override
    public OutputStream getOutputStream() {
        return out;
    }

    @Override
    public void setSoTimeout(int timeout) {}

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Makes such sockets. */
    static final class Factory extends SocketFactory {
        @Override
        public Socket createSocket() {
            return new InstantSocket();
        }

        @Override
        public Socket createSocket(String host, int port) {
            return new InstantSocket();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
            return new InstantSocket();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            return new InstantSocket();
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
            return new InstantSocket();
        }
    }
}
