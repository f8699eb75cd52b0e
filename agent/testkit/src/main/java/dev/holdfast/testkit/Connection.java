package dev.holdfast.testkit;

import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedResponse.Stage;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One accepted connection of a {@link ScriptedServer}: reads requests, carries out the answers. */
final class Connection implements Runnable {
    /** The interval at which a silent connection checks whether it was released, or whether its client went away. */
    private static final int GLANCE_MILLIS = 10;

    private final ScriptedServer server;
    private final int number;
    private final Socket transport;
    private Socket socket;
    private InputStream in;
    private OutputStream out;

    Connection(ScriptedServer server, int number, Socket transport) throws IOException {
        this.server = server;
        this.number = number;
        this.transport = transport;
        this.socket = transport;
        this.in = new BufferedInputStream(transport.getInputStream());
        this.out = transport.getOutputStream();
    }

    @Override
    public void run() {
        boolean asked = false;
        String why = "its client has closed it";
        try {
            ScriptedResponse first = server.answerOnAccept();
            if (first != null) {
                awaitFirstByte();
                why = "the script has ended it";
                end(first.cut);
                return;
            }
            socket = server.secured(transport);
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
            boolean alive = true;
            while (alive) {
                ReceivedRequest request = readHead();
                asked |= request != null;
                alive = request != null && exchange(request);
            }
        } catch (IOException gone) {
            // The client went away or the server is closing: what arrived is on record, and that is all a test asks.
            why = gone.toString();
        } finally {
            if (!asked) {
                server.endedWithoutRequest(number, why);
            }
            abandon();
            server.ended(this);
        }
    }

    /** Closes the connection from another thread. */
    void abandon() {
        try {
            transport.close();
        } catch (IOException e) {
            // Closed is closed.
        }
    }

    private boolean exchange(ReceivedRequest request) throws IOException {
        int epoch = server.epoch(); // before the request is counted: who saw it counted can release it
        ScriptedResponse response = server.answerTo(request);
        if (response.stage == Stage.REQUEST_HEAD) {
            end(response.cut);
            return false;
        }
        if (response.stage == Stage.TUNNEL) {
            tunnel(request.target());
            return false;
        }
        if (!response.refusesBody) {
            if (request.header("Expect")
                    .filter("100-continue"::equalsIgnoreCase)
                    .isPresent()) {
                write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            }
            readBody(request);
            server.changed();
        }
        if (response.stage == Stage.REQUEST) {
            end(response.cut);
            return false;
        }
        if (response.held || !response.delay.isZero()) {
            stay(response.held ? null : response.delay, epoch);
        }
        if (response.interim != null) {
            write(response.interim.head());
        }
        byte[] head = response.head();
        if (response.stage == Stage.RESPONSE_HEAD) {
            write(head, Math.min(response.cutAfter, head.length));
            end(response.cut);
            return false;
        }
        boolean body = response.hasBody(request.method());
        if (body && response.stage == Stage.NOWHERE && response.dripInterval.isZero()) {
            // In one write: whether a client uses the connection again may depend on what of a body is there already.
            write(response.whole(head));
        } else {
            write(head);
            if (body && !sendBody(response)) {
                return false;
            }
        }
        boolean last = response.closing
                || request.header("Connection")
                        .filter("close"::equalsIgnoreCase)
                        .isPresent();
        if (last) {
            end(Cut.CLOSE);
        }
        return !last;
    }

    /** Passes bytes on in both directions until either side ends its stream. */
    private void tunnel(String authority) throws IOException {
        int colon = authority.lastIndexOf(':');
        try (Socket target =
                new Socket(authority.substring(0, colon), Integer.parseInt(authority.substring(colon + 1)))) {
            write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            Thread back = new Thread(() -> pass(target, socket), "scripted-tunnel");
            back.setDaemon(true);
            back.start();
            pass(socket, target);
        }
    }

