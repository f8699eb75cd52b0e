package dev.holdfast.wire;

import dev.holdfast.wire.Reply.Cut;
import dev.holdfast.wire.Reply.Stage;
import dev.holdfast.wire.Run.Arrived;
import dev.holdfast.wire.Run.Next;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A connection after it went over to HTTP/2. Of a request's head it understands the mark that names its call. */
final class Http2Connection {
    private static final int PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length();

    private final Run run;
    private final WireConnection connection;
    private final int number;
    private final DataInputStream in;
    private final Map<Integer, Stream> streams = new HashMap<>();

    private record Stream(int call, Arrived request, Next next) {}

    Http2Connection(Run run, WireConnection connection, int number) {
        this.run = run;
        this.connection = connection;
        this.number = number;
        this.in = new DataInputStream(connection.in());
    }

    /** Returns the frames before the first reply. A header table of no size keeps marks readable. */
    static List<byte[]> opening() {
        return List.of(
                Reply.latin("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
                Reply.frame(Reply.SETTINGS, 0, 0, new byte[] {0, 1, 0, 0, 0, 0}));
    }

    void serve() throws IOException {
        try {
            if (in.readNBytes(PREFACE).length < PREFACE) {
                return;
            }
            boolean alive = true;
            while (alive) {
                int high = in.read();
                if (high < 0) {
                    return;
                }
                int size = (high << 16) | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                if (size > 1 << 20) {
                    return;
                }
                byte[] payload = in.readNBytes(size);
                run.busy(1);
                try {
                    alive = frame(type, flags, stream, payload);
                } finally {
                    run.busy(-1);
                }
            }
        } catch (SocketTimeoutException silent) {
            connection.finish();
        }
    }

    private boolean frame(int type, int flags, int stream, byte[] payload) throws IOException {
        if (type == Reply.SETTINGS && (flags & 1) == 0) {
            connection.write(Reply.frame(Reply.SETTINGS, 1, 0, new byte[0]));
        } else if (type == Reply.PING && (flags & 1) == 0) {
            connection.write(Reply.frame(Reply.PING, 1, 0, payload));
        } else if (type == Reply.HEADERS) {
            int call = call(payload);
            Arrived request = new Arrived("HTTP/2", number, false);
            run.arrived(call, request);
            Next next = run.take(call);
            if (next.reply().stage() == Stage.HEAD || next.reply().stage() == Stage.ACCEPT) {
                return fail(stream, next.reply());
            }
            streams.put(stream, new Stream(call, request, next));
            if ((flags & Reply.END_STREAM) != 0) {
                return reply(stream);
            }
        } else if (type == Reply.DATA && streams.containsKey(stream)) {
            Stream at = streams.get(stream);
            run.body(at.request(), at.call(), payload, payload.length);
            if (at.next().reply().stage() == Stage.REQUEST_BODY) {
                streams.remove(stream);
                return fail(stream, at.next().reply());
            }
            if (payload.length > 0) {
                connection.write(Reply.frame(Reply.WINDOW_UPDATE, 0, 0, Reply.number(payload.length)));
                connection.write(Reply.frame(Reply.WINDOW_UPDATE, 0, stream, Reply.number(payload.length)));
            }
            if ((flags & Reply.END_STREAM) != 0) {
                return reply(stream);
            }
        }
        return true;
    }

    private boolean reply(int stream) throws IOException {
        Stream at = streams.remove(stream);
        at.request().complete = true;
        Reply reply = at.next().reply();
        if (reply.stage() != Stage.RESPONSE) {
            return fail(stream, reply);
        }
        String method = run.wireCase.calls().get(at.call()).method();
        if (!connection.send(
                reply.http2(method, run.wireCase.id(at.call()), at.next().number(), stream, List.of(), false))) {
            connection.end(reply.cut());
            return false;
        }
        return connection.goesOn(reply, true, false);
    }

    /** Resets the stream, takes leave of the connection, or ends it. */
    private boolean fail(int stream, Reply reply) throws IOException {
        int[] codes = {7, 7, 0, 1, 2, 8, 11, 13};
        int code = codes[reply.stageArgument() % codes.length];
        switch (reply.stageArgument() % 3) {
            case 0 -> {
                connection.write(Reply.frame(Reply.RST_STREAM, 0, stream, Reply.number(code)));
                return true;
            }
            case 1 -> {
                byte[] payload = new byte[8];
                int last = reply.stage() == Stage.REQUEST ? stream : Math.max(0, stream - 2);
                System.arraycopy(Reply.number(last), 0, payload, 0, 4);
                payload[7] = (byte) (code == 7 ? 0 : code);
                connection.write(Reply.frame(Reply.GOAWAY, 0, 0, payload));
                connection.end(Cut.CLOSE);
                return false;
            }
            default -> {
                connection.end(reply.cut());
                return false;
            }
        }
    }

    private int call(byte[] block) {
        String text = new String(block, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("~~~~");
        return at < 0 || at + 4 >= text.length() || !Character.isDigit(text.charAt(at + 4))
                ? run.current()
                : text.charAt(at + 4) - '0';
    }
}
