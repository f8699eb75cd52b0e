package dev.holdfast.wire;

import dev.holdfast.wire.Edit.Script;
import dev.holdfast.wire.Reply.Cut;
import dev.holdfast.wire.Reply.Stage;
import dev.holdfast.wire.Run.Arrived;
import dev.holdfast.wire.Run.Next;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a {@link Run}: reads requests in HTTP/1.1, or HTTP/2 after an upgrade, and carries out the replies.
 */
final class WireConnection implements Runnable {
    /** The timeout for a client on a loaded machine; all connections of a run end with it anyway. */
    private static final int PATIENCE_MILLIS = 5_000;

    /** The time for which a connection stays open whose client may wait in vain. */
    private static final int AFTER_DAMAGE_MILLIS = 25;

    /** The time to wait for a request body that may never come. */
    private static final int BODY_MILLIS = 1_000;

    private final Run run;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private int number;
    private boolean first = true;

    WireConnection(Run run, Socket socket) throws IOException {
        this.run = run;
        this.socket = socket;
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    @Override
    public void run() {
        number = run.opened(socket);
        try {
            if (number > 0) {
                serve();
            }
        } catch (IOException e) {
            // The client went away, or the run is over: what arrived is on record.
        } finally {
            try {
                socket.close();
            } catch (IOException e) {
                // Closed is closed.
            }
            run.ended(socket);
        }
    }

    private void serve() throws IOException {
        Next onAccept = run.takeOnAccept();
        if (onAccept != null) {
            socket.setSoTimeout(AFTER_DAMAGE_MILLIS * 8);
            in.mark(1);
            if (in.read() >= 0) {
                in.reset();
            }
            end(onAccept.reply().cut());
            return;
        }
        socket.setSoTimeout(PATIENCE_MILLIS);
        boolean alive = true;
        while (alive) {
            String head = readHead();
            if (head == null) {
                return;
            }
            run.busy(1);
            try {
                alive = exchange(head);
            } finally {
                run.busy(-1);
            }
            first = false;
            if (alive && run.wireCase.http2()) {
                new Http2Connection(run, this, number).serve();
                return;
            }
        }
    }

    private boolean exchange(String head) throws IOException {
        int call = call(head);
        Arrived request = new Arrived(withoutHost(head), number, first);
        run.arrived(call, request);
        Next next = run.take(call);
        Reply reply = next.reply();
        boolean upgrade = run.wireCase.http2();
        if (upgrade && !header(head, "upgrade").equals("h2c")) {
            upgrade = false; // a second connection after a refused upgrade
        }
        if (reply.stage() == Stage.HEAD || reply.stage() == Stage.ACCEPT) {
            end(reply.cut());
            return false;
        }
        Script script = upgrade
                ? reply.http2(
                        method(head),
                        run.wireCase.id(call),
                        next.number(),
                        1,
                        Http2Connection.opening(),
                        run.opensDamaged())
                : reply.http1(method(head), run.wireCase.id(call), next.number());
        if (reply.thenRefuse() && reply.stage() == Stage.RESPONSE) {
            run.refuse(); // before a byte of the reply, or the client may be faster
        }
        boolean expects = header(head, "expect").equalsIgnoreCase("100-continue");
        if (expects && !upgrade && reply.stage() == Stage.RESPONSE && reply.status() >= 400) {
            send(script);
            finish();
            return false;
        }
        if (reply.early() && !upgrade && !send(script)) {
            end(reply.cut());
            return false;
        }
        if (expects) {
            write(Reply.latin("HTTP/1.1 100 Continue\r\n\r\n"));
        }
        socket.setSoTimeout(expects ? BODY_MILLIS : PATIENCE_MILLIS);
        long limit = reply.stage() == Stage.REQUEST_BODY
                ? (long) run.wireCase.calls().get(call).body().length * reply.stageArgument() / 1000
                : Long.MAX_VALUE;
        if (!readBody(head, request, call, limit) || reply.stage() != Stage.RESPONSE) {
            end(reply.cut());
            return false;
        }
        socket.setSoTimeout(PATIENCE_MILLIS);
        if (upgrade || !reply.early()) {
            if (!send(script)) {
                end(reply.cut());
                return false;
            }
        }
        return goesOn(reply, upgrade, header(head, "connection").equalsIgnoreCase("close"));
    }

    /** Returns whether there may be another request after a reply; if not, the connection is at its end. */
    boolean goesOn(Reply reply, boolean http2, boolean last) throws IOException {
        if (last || reply.thenRefuse() || (!http2 && reply.closes()) || (reply.damages(http2) && reply.thenClose())) {
            finish();
            return false;
        }
        socket.setSoTimeout(reply.damages(http2) ? AFTER_DAMAGE_MILLIS : PATIENCE_MILLIS);
        return true;
    }

    /** Sends it; false if it ends early. */
    boolean send(Script script) throws IOException {
        int end = Math.min(script.cutAt, script.bytes.length);
        int from = 0;
        for (Map.Entry<Integer, Integer> pause : script.pauses.entrySet()) {
            int at = Math.min(end, pause.getKey());
            out.write(script.bytes, from, at - from);
            out.flush();
            from = at;
            try {
                Thread.sleep(pause.getValue());
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        out.write(script.bytes, from, end - from);
        out.flush();
        return end == script.bytes.length;
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void end(Cut cut) throws IOException {
        if (cut == Cut.RESET) {
            socket.setSoLinger(true, 0);
            socket.close();
        } else {
            finish();
        }
    }

    /** Ends the stream and reads what still comes: closing with unread input would be a reset. */
    void finish() throws IOException {
        socket.shutdownOutput();
        socket.setSoTimeout(10);
        long until = System.nanoTime() + 1_000_000_000L;
        try {
            byte[] rest = new byte[8192];
            while (in.read(rest) >= 0 && System.nanoTime() < until) {
                // Nobody reads it.
            }
        } catch (SocketTimeoutException silent) {
            // Nothing more comes.
        }
    }

    InputStream in() {
        return in;
    }

    private @Nullable String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        int end = 0;
        try {
            while (end < 4) {
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                head.append((char) b);
                end = b == (end % 2 == 0 ? '\r' : '\n') ? end + 1 : b == '\r' ? 1 : 0;
            }
        } catch (SocketTimeoutException silent) {
            finish();
            return null;
        }
        return head.toString();
    }

    private boolean readBody(String head, Arrived request, int call, long limit) throws IOException {
        try {
            if (header(head, "transfer-encoding").equalsIgnoreCase("chunked")) {
                for (long size = chunkSize(); size > 0; size = chunkSize()) {
                    if (!readExactly(request, call, size, limit)) {
                        return false;
                    }
                    readLine();
                }
                readLine();
            } else {
                String length = header(head, "content-length");
                if (!readExactly(request, call, length.isEmpty() ? 0 : Long.parseLong(length), limit)) {
                    return false;
                }
            }
            request.complete = true;
            return true;
        } catch (SocketTimeoutException | EOFException cut) {
            return false;
        }
    }

    private boolean readExactly(Arrived request, int call, long length, long limit) throws IOException {
        byte[] buffer = new byte[4096];
        for (long left = length; left > 0; ) {
            if (request.length >= limit) {
                return false;
            }
            int n = in.read(buffer, 0, (int) Math.min(Math.min(buffer.length, left), limit - request.length));
            if (n < 0) {
                throw new EOFException();
            }
            run.body(request, call, buffer, n);
            left -= n;
        }
        return true;
    }

    private long chunkSize() throws IOException {
        return Long.parseLong(readLine().split(";", 2)[0].trim(), 16);
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).trim();
    }

    private int call(String head) {
        String mark = header(head, "x-wire");
        return mark.isEmpty() ? run.current() : mark.charAt(4) - '0';
    }

    private static String method(String head) {
        return head.substring(0, head.indexOf(' '));
    }

    private static String withoutHost(String head) {
        return head.replaceAll("(?im)^host: [^\r]*\r\n", "").replaceAll("[\r\n]+$", "");
    }

    private static String header(String head, String name) {
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\n" + name + ":");
        return at < 0
                ? ""
                : head.substring(at + name.length() + 2, head.indexOf('\r', at)).trim();
    }
}
