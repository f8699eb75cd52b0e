package dev.holdfast.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * One case: how a program makes a few calls, one after the other, to an origin, and what the server answers. Drawn from
 * a seed and a number alone.
 *
 * @param http2 whether a client of {@code java.net.http} asks for HTTP/2, which the server then speaks
 * @param redirects whether redirects are followed
 * @param refusing whether the server takes no more connections at some point
 */
record WireCase(
        long seed,
        int number,
        WirePolicy policy,
        Style style,
        Handler handler,
        boolean http2,
        boolean redirects,
        boolean authenticator,
        boolean limited,
        boolean refusing,
        List<Call> calls) {
    /** The ways of making a call. */
    enum Style {
        SEND,
        SEND_ASYNC,
        URL_BUFFERED,
        URL_FIXED,
        URL_CHUNKED;

        boolean urlConnection() {
            return this != SEND && this != SEND_ASYNC;
        }
    }

    /** The ways of reading a response with {@code java.net.http}. */
    enum Handler {
        BYTES,
        STREAM,
        TEXT
    }

    /** The kinds of body publishers. */
    enum Publisher {
        BYTES,
        STREAM,
        FOREIGN
    }

    /**
     * A call.
     *
     * @param index its place within the case
     * @param key whether it has an {@code Idempotency-Key}
     * @param expect whether it asks for {@code 100 Continue}
     * @param replies what its requests are answered, one after the other; those after them are answered 200
     */
    record Call(
            int index,
            String method,
            byte[] body,
            boolean key,
            boolean expect,
            Publisher publisher,
            List<Reply> replies) {
        /** Returns whether its requests may be sent again although the server may have acted on them. */
        boolean repeatable() {
            return key || !method.equals("POST");
        }

        boolean hasBody() {
            return body.length > 0;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return index;
        }
    }

    /** Draws a case. */
    static WireCase draw(long seed, int number) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number).split();
        WirePolicy[] policies = WirePolicy.values();
        WirePolicy policy = policies[1 + random.nextInt(policies.length - 1)];
        Style style = Style.values()[random.nextInt(5)];
        boolean http2 = !style.urlConnection() && random.nextInt(5) < 2;
        boolean refusing = random.nextInt(10) == 0 && !policy.abandonsAttempts();
        int count = new int[] {1, 1, 1, 2, 2, 3}[random.nextInt(6)];
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(call(random, i, style, http2, refusing, policy == WirePolicy.CACHE));
        }
        return new WireCase(
                seed,
                number,
                policy,
                style,
                Handler.values()[random.nextInt(3)],
                http2,
                random.nextInt(4) != 0,
                random.nextInt(4) == 0,
                random.nextBoolean(),
                refusing,
                calls);
    }

    private static Call call(
            SplittableRandom random, int index, Style style, boolean http2, boolean refusing, boolean reads) {
        String[] methods = {
            "GET", "GET", "GET", "GET", "GET", "HEAD", "PUT", "PUT", "PUT", "DELETE", "POST", "POST", "POST", "POST"
        };
        String method = reads && random.nextInt(4) != 0 ? "GET" : methods[random.nextInt(methods.length)];
        boolean hasBody =
                method.equals("PUT") || method.equals("POST") || (method.equals("DELETE") && random.nextBoolean());
        int[] sizes = {
            1 + random.nextInt(20), 1 + random.nextInt(400), 1 + random.nextInt(9_000), 20_000 + random.nextInt(100_000)
        };
        byte[] body = new byte[hasBody ? sizes[random.nextInt(random.nextInt(8) == 0 ? 4 : 3)] : 0];
        new SplittableRandom(random.nextLong()).longs(body.length).forEach(new Fill(body));
        int replyCount = 1 + random.nextInt(4);
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < replyCount; i++) {
            replies.add(Reply.draw(random, http2, refusing));
        }
        return new Call(
                index,
                method,
                body,
                random.nextInt(3) == 0,
                hasBody && random.nextInt(8) == 0,
                Publisher.values()[random.nextInt(3)],
                List.copyOf(replies));
    }

    private static final class Fill implements java.util.function.LongConsumer {
        private final byte[] body;
        private int at;

        Fill(byte[] body) {
            this.body = body;
        }

        @Override
        public void accept(long value) {
            body[at++] = (byte) value;
        }
    }

    /** Returns the server's name of a call in its replies. */
    String id(int call) {
        return number + "." + call;
    }

    /** The reply to a request of a call. */
    Reply reply(int call, int request) {
        List<Reply> replies = calls.get(call).replies();
        return request < replies.size() ? replies.get(request) : Reply.plain(number + 31L * request, 200);
    }

    @Override
    public String toString() {
        return "seed " + seed + ", case " + number + ": " + policy + ", " + style + (http2 ? ", HTTP/2" : "")
                + (style.urlConnection() ? "" : ", " + handler) + (redirects ? ", redirects" : "")
                + (authenticator ? ", authenticator" : "") + (limited ? ", limited" : "")
                + (refusing ? ", refusing" : "")
                + calls.stream()
                        .map(call -> "\n  call " + call.index() + ": " + call.method() + (call.key() ? " with key" : "")
                                + (call.hasBody() ? ", " + call.body().length + " bytes by " + call.publisher() : "")
                                + (call.expect() ? ", Expect" : "") + "; replies "
                                + call.replies().stream().map(Reply::told).collect(Collectors.joining("; ")))
                        .collect(Collectors.joining());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WireCase c && c.seed == seed && c.number == number;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new long[] {seed, number});
    }
}
