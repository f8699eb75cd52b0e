package dev.holdfast.admin;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;

/**
 * One connection, and what its peer is waited for. It is read only while nothing is to be written, so a peer that sends
 * requests without reading answers waits, and costs no memory. For the server's thread alone.
 */
final class HttpConnection implements Closeable {
    /** The longest head. */
    static final int LONGEST_HEAD = 8 * 1024;

    private static final int DRAINED = 64 * 1024;

    /**
     * The largest number of bytes in one write: the JDK keeps a direct buffer of the largest size that was ever
     * written.
     */
    private static final int PIECE = 64 * 1024;

    /** The next action of the peer. */
    private enum Turn {
        /** Begin a request. */
        BEGIN,
        /** Complete the head that it has begun. */
        COMPLETE,
        /** Read the answer. */
        READ,
        /** Close the connection; an answer would be lost if we did while something unread is on its way to us. */
        CLOSE
    }

    private final SocketChannel channel;
    private final SelectionKey key;
    private final Handler handler;
    private final ConnectionTimeouts connectionTimeouts;
    private final ByteBuffer in = ByteBuffer.allocate(LONGEST_HEAD);
    private ByteBuffer[] out = {};
    private boolean last;
    private int drained;
    private Turn turn = Turn.BEGIN;
    private long since;

    HttpConnection(
            SocketChannel channel, SelectionKey key, Handler handler, ConnectionTimeouts connectionTimeouts, long now) {
        this.channel = channel;
        this.key = key;
        this.handler = handler;
        this.connectionTimeouts = connectionTimeouts;
        this.since = now;
    }

    /** Returns the nanoseconds until its time is used up. */
    long nanosLeft(long now) {
        Duration time = switch (turn) {
            case BEGIN -> connectionTimeouts.begin();
            case COMPLETE -> connectionTimeouts.complete();
            case READ -> connectionTimeouts.read();
            case CLOSE -> connectionTimeouts.close();
        };
        return since + time.toNanos() - now;
    }

    /** Returns whether a response is being written; idle connections are evicted first. */
    boolean busy() {
        return turn == Turn.READ;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Returns the number of bytes that are buffered for it. */
    long pending() {
        long bytes = 0;
        for (ByteBuffer buffer : out) {
            bytes += buffer.remaining();
        }
        return bytes;
    }

    /** Since when it has its turn. */
    long since() {
        return since;
    }

    /**
     * Does what can be done without waiting, for one request at most. An exception: the connection is of no use any
     * more.
     */
    void serve(long now) throws IOException {
        if (turn == Turn.CLOSE) {
            drain();
        } else if (turn == Turn.READ) {
            write(now);
        } else if (channel.read(in) < 0) {
            close();
        } else if (in.position() > 0) {
            handle(now);
        }
    }

    private void handle(long now) throws IOException {
        int head = Request.headLength(in.array(), in.position());
        if (head >= 0) {
            respond(head, now);
        } else if (in.position() >= LONGEST_HEAD) {
            refuse(431, now);
        } else if (turn == Turn.BEGIN) {
            turn(Turn.COMPLETE, now);
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    private void respond(int head, long now) throws IOException {
        Request request;
        try {
            request = Request.read(in.array(), head);
        } catch (Request.BadRequest e) {
            refuse(e.status(), now);
            return;
        }
        in.flip();
        in.position(head);
        in.compact();
        last = !request.keepAlive();
        Response response = handler.handle(request);
        send(response, !request.method().equals("HEAD"), now);
    }

    private void refuse(int status, long now) throws IOException {
        in.clear();
        last = true;
        send(Response.empty(status), true, now);
    }

    private void send(Response response, boolean withBody, long now) throws IOException {
        ByteBuffer head = ByteBuffer.wrap(response.head(!last, Instant.now()));
        out = withBody ? new ByteBuffer[] {head, ByteBuffer.wrap(response.body())} : new ByteBuffer[] {head};
        turn(Turn.READ, now);
        write(now);
    }

    private void write(long now) throws IOException {
        if (!written()) {
            key.interestOps(SelectionKey.OP_WRITE);
            return;
        }
        out = new ByteBuffer[0];
        // Whoever has sent the next request already has another turn once the others have had theirs.
        key.interestOps(
                in.position() > 0 && !last ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        if (last) {
            channel.shutdownOutput();
            turn(Turn.CLOSE, now);
        } else {
            turn(Turn.BEGIN, now);
        }
    }

    private boolean written() throws IOException {
        for (ByteBuffer buffer : out) {
            while (buffer.hasRemaining()) {
                ByteBuffer piece = buffer.slice(buffer.position(), Math.min(PIECE, buffer.remaining()));
                int count = channel.write(piece);
                buffer.position(buffer.position() + count);
                if (piece.hasRemaining()) {
                    return false;
                }
            }
        }
        return true;
    }

    private void drain() throws IOException {
        in.clear();
        int read = channel.read(in);
        drained += Math.max(0, read);
        if (read < 0 || drained > DRAINED) {
            close();
        }
    }

    private void turn(Turn next, long now) {
        turn = next;
        since = now;
    }

    @Override
    public void close() {
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