    private void pass(Socket from, Socket to) {
        try {
            InputStream source = from == socket ? in : from.getInputStream();
            byte[] bytes = new byte[8192];
            for (int n = source.read(bytes); n >= 0; n = source.read(bytes)) {
                to.getOutputStream().write(bytes, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // One side has gone: so does the other.
            try {
                from.close();
                to.close();
            } catch (IOException closed) {
                // Closed is closed.
            }
        }
    }

    private boolean sendBody(ScriptedResponse response) throws IOException {
        int length = response.body.length;
        int end = response.stage == Stage.RESPONSE_BODY ? Math.min(length, response.cutAfter) : length;
        for (int from = 0; from < end; ) {
            if (!response.dripInterval.isZero()) {
                stay(response.dripInterval, server.epoch());
            }
            int to = (int) Math.min(end, (long) from + response.dripSize);
            write(response.framed(from, to));
            from = to;
        }
        if (response.stage == Stage.RESPONSE_BODY) {
            end(response.cut);
            return false;
        }
        if (response.framing == ScriptedResponse.Framing.CHUNKED) {
            write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        return true;
    }

    private void write(byte[] bytes) throws IOException {
        write(bytes, bytes.length);
    }

    private void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        out.flush();
    }

    private void end(Cut cut) throws IOException {
        switch (cut) {
            case RESET -> transport.setSoLinger(true, 0);
            case CLOSE -> finish();
            case HANG -> {
                stay(null, server.epoch());
                finish();
            }
        }
    }

    /** Ends the stream and reads what still comes: closing with unread input would send a reset instead. */
    private void finish() throws IOException {
        if (socket != transport) {
            socket.close();
            return;
        }
        transport.shutdownOutput();
        transport.setSoTimeout(GLANCE_MILLIS);
        try {
            byte[] rest = new byte[8192];
            long until = System.nanoTime() + Duration.ofSeconds(1).toNanos();
            while (in.read(rest) >= 0 && System.nanoTime() < until) {
                // Unwanted input is dropped.
            }
        } catch (SocketTimeoutException silent) {
            // Nothing more is coming.
        }
    }

    /**
     * Waits, without reading anything away, until the time is over, the server is released or the client has gone.
     *
     * @param time null for no limit
     * @param epoch since when a release counts
     */
    private void stay(@Nullable Duration time, int epoch) throws IOException {
        long until = time == null ? Long.MAX_VALUE : System.nanoTime() + time.toNanos();
        boolean more = false;
        while (server.epoch() == epoch) {
            long left = time == null ? GLANCE_MILLIS : (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            int glance = (int) Math.min(GLANCE_MILLIS, left);
            if (more) {
                server.pause(glance);
                continue;
            }
            in.mark(1);
            socket.setSoTimeout(glance);
            try {
                if (in.read() < 0) {
                    throw new EOFException("the client has gone");
                }
                in.reset();
                more = true;
            } catch (SocketTimeoutException stillThere) {
                // The client waits, as it should.
            } finally {
                socket.setSoTimeout(0);
            }
        }
    }

    /** Waits until the client begins to write, so that what it makes of the end does not depend on who is faster. */
    private void awaitFirstByte() throws IOException {
        transport.setSoTimeout(1_000);
        try {
            in.mark(1);
            if (in.read() >= 0) {
                in.reset();
            }
        } catch (SocketTimeoutException silent) {
            // A client that only connects is cut off as well.
        }
    }

    private @Nullable ReceivedRequest readHead() throws IOException {
        String line = readLine();
        if (line == null) {
            return null;
        }
        String[] parts = line.split(" ", 3);
        if (parts.length != 3) {
            throw new IOException("not a request line: " + line);
        }
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (String header = readLine(); header != null && !header.isEmpty(); header = readLine()) {
            int colon = header.indexOf(':');
            if (colon < 0) {
                throw new IOException("not a header: " + header);
            }
            headers.add(Map.entry(
                    header.substring(0, colon), header.substring(colon + 1).trim()));
        }
        return new ReceivedRequest(number, parts[0], parts[1], headers);
    }

    private void readBody(ReceivedRequest request) throws IOException {
        if (request.chunked()) {
            for (long size = readChunkSize(); size > 0; size = readChunkSize()) {
                readExactly(request, size);
                readLine();
            }
            while (true) {
                String trailer = readLine();
                if (trailer == null || trailer.isEmpty()) {
                    break;
                }
            }
        } else {
            readExactly(
                    request,
                    request.header("Content-Length").map(Long::parseLong).orElse(0L));
        }
        request.completed();
    }

    private long readChunkSize() throws IOException {
        String line = readLine();
        if (line == null) {
            throw new EOFException("end of stream between chunks");
        }
        return Long.parseLong(line.split(";", 2)[0].trim().toLowerCase(Locale.ROOT), 16);
    }

    private void readExactly(ReceivedRequest request, long length) throws IOException {
        byte[] buffer = new byte[8192];
        for (long left = length; left > 0; ) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new EOFException("request body cut short");
            }
            request.append(buffer, n);
            left -= n;
        }
    }

    /** A line without its end, null at the end of the stream. */
    private @Nullable String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                int last = line.length() - 1;
                if (last >= 0 && line.charAt(last) == '\r') {
                    line.setLength(last);
                }
                return line.toString();
            }
            line.append((char) c);
        }
        return null;
    }
}
