package dev.holdfast.wire;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;

/** One way of damaging a sequence of bytes. Where and how much is decided by a random source, from the length alone. */
enum Edit {
    FLIP_BIT(true),
    REPLACE(true),
    DELETE(true),
    INSERT(true),
    REPEAT(true),
    SWAP(true),
    REPEAT_ALL(true),
    GARBAGE(true),
    OWN_TEXT(true),
    CUT(true),
    PAUSE(false),
    DRIP(false);

    private static final String[] TEXTS = {
        "\r\n",
        "\n",
        "\r\n\r\n",
        "0\r\n\r\n",
        ":",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Connection: close\r\n",
        "ICY 200 OK\r\n",
        "\0",
        "ffffffff",
        "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
        "-1",
        "Location: /moved\r\n",
        " "
    };

    private final boolean damages;

    Edit(boolean damages) {
        this.damages = damages;
    }

    /** Returns whether the peer may not understand what comes after it. */
    boolean damages() {
        return damages;
    }

    /** Applies it. */
    void apply(Script script, SplittableRandom random) {
        byte[] in = script.bytes;
        if (in.length == 0) {
            return;
        }
        int at = position(in.length, random);
        int length = 1 + random.nextInt(Math.min(in.length - at, random.nextInt(4) == 0 ? 2000 : 20));
        switch (this) {
            case FLIP_BIT -> in[at] ^= (byte) (1 << random.nextInt(8));
            case REPLACE -> in[at] = (byte) random.nextInt(random.nextBoolean() ? 128 : 256);
            case DELETE -> script.bytes = joined(in, 0, at, null, at + length);
            case INSERT -> script.bytes = joined(in, 0, at, garbage(1 + random.nextInt(30), random), at);
            case OWN_TEXT ->
                script.bytes = joined(
                        in,
                        0,
                        at,
                        TEXTS[random.nextInt(TEXTS.length)].getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                        at);
            case REPEAT -> script.bytes = joined(in, 0, at, Arrays.copyOfRange(in, at, at + length), at);
            case REPEAT_ALL -> script.bytes = joined(in, 0, in.length, in, in.length);
            case SWAP -> {
                byte[] moved = Arrays.copyOfRange(in, at, at + length);
                byte[] rest = joined(in, 0, at, null, at + length);
                int to = position(rest.length + 1, random);
                script.bytes = joined(rest, 0, to, moved, to);
            }
            case GARBAGE -> script.bytes = garbage(1 + random.nextInt(300), random);
            case CUT -> script.cutAt = at;
            case PAUSE -> script.pause(at, random.nextInt(30) == 0 ? 90 : 1 + random.nextInt(8));
            case DRIP -> {
                for (int i = 0; i < 5; i++) {
                    script.pause(position(in.length, random), 1);
                }
            }
        }
    }

    /** Half of them in what is usually the head. */
    private static int position(int length, SplittableRandom random) {
        return random.nextInt(random.nextBoolean() ? Math.min(length, 160) : length);
    }

    private static byte[] garbage(int length, SplittableRandom random) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static byte[] joined(
            byte[] in, int from, int to, byte @org.jspecify.annotations.Nullable [] middle, int again) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.length + 64);
        out.write(in, from, to - from);
        if (middle != null) {
            out.writeBytes(middle);
        }
        out.write(in, again, in.length - again);
        return out.toByteArray();
    }

    /** Bytes to send, with pauses, and where they end early. */
    static final class Script {
        byte[] bytes;
        int cutAt = Integer.MAX_VALUE;
        final java.util.TreeMap<Integer, Integer> pauses = new java.util.TreeMap<>();

        Script(byte[] bytes) {
            this.bytes = bytes;
        }

        /** Puts bytes before it, which stay as they are. */
        void precede(byte[] before) {
            bytes = joined(before, 0, before.length, bytes, before.length);
            cutAt = cutAt == Integer.MAX_VALUE ? cutAt : cutAt + before.length;
            java.util.TreeMap<Integer, Integer> moved = new java.util.TreeMap<>();
            pauses.forEach((at, millis) -> moved.put(at + before.length, millis));
            pauses.clear();
            pauses.putAll(moved);
        }

        private void pause(int at, int millis) {
            pauses.merge(at, millis, Integer::sum);
        }
    }
}
