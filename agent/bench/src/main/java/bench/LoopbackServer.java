package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The cheapest server there can be: on each connection, whatever ends in an empty line gets the same answer.
 *
 * <p>One thread serves all connections. With a thread for each, what a call costs depends on whether the kernel put
 * that thread on the caller's core: on a machine with two cores, a call to the thread on the other one took up to 17
 * times as long, and stayed so for as long as nothing else ran. See {@code docs/benchmarks.md}.
 */
final class LoopbackServer implements AutoCloseable {
    private final ByteBuffer response;
    private final ByteBuffer request = ByteBuffer.allocateDirect(8192);
    private final ServerSocketChannel socket;
    private final Selector selector;
    private final Map<String, Integer> accepted = new TreeMap<>();

    /** On every loopback address, with bodies of this many bytes. */
    LoopbackServer(int body) throws IOException {
        byte[] bytes = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + body + "\r\n\r\n"
                        + "x".repeat(body))
                .getBytes(StandardCharsets.US_ASCII);
        response = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        socket = ServerSocketChannel.open();
        socket.bind(new InetSocketAddress(0), 50);
        socket.configureBlocking(false);
        selector = Selector.open();
        socket.register(selector, SelectionKey.OP_ACCEPT);
        Thread thread = new Thread(this::serve);
        thread.setDaemon(true);
        thread.start();
    }

    String url() throws IOException {
        return "http://127.0.0.1:" + ((InetSocketAddress) socket.getLocalAddress()).getPort() + "/";
    }

    /** Returns how many connections were accepted for each address. */
    String accepted() {
        synchronized (accepted) {
            return accepted.toString();
        }
    }

    /** The state of a connection. */
    private static final class Exchange {
        private int newlines;
        private int left;
    }

    private void serve() {
        try {
            while (selector.isOpen()) {
                selector.select(this::serve);
            }
        } catch (IOException | ClosedSelectorException e) {
            // closed
        }
    }

    private void serve(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept();
            } else if (key.isWritable()) {
                write(key, (SocketChannel) key.channel(), (Exchange) key.attachment());
            } else {
                read(key, (SocketChannel) key.channel(), (Exchange) key.attachment());
            }
        } catch (IOException e) {
            close(key); // the program is gone
        }
    }

    private void accept() throws IOException {
        SocketChannel connection = socket.accept();
        if (connection == null) {
            return;
        }
        InetAddress local = ((InetSocketAddress) connection.getLocalAddress()).getAddress();
        if (!local.isLoopbackAddress()) {
            connection.close(); // none of ours
            return;
        }
        synchronized (accepted) {
            accepted.merge(local.getHostAddress(), 1, Integer::sum);
        }
        connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
        connection.configureBlocking(false);
        connection.register(selector, SelectionKey.OP_READ, new Exchange());
    }

    private void read(SelectionKey key, SocketChannel connection, Exchange exchange) throws IOException {
        request.clear();
        if (connection.read(request) < 0) {
            close(key);
            return;
        }
        request.flip();
        while (request.hasRemaining()) {
            byte next = request.get();
            if (next == '\n') {
                if (++exchange.newlines == 2) {
                    exchange.newlines = 0;
                    exchange.left += response.limit();
                }
            } else if (next != '\r') {
                exchange.newlines = 0;
            }
        }
        write(key, connection, exchange);
    }

    /** Writes what is left, as far as the connection takes it now. */
    private void write(SelectionKey key, SocketChannel connection, Exchange exchange) throws IOException {
        int size = response.limit();
        while (exchange.left > 0) {
            int done = (size - exchange.left % size) % size;
            int written = connection.write(response.slice(done, size - done));
            if (written == 0) {
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return;
            }
            exchange.left -= written;
        }
        key.interestOps(SelectionKey.OP_READ);
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        socket.close();
    }
}
