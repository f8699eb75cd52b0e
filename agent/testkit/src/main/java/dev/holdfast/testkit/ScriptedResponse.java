package dev.holdfast.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The action of {@link ScriptedServer} for one request: a well-formed response, or any way of spoiling one. A value:
 * each method that changes something returns a new answer.
 *
 * <p>Where an answer spoils something, it says how by a {@link Cut}: {@code RESET} is a TCP reset (the peer sees
 * "connection reset"), {@code CLOSE} a plain end of stream, {@code HANG} keeps the connection open and silent until
 * {@link ScriptedServer#release()}.
 */
public final class ScriptedResponse {
    /** The way in which the server ends an exchange that it does not complete. */
    public enum Cut {
        /** A TCP reset: {@code SO_LINGER} 0, then close. */
        RESET,
        /** End of stream (FIN). */
        CLOSE,
        /** Silence until {@link ScriptedServer#release()} or until the client goes away; then end of stream. */
        HANG
    }

    /** The point of an exchange at which the server cuts it. */
    enum Stage {
        ACCEPT,
        REQUEST_HEAD,
        TUNNEL,
        REQUEST,
        RESPONSE_HEAD,
        RESPONSE_BODY,
        NOWHERE
    }

    final Stage stage;
    final Cut cut;
    final int cutAfter;
    final int status;
    final List<Map.Entry<String, String>> headers;
    final byte[] body;
    final Framing framing;
    final long declaredLength;
    final Duration delay;
    final boolean held;
    final int dripSize;
    final Duration dripInterval;
    final boolean closing;
    final @Nullable ScriptedResponse interim;
    final boolean refusesBody;
    final byte @Nullable [] raw;

    /** The framing that marks the body's end. */
    enum Framing {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private ScriptedResponse(Builder b) {
        this.stage = b.stage;
        this.cut = b.cut;
        this.cutAfter = b.cutAfter;
        this.status = b.status;
        this.headers = List.copyOf(b.headers);
        this.body = b.body;
        this.framing = b.framing;
        this.declaredLength = b.declaredLength;
        this.delay = b.delay;
        this.held = b.held;
        this.dripSize = b.dripSize;
        this.dripInterval = b.dripInterval;
        this.closing = b.closing;
        this.interim = b.interim;
        this.refusesBody = b.refusesBody;
        this.raw = b.raw;
    }

    /** A response with this status, no body and {@code Content-Length: 0}; the connection is kept alive. */
    public static ScriptedResponse respond(int status) {
        Builder b = new Builder();
        b.status = status;
        return new ScriptedResponse(b);
    }

    /** A response with a body. */
    public static ScriptedResponse respond(int status, String body) {
        return respond(status).body(body);
    }

    /** Ends the connection as soon as the client begins to write; no request is read. */
    public static ScriptedResponse onAccept(Cut cut) {
        return cutAt(Stage.ACCEPT, cut, 0);
    }

    /** Ends the exchange when the request's head has arrived; its body is left unread. */
    public static ScriptedResponse afterRequestHead(Cut cut) {
        return cutAt(Stage.REQUEST_HEAD, cut, 0);
    }

    /** Ends the exchange when the whole request has arrived; no byte of a response is sent. */
    public static ScriptedResponse afterRequest(Cut cut) {
        return cutAt(Stage.REQUEST, cut, 0);
    }

    /** The answer of a proxy to CONNECT that opens the tunnel: all that follows goes to the target and back. */
    public static ScriptedResponse tunnel() {
        return cutAt(Stage.TUNNEL, Cut.CLOSE, 0);
    }

    /** Exactly these bytes, in ISO 8859-1, be they HTTP or not; then end of stream. */
    public static ScriptedResponse raw(String bytes) {
        Builder b = new Builder();
        b.raw = bytes.getBytes(StandardCharsets.ISO_8859_1);
        b.closing = true;
        return new ScriptedResponse(b);
    }

    private static ScriptedResponse cutAt(Stage stage, Cut cut, int after) {
        Builder b = new Builder();
        b.stage = stage;
        b.cut = cut;
        b.cutAfter = after;
        return new ScriptedResponse(b);
    }

    /** Adds a header. */
    public ScriptedResponse header(String name, String value) {
        Builder b = new Builder(this);
        b.headers.add(Map.entry(name, value));
        return new ScriptedResponse(b);
    }

    /** Sets the body, in UTF-8. */
    public ScriptedResponse body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sets the body. */
    public ScriptedResponse body(byte[] bytes) {
        Builder b = new Builder(this);
        b.body = bytes.clone();
        return new ScriptedResponse(b);
    }

    /** Sends the body in chunks (one per drip, else one in all). */
    public ScriptedResponse chunked() {
        Builder b = new Builder(this);
        b.framing = Framing.CHUNKED;
        return new ScriptedResponse(b);
    }

    /** Sends no length: the end of the connection is the end of the body. */
    public ScriptedResponse untilClose() {
        Builder b = new Builder(this);
        b.framing = Framing.UNTIL_CLOSE;
        b.closing = true;
        return new ScriptedResponse(b);
    }

    /** Announces this {@code Content-Length}, whatever the body: a longer one leaves the body short (then closes). */
    public ScriptedResponse declaring(long contentLength) {
        Builder b = new Builder(this);
        b.declaredLength = contentLength;
        b.closing = true;
        return new ScriptedResponse(b);
    }

    /** Cuts the exchange after this many bytes of the response's head. */
    public ScriptedResponse cutInHead(int bytes, Cut cut) {
        Builder b = new Builder(this);
        b.stage = Stage.RESPONSE_HEAD;
        b.cut = cut;
        b.cutAfter = bytes;
        return new ScriptedResponse(b);
    }

    /** Cuts the exchange after this many bytes of the response's body. */
    public ScriptedResponse cutInBody(int bytes, Cut cut) {
        Builder b = new Builder(this);
        b.stage = Stage.RESPONSE_BODY;
        b.cut = cut;
        b.cutAfter = bytes;
        return new ScriptedResponse(b);
    }

    /** Waits this long before the first byte of the response (less, if {@link ScriptedServer#release()} comes). */
    public ScriptedResponse delayed(Duration time) {
        Builder b = new Builder(this);
        b.delay = time;
        return new ScriptedResponse(b);
    }

    /** Waits for {@link ScriptedServer#release()} before the first byte of the response. */
    public ScriptedResponse held() {
        Builder b = new Builder(this);
        b.held = true;
        return new ScriptedResponse(b);
    }

    /** Sends the body in pieces of this many bytes, with a pause before each. */
    public ScriptedResponse dripping(int pieceBytes, Duration pause) {
        Builder b = new Builder(this);
        b.dripSize = pieceBytes;
        b.dripInterval = pause;
        return new ScriptedResponse(b);
    }

    /** Says {@code Connection: close} and closes after the response. */
    public ScriptedResponse closing() {
        Builder b = new Builder(this);
        b.closing = true;
        return new ScriptedResponse(b);
    }

    /** Sends another, interim response first, such as a 103. */
    public ScriptedResponse after(ScriptedResponse interimResponse) {
        Builder b = new Builder(this);
        b.interim = interimResponse;
        return new ScriptedResponse(b);
    }

    /**
     * Responds when the request's head has arrived and takes nothing of its body, as a refused {@code Expect}; then
     * closes.
     */
    public ScriptedResponse refusingBody() {
        Builder b = new Builder(this);
        b.refusesBody = true;
        b.closing = true;
        return new ScriptedResponse(b);
    }

    /** Returns whether this is the end of a connection on which no request is read: made by {@link #onAccept}. */
    public boolean endsNewConnection() {
        return stage == Stage.ACCEPT;
    }

    /** The response's head as it goes over the wire, for an answer to a request with this method. */
    byte[] head() {
        if (raw != null) {
            return raw.clone();
        }
        StringBuilder s =
                new StringBuilder("HTTP/1.1 ").append(status).append(" Status ").append(status);
        s.append("\r\n");
        headers.forEach(
                h -> s.append(h.getKey()).append(": ").append(h.getValue()).append("\r\n"));
        if (status >= 200 && status != 204 && status != 304) {
            switch (framing) {
                case LENGTH ->
                    s.append("Content-Length: ")
                            .append(declaredLength >= 0 ? declaredLength : body.length)
                            .append("\r\n");
                case CHUNKED -> s.append("Transfer-Encoding: chunked\r\n");
                case UNTIL_CLOSE -> {}
            }
        }
        if (closing) {
            s.append("Connection: close\r\n");
        }
        return s.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Returns whether the response to this method carries a body, or after 101 bytes of the other protocol. */
    boolean hasBody(String method) {
        boolean bodiless = method.equals("HEAD") || status == 204 || status == 304;
        return raw == null && !bodiless && (status >= 200 || status == 101);
    }

    /** The whole response, in as many pieces as it has. */
    byte[] whole(byte[] head) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(head.length + body.length + 16);
        out.writeBytes(head);
        for (int from = 0; from < body.length; ) {
            int to = (int) Math.min(body.length, (long) from + dripSize);
            out.writeBytes(framed(from, to));
            from = to;
        }
        if (framing == Framing.CHUNKED) {
            out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        return out.toByteArray();
    }

    /** A piece of the body, framed. */
    byte[] framed(int from, int to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(to - from + 16);
        if (framing == Framing.CHUNKED && to > from) {
            out.writeBytes((Integer.toHexString(to - from) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.write(body, from, to - from);
            out.writeBytes(new byte[] {'\r', '\n'});
        } else {
            out.write(body, from, to - from);
        }
        return out.toByteArray();
    }

    @Override
    public String toString() {
        return stage == Stage.NOWHERE ? "respond " + status : cut + " at " + stage;
    }

    private static final class Builder {
        Stage stage = Stage.NOWHERE;
        Cut cut = Cut.CLOSE;
        int cutAfter;
        int status = 200;
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        byte[] body = {};
        Framing framing = Framing.LENGTH;
        long declaredLength = -1;
        Duration delay = Duration.ZERO;
        boolean held;
        int dripSize = Integer.MAX_VALUE;
        Duration dripInterval = Duration.ZERO;
        boolean closing;

        @Nullable
        ScriptedResponse interim;

        boolean refusesBody;
        byte @Nullable [] raw;

        Builder() {}

        Builder(ScriptedResponse a) {
            stage = a.stage;
            cut = a.cut;
            cutAfter = a.cutAfter;
            status = a.status;
            headers = new ArrayList<>(a.headers);
            body = a.body;
            framing = a.framing;
            declaredLength = a.declaredLength;
            delay = a.delay;
            held = a.held;
            dripSize = a.dripSize;
            dripInterval = a.dripInterval;
            closing = a.closing;
            interim = a.interim;
            refusesBody = a.refusesBody;
            raw = a.raw;
        }
    }
}
