package dev.holdfast.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A TCP proxy that holds back each answer of a server. */
final class SlowProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int to;
    private volatile long delayMillis;

    SlowProxy(int to) {
        this.to = to;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    void delay(long millis) {
        delayMillis = millis;
    }

    private void accept() {
        try {
            while (true) {
                connect(listener.accept());
            }
        } catch (IOException e) {
            // It is closed.
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket("127.0.0.1", to);
        } catch (IOException e) {
            client.close(); // as the server is away
            return;
        }
        daemon(() -> copy(client, server, false));
        daemon(() -> copy(server, client, true));
    }

    private void copy(Socket from, Socket into, boolean slowly) {
        try (from;
                into) {
            InputStream in = from.getInputStream();
            OutputStream out = into.getOutputStream();
            byte[] bytes = new byte[8192];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
                while (slowly && System.nanoTime() - until < 0) {
                    LockSupport.parkNanos(until - System.nanoTime());
                }
                out.write(bytes, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // One of the two has ended.
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "slow-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
