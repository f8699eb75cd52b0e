package dev.holdfast.client.jdkhttp;

import dev.holdfast.testkit.LoopbackTls;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;

/**
 * An HTTP/2 server on a raw loopback socket that can reset a stream or take leave of a connection, which a well-behaved
 * server library does not do on demand. It speaks h2c by upgrade, as the JDK's client asks for it, or h2 over TLS, and
 * no more of HPACK than a status.
 */
public final class Http2Server implements AutoCloseable {
    /** The response to one request. */
    public enum Does {
        /** 200 with the body {@code ok}. */
        ANSWER,
        /** 503 with the body {@code busy}. */
        BUSY,
        /** RST_STREAM with INTERNAL_ERROR instead of a head. */
        RESET,
        /** RST_STREAM with REFUSED_STREAM: nothing was done. */
        REFUSE,
        /** RST_STREAM with CANCEL instead of a head. */
        CANCEL,
        /** GOAWAY that names stream 0 as the last: nothing was done. */
        GO_AWAY,
        /**
         * GOAWAY that names the first stream without an answer as the last, and RST_STREAM with INTERNAL_ERROR for
         * that.
         */
        GO_AWAY_WITH_FIRST,
        /** 200 and half of a body, then RST_STREAM. */
        RESET_IN_BODY,
        /** Nothing. */
        HANG
    }

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length();
    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)content-length: (\\d+)");
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;

    private final ServerSocket listener;
    private final Deque<Does> script = new ArrayDeque<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger resets = new AtomicInteger();
    private final List<byte[]> bodies = new CopyOnWriteArrayList<>();
    private final String host;
    private final boolean secure;

    Http2Server(Does... script) throws IOException {
        this("127.0.0.1", false, script);
    }

    /** With TLS for a client that trusts {@link LoopbackTls}. */
    Http2Server(boolean secure, Does... script) throws IOException {
        this("127.0.0.1", secure, script);
    }

    /** The same with TLS, at another loopback address. */
    public Http2Server(String host, Does... script) throws IOException {
        this(host, true, script);
    }

    private Http2Server(String host, boolean secure, Does... script) throws IOException {
        this.host = host;
        this.secure = secure;
        this.script.addAll(List.of(script));
        InetAddress address = InetAddress.getByName(host);
        this.listener = secure
                ? LoopbackTls.serverContext().getServerSocketFactory().createServerSocket(0, 50, address)
                : new ServerSocket(0, 50, address);
        daemon(this::accept);
    }

    /** The address of its root. */
    public URI uri() {
        return URI.create((secure ? "https" : "http") + "://" + host + ":" + listener.getLocalPort() + "/");
    }

    /** The bodies of all requests, in their order. */
    public List<byte[]> bodies() {
        return bodies;
    }

    int requests() {
        return requests.get();
    }

    /** Returns the number of connections that were accepted. */
    public int connections() {
        return connections.get();
    }

    /** Returns the number of streams that the client has reset. */
    int resets() {
        return resets.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                if (socket instanceof SSLSocket tls) {
                    tls.setHandshakeApplicationProtocolSelector((s, offered) -> offered.contains("h2") ? "h2" : "");
                }
                open.add(socket);
                connections.incrementAndGet();
                daemon(() -> {
                    try (socket) {
                        new Connection(socket).run();
                    } catch (IOException e) {
                        // The client went away, or the test did.
                    }
                    open.remove(socket);
                });
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "http2-server");
        thread.setDaemon(true);
        thread.start();
    }

    private synchronized Does next() {
        requests.incrementAndGet();
        Does next = script.poll();
        return next == null ? Does.ANSWER : next;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private final class Connection {
        private final DataInputStream in;
        private final OutputStream out;
        private final Set<Integer> hanging = new HashSet<>();

        Connection(Socket socket) throws IOException {
            socket.setTcpNoDelay(true);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            out = socket.getOutputStream();
        }

        void run() throws IOException {
            if (secure) {
                frame(SETTINGS, 0, 0, new byte[0]);
                in.readNBytes(PREFACE);
            } else {
                upgrade();
            }
            Map<Integer, ByteArrayOutputStream> uploads = new HashMap<>();
            while (true) {
                int size = (in.read() << 16) | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = in.readNBytes(size);
                if (type == SETTINGS && flags != ACK) {
                    frame(SETTINGS, ACK, 0, new byte[0]);
                } else if (type == PING && flags != ACK) {
                    frame(PING, ACK, 0, payload);
                } else if (type == RST_STREAM) {
                    resets.incrementAndGet();
                } else if (type == HEADERS || type == DATA) {
                    ByteArrayOutputStream upload = uploads.computeIfAbsent(stream, s -> new ByteArrayOutputStream());
                    if (type == DATA && size > 0) {
                        upload.writeBytes(payload);
                        frame(WINDOW_UPDATE, 0, 0, number(size));
                        frame(WINDOW_UPDATE, 0, stream, number(size));
                    }
                    if ((flags & END_STREAM) != 0) {
                        bodies.add(upload.toByteArray());
                        serve(stream);
                    }
                }
            }
        }

        /** The first request comes in HTTP/1.1, and is stream 1 from then on. */
        private void upgrade() throws IOException {
            String head = head();
            Matcher length = CONTENT_LENGTH.matcher(head);
            bodies.add(in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0));
            out.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
                    .getBytes(StandardCharsets.ISO_8859_1));
            frame(SETTINGS, 0, 0, new byte[0]);
            in.readNBytes(PREFACE);
            serve(1);
        }

        private void serve(int stream) throws IOException {
            switch (next()) {
                case ANSWER -> answer(stream, "200", "ok");
                case BUSY -> answer(stream, "503", "busy");
                case RESET -> frame(RST_STREAM, 0, stream, number(2));
                case REFUSE -> frame(RST_STREAM, 0, stream, number(7));
                case CANCEL -> frame(RST_STREAM, 0, stream, number(8));
                case GO_AWAY -> frame(GOAWAY, 0, 0, new byte[8]);
                case GO_AWAY_WITH_FIRST -> {
                    int first = Math.min(
                            stream, hanging.stream().min(Integer::compare).orElse(stream));
                    frame(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(first).array());
                    frame(RST_STREAM, 0, first, number(2));
                }
                case RESET_IN_BODY -> {
                    frame(HEADERS, END_HEADERS, stream, withLength(status("200"), '2'));
                    frame(DATA, 0, stream, "o".getBytes(StandardCharsets.UTF_8));
                    frame(RST_STREAM, 0, stream, number(2));
                }
                case HANG -> hanging.add(stream);
            }
        }

        private void answer(int stream, String status, String body) throws IOException {
            frame(HEADERS, END_HEADERS, stream, status(status));
            frame(DATA, END_STREAM, stream, body.getBytes(StandardCharsets.UTF_8));
        }

        /** A literal with an indexed name, 8 being {@code :status} in HPACK's static table (RFC 7541, 6.2.2). */
        private byte[] status(String code) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.write(8);
            block.write(code.length());
            block.writeBytes(code.getBytes(StandardCharsets.US_ASCII));
            return block.toByteArray();
        }

        /** 28, of which 15 fit into the first byte, is {@code content-length} (RFC 7541, 5.1 and 6.2.2). */
        private byte[] withLength(byte[] block, char digit) {
            ByteArrayOutputStream longer = new ByteArrayOutputStream();
            longer.writeBytes(block);
            longer.writeBytes(new byte[] {15, 28 - 15, 1, (byte) digit});
            return longer.toByteArray();
        }

        private byte[] number(int value) {
            return new byte[] {0, (byte) (value >> 16), (byte) (value >> 8), (byte) value};
        }

        private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.writeBytes(new byte[] {0, (byte) (payload.length >> 8), (byte) payload.length});
            frame.write(type);
            frame.write(flags);
            frame.writeBytes(new byte[] {0, 0, (byte) (stream >> 8), (byte) stream});
            frame.writeBytes(payload);
            synchronized (out) {
                out.write(frame.toByteArray());
                out.flush();
            }
        }

        private String head() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                if (b < 0) {
                    throw new IOException("no request");
                }
                head.append((char) b);
            }
            return head.toString();
        }
    }
}
