package dev.holdfast.wire;

import dev.holdfast.wire.Edit.Script;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The server's answer to one request: a response, and how it is damaged. A value; the same reply to the same request of
 * the same call is the same bytes.
 *
 * @param seed of all that is random in it
 * @param stage where the exchange ends, if it does not come to a response
 * @param cut how the server ends the connection where it does so early
 * @param location where a redirect leads, else empty
 * @param interim the status of an interim response before it; 0 for none
 * @param edits what is done to its bytes
 * @param frameEdits how many changes are made to the sequence of its frames, if it goes over HTTP/2
 * @param thenClose whether the connection ends after it
 * @param thenRefuse whether the server takes no new connection from then on, as long as the call lasts
 * @param early whether it is sent before the request's body was read
 */
record Reply(
        long seed,
        int status,
        Framing framing,
        int bodySize,
        Stage stage,
        int stageArgument,
        Cut cut,
        String location,
        int interim,
        List<Edit> edits,
        int frameEdits,
        boolean thenClose,
        boolean thenRefuse,
        boolean early) {
    enum Framing {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    /** The point at which an exchange ends. */
    enum Stage {
        /** The connection, as soon as the client writes. */
        ACCEPT,
        /** The request's head was read. */
        HEAD,
        /** Within the request's body. */
        REQUEST_BODY,
        /** The request was read. */
        REQUEST,
        /** Not at all: there is a response. */
        RESPONSE
    }

    /** The way in which a connection is ended. */
    enum Cut {
        RESET,
        CLOSE
    }

    /** The frame types and flags of RFC 9113 that are used here. */
    static final int DATA = 0;

    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    /** Returns whether anything about it is not as the client asked for. */
    boolean isMutated() {
        return stage != Stage.RESPONSE || early || frameEdits > 0 || !edits.isEmpty() || thenRefuse;
    }

    /** Returns whether the client may not understand what comes after it. */
    boolean damages(boolean http2) {
        return edits.stream().anyMatch(Edit::damages) || (http2 && frameEdits > 0);
    }

    /** Returns whether it may tell, over HTTP/2, that the request was not processed. */
    boolean mayDenyProcessing() {
        return frameEdits > 0 || !edits.isEmpty() || (stage != Stage.RESPONSE && stageArgument % 3 != 2);
    }

    /** The response in HTTP/1.1. */
    Script http1(String method, String call, int number) {
        byte[] body = body(call, number);
        StringBuilder head = new StringBuilder();
        if (interim != 0) {
            head.append("HTTP/1.1 ").append(interim).append(" Interim\r\nX-Interim: yes\r\n\r\n");
        }
        head.append("HTTP/1.1 ")
                .append(status)
                .append(" Status ")
                .append(status)
                .append("\r\n");
        for (String[] header : headers(call, number)) {
            head.append(header[0]).append(": ").append(header[1]).append("\r\n");
        }
        boolean hasBody = status != 204 && status != 304;
        if (hasBody && framing == Framing.LENGTH) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        } else if (hasBody && framing == Framing.CHUNKED) {
            head.append("Transfer-Encoding: chunked\r\n");
        }
        if (closes()) {
            head.append("Connection: close\r\n");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(latin(head.append("\r\n").toString()));
        if (hasBody && !method.equals("HEAD")) {
            if (framing == Framing.CHUNKED) {
                SplittableRandom random = new SplittableRandom(seed);
                for (int from = 0; from < body.length; ) {
                    int size = Math.min(body.length - from, 1 + random.nextInt(1 + body.length));
                    out.writeBytes(latin(Integer.toHexString(size) + "\r\n"));
                    out.write(body, from, size);
                    out.writeBytes(latin("\r\n"));
                    from += size;
                }
                out.writeBytes(latin("0\r\n\r\n"));
            } else {
                out.writeBytes(body);
            }
        }
        return edited(out.toByteArray());
    }

    /** Returns whether the connection ends after it for a reason that it tells. */
    boolean closes() {
        return thenRefuse || (framing == Framing.UNTIL_CLOSE && status != 204 && status != 304);
    }

    /**
     * The response in HTTP/2.
     *
     * @param before what goes over the connection before it
     * @param damagesBefore whether that may be damaged, too
     */
    Script http2(String method, String call, int number, int stream, List<byte[]> before, boolean damagesBefore) {
        boolean together = damagesBefore && seed % 4 == 0;
        List<byte[]> frames = new ArrayList<>(together ? before : List.of());
        if (interim >= 102) {
            frames.add(frame(HEADERS, END_HEADERS, stream, block(interim, List.of())));
        }
        byte[] body = body(call, number);
        boolean hasBody = status != 204 && status != 304 && !method.equals("HEAD") && body.length > 0;
        frames.add(
                frame(HEADERS, END_HEADERS | (hasBody ? 0 : END_STREAM), stream, block(status, headers(call, number))));
        if (hasBody) {
            int most = 1 + new SplittableRandom(seed).nextInt(16_000);
            for (int from = 0; from < body.length; ) {
                int to = Math.min(body.length, from + most);
                byte[] part = java.util.Arrays.copyOfRange(body, from, to);
                frames.add(frame(DATA, to == body.length ? END_STREAM : 0, stream, part));
                from = to;
            }
        }
        SplittableRandom random = new SplittableRandom(seed + 1);
        for (int i = 0; i < frameEdits; i++) {
            changeFrames(frames, stream, random);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        frames.forEach(out::writeBytes);
        Script script = edited(out.toByteArray());
        if (!together) {
            before.stream().reduce(Reply::joined).ifPresent(script::precede);
        }
        return script;
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] both = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static void changeFrames(List<byte[]> frames, int stream, SplittableRandom random) {
        int at = frames.isEmpty() ? 0 : random.nextInt(frames.size());
        switch (random.nextInt(8)) {
            case 0 -> frames.remove(at);
            case 1 -> frames.add(at, frames.get(at));
            case 2 -> Collections.swap(frames, at, random.nextInt(frames.size()));
            case 3 -> frames.add(at + random.nextInt(2), frame(RST_STREAM, 0, stream, number(random.nextInt(14))));
            case 4 -> {
                int last = new int[] {0, stream, Integer.MAX_VALUE, Math.max(0, stream - 2)}[random.nextInt(4)];
                byte[] payload = new byte[8];
                System.arraycopy(number(last), 0, payload, 0, 4);
                payload[7] = (byte) random.nextInt(14);
                frames.add(at + random.nextInt(2), frame(GOAWAY, 0, 0, payload));
            }
            case 5 ->
                frames.add(
                        at,
                        frame(
                                random.nextInt(14),
                                random.nextInt(256),
                                random.nextInt(2) * stream,
                                new byte[random.nextInt(12)]));
            case 6 ->
                frames.add(
                        at, frame(WINDOW_UPDATE, 0, random.nextInt(2) * stream, number(random.nextInt() & 0x7fffffff)));
            default -> frames.get(at)[8] += (byte) (2 * random.nextInt(3));
        }
    }

    private Script edited(byte[] bytes) {
        SplittableRandom random = new SplittableRandom(seed + 2);
        Script script = new Script(bytes);
        for (Edit edit : edits) {
            edit.apply(script, random);
        }
        return script;
    }

    private List<String[]> headers(String call, int number) {
        List<String[]> headers = new ArrayList<>();
        headers.add(new String[] {"X-Echo", call});
        headers.add(new String[] {"X-Reply", Integer.toString(number)});
        headers.add(new String[] {"Content-Type", "text/plain"});
        if (!location.isEmpty()) {
            headers.add(new String[] {"Location", location});
        }
        if (status == 401) {
            headers.add(new String[] {"WWW-Authenticate", "Basic realm=\"wire\""});
        }
        if (seed % 5 == 0) {
            headers.add(new String[] {"X-Twice", "a"});
            headers.add(new String[] {"X-Twice", "b"});
        }
        return headers;
    }

    /** Names its call again and again, so that a part of it is still known for whose it is. */
    byte[] body(String call, int number) {
        byte[] mark = latin("<" + call + "#" + number + ">");
        byte[] body = new byte[bodySize];
        for (int i = 0; i < body.length; i++) {
            body[i] = mark[i % mark.length];
        }
        return body;
    }

    /** A header block without compression (RFC 7541, 6.2.2); 8 is {@code :status} in the static table. */
    private static byte[] block(int status, List<String[]> headers) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(8);
        text(block, Integer.toString(status));
        for (String[] header : headers) {
            block.write(0);
            text(block, header[0].toLowerCase(Locale.ROOT));
            text(block, header[1]);
        }
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        block.write(text.length());
        block.writeBytes(latin(text));
    }

    static byte[] number(int value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        byte[] frame = new byte[9 + payload.length];
        frame[0] = (byte) (payload.length >> 16);
        frame[1] = (byte) (payload.length >> 8);
        frame[2] = (byte) payload.length;
        frame[3] = (byte) type;
        frame[4] = (byte) flags;
        System.arraycopy(number(stream), 0, frame, 5, 4);
        System.arraycopy(payload, 0, frame, 9, payload.length);
        return frame;
    }

    static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A reply without any damage. */
    static Reply plain(long seed, int status) {
        return new Reply(
                seed,
                status,
                Framing.LENGTH,
                40,
                Stage.RESPONSE,
                0,
                Cut.CLOSE,
                "",
                0,
                List.of(),
                0,
                false,
                false,
                false);
    }

    /** Draws a reply. */
    static Reply draw(SplittableRandom random, boolean http2, boolean refusing) {
        int[] statuses = {
            200, 200, 200, 200, 200, 201, 204, 304, 404, 401, 403, 417, 429, 500, 503, 503, 503, 302, 303, 307, 308
        };
        int status = statuses[random.nextInt(statuses.length)];
        String location = status >= 302 && status <= 308 && status != 304 ? "/moved" : "";
        Framing framing = Framing.values()[random.nextInt(8) == 0 ? 2 : random.nextInt(2)];
        int[] sizes = {
            0, 1 + random.nextInt(40), 1 + random.nextInt(600), 1 + random.nextInt(9_000), random.nextInt(90_000)
        };
        int size = sizes[Math.min(4, random.nextInt(random.nextInt(12) == 0 ? 5 : 4))];
        Stage stage = Stage.RESPONSE;
        List<Edit> edits = new ArrayList<>();
        int frameEdits = 0;
        boolean early = false;
        int kind = random.nextInt(100);
        if (kind < 4) {
            stage = Stage.ACCEPT;
        } else if (kind < 8) {
            stage = Stage.HEAD;
        } else if (kind < 12) {
            stage = Stage.REQUEST_BODY;
        } else if (kind < 20) {
            stage = Stage.REQUEST;
        } else if (kind < 90) {
            int count = 1 + random.nextInt(2);
            for (int i = 0; i < count; i++) {
                if (http2 && random.nextInt(2) == 0) {
                    frameEdits++;
                } else {
                    edits.add(Edit.values()[random.nextInt(Edit.values().length)]);
                }
            }
            early = random.nextInt(12) == 0;
        }
        int interim = random.nextInt(12) == 0 ? new int[] {100, 102, 103}[random.nextInt(3)] : 0;
        boolean thenRefuse = refusing && random.nextInt(3) == 0;
        return new Reply(
                random.nextLong(),
                status,
                framing,
                size,
                stage,
                random.nextInt(1000),
                random.nextBoolean() ? Cut.RESET : Cut.CLOSE,
                location,
                interim,
                List.copyOf(edits),
                frameEdits,
                random.nextInt(10) < 7,
                thenRefuse,
                early);
    }

    /** Returns a description for a report. */
    String told() {
        return stage != Stage.RESPONSE
                ? cut + " at " + stage + " " + stageArgument
                : status + " " + framing + " " + bodySize + (interim == 0 ? "" : " after " + interim) + " " + edits
                        + (frameEdits == 0 ? "" : " and " + frameEdits + " of frames") + (early ? " early" : "")
                        + (damages(true) && thenClose ? ", then close" : "")
                        + (thenRefuse ? ", then refuse" : "");
    }
}
