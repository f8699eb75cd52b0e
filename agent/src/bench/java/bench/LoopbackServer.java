package bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The cheapest server there can be: on each connection, whatever ends in an empty line gets the same answer. */
final class LoopbackServer implements AutoCloseable {
    private final byte[] response;
    private final ServerSocket socket;

    /** On every loopback address, with bodies of this many bytes. */
    LoopbackServer(int body) throws IOException {
        response = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + body + "\r\n\r\n"
                        + "x".repeat(body))
                .getBytes(StandardCharsets.US_ASCII);
        socket = new ServerSocket(0, 50);
        daemon(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort() + "/";
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                if (!connection.getInetAddress().isLoopbackAddress()) {
                    connection.close(); // none of ours
                    continue;
                }
                connection.setTcpNoDelay(true);
                daemon(() -> serve(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = connection.getInputStream();
            OutputStream out = connection.getOutputStream();
            byte[] buffer = new byte[8192];
            int newlines = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                for (int i = 0; i < n; i++) {
                    if (buffer[i] == '\n') {
                        if (++newlines == 2) {
                            newlines = 0;
                            out.write(response);
                        }
                    } else if (buffer[i] != '\r') {
                        newlines = 0;
                    }
                }
            }
        } catch (IOException e) {
            // The program is gone.
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
