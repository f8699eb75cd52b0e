package dev.holdfast.exchange;

import dev.holdfast.call.Client;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.fallback.FallbackRequest;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.policy.ErrorKind;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client library without a network, whose attempts give what a test says. Its connections are counted: a response
 * holds one until its body was read to the end, or closed.
 */
final class InMemoryClient implements LibraryTransport<InMemoryClient.Response> {
    /** The bytes of a response that a connection still has. */
    static final class Response {
        final int status;
        final Map<String, List<String>> headers;
        final @Nullable InputStream body;
        final long length;

        Response(int status, Map<String, List<String>> headers, @Nullable InputStream body, long length) {
            this.status = status;
            this.headers = headers;
            this.body = body;
            this.length = length;
        }

        String text() throws IOException {
            return body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The script of one attempt. */
    @FunctionalInterface
    interface Reply {
        Response on(SentAttempt attempt) throws Exception;
    }

    private static final Client CLIENT = Client.of("in-memory");

    /** Every attempt that was sent, with the number of connections in use at that moment. */
    final List<String> sent = new CopyOnWriteArrayList<>();

    final AtomicInteger leased = new AtomicInteger();
    final AtomicInteger released = new AtomicInteger();
    volatile boolean cancelled;
    volatile Runnable onCancel = () -> {};
    boolean canHedge = true;
    /** True if the program has closed the client: what is started is refused. */
    volatile boolean closed;

    /** Takes the end of each attempt that is started, which then ends as a test says. */
    @Nullable
    Consumer<BiConsumer<@Nullable Response, @Nullable Throwable>> starts;
    /** Runs with each cancel of an attempt. */
    Runnable cancels = () -> {};

    String method = "GET";

    @Nullable
    Identity identity;

    private final List<Reply> replies = new ArrayList<>();

    @Nullable
    Reply alternate;

    void clearReplies() {
        replies.clear();
    }

    InMemoryClient reply(Reply reply) {
        replies.add(reply);
        return this;
    }

    InMemoryClient reply(int status, String body) {
        return reply(attempt -> respond(status, body));
    }

    InMemoryClient fail(Exception failure) {
        return reply(attempt -> {
            throw failure;
        });
    }

    /** An attempt that ends only when it is cancelled. */
    InMemoryClient hang() {
        return reply(attempt -> {
            attempt.cancelled.await();
            throw new SocketException("Socket closed");
        });
    }

    Response respond(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return respond(status, new ByteArrayInputStream(bytes), bytes.length);
    }

    Response respond(int status, InputStream body, long length) {
        leased.incrementAndGet();
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("Content-Type", List.of("application/json"));
        return new Response(status, headers, new Leased(body), length);
    }

    void cancelByProgram() {
        cancelled = true;
        onCancel.run();
    }

    final class SentAttempt implements Attempt<Response> {
        final CountDownLatch cancelled = new CountDownLatch(1);
        final AtomicInteger cancels = new AtomicInteger();
        /** Stands still while the script has it wait for a place of the program's own. */
        volatile AttemptClock clock;

        private final String name;
        private final Reply reply;

        SentAttempt(String name, Reply reply) {
            this.name = name;
            this.reply = reply;
        }

        @Override
        public Response send() throws Exception {
            sent.add(name + " with " + leased.get() + " leased");
            return reply.on(this);
        }

        @Override
        public void start(BiConsumer<@Nullable Response, @Nullable Throwable> end) {
            if (closed) {
                throw new RejectedExecutionException("closed");
            }
            if (starts != null) {
                starts.accept(end);
                return;
            }
            Attempt.super.start(end);
        }

        @Override
        public void clock(AttemptClock ofAttempt) {
            clock = ofAttempt;
        }

        @Override
        public boolean isRefused(Throwable error) {
            return error instanceof RejectedExecutionException;
        }

        @Override
        public void cancel() {
            cancels.incrementAndGet();
            cancelled.countDown();
            InMemoryClient.this.cancels.run();
        }
    }

    private final class Leased extends FilterInputStream {
        private boolean over;

        Leased(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = over ? -1 : super.read(bytes, offset, length);
            if (n < 0) {
                end();
            }
            return n;
        }

        @Override
        public void close() {
            end();
        }

        private void end() {
            if (!over) {
                over = true;
                leased.decrementAndGet();
            }
        }
    }

    @Override
    public Attempt<Response> attempt(Step.Send send) {
        return new SentAttempt("attempt " + send.attempt(), replies.get(send.attempt() - 1));
    }

    @Override
    public boolean canHedge() {
        return canHedge;
    }

    @Override
    public @Nullable Attempt<Response> alternateOrigin(FallbackCandidate.AlternateOriginRequest offer, Step.Send send) {
        Reply reply = alternate;
        return reply == null ? null : new SentAttempt(offer.uri().toString(), reply);
    }

    @Override
    public FallbackRequest request(@Nullable Identity caller) {
        return new FallbackRequest(method, URI.create("http://localhost/path"), Map.of(), false, caller);
    }

    @Override
    public @Nullable Identity caller() {
        return identity;
    }

    @Override
    public void release() {
        released.incrementAndGet();
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        onCancel = action;
        if (cancelled) {
            action.run();
        }
    }

    @Override
    public IOException cancelled() {
        return new IOException("Canceled");
    }

    @Override
    public IOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }

    @Override
    public IOException timedOut(@Nullable Throwable cause) {
        SocketTimeoutException timeout = new SocketTimeoutException("timeout");
        timeout.initCause(cause);
        return timeout;
    }

    @Override
    public Outcome classify(Attempt<Response> attempt, Throwable error) {
        if (!(error instanceof IOException)) {
            return Outcome.Cancelled.INSTANCE;
        }
        ErrorKind kind = error instanceof SocketTimeoutException ? ErrorKind.READ_TIMEOUT : ErrorKind.CONNECTION_RESET;
        return new Outcome.Failure(error, kind, false);
    }

    @Override
    public ResponseHead head(Response response) {
        return new ResponseHead() {
            @Override
            public int status() {
                return response.status;
            }

            @Override
            public @Nullable String header(String name, int index) {
                return response.headers.entrySet().stream()
                        .filter(header -> header.getKey().equalsIgnoreCase(name))
                        .flatMap(header -> header.getValue().stream())
                        .skip(index)
                        .findFirst()
                        .orElse(null);
            }

            @Override
            public Map<String, List<String>> fields() {
                return response.headers;
            }
        };
    }

    @Override
    public boolean mayBeStored(Attempt<Response> attempt, Response response) {
        return true;
    }

    @Override
    public long bodyLength(Response response) {
        return response.length;
    }

    @Override
    public @Nullable InputStream body(Response response) {
        return response.body;
    }

    @Override
    public void close(Response response) throws IOException {
        if (response.body != null) {
            response.body.close();
        }
    }

    @Override
    public Response wrapBody(Response response, UnaryOperator<InputStream> wrapper) {
        return response.body == null ? response : withBody(response, wrapper.apply(response.body));
    }

    @Override
    public Response withBody(Response response, InputStream body) {
        return new Response(response.status, response.headers, body, response.length);
    }

    @Override
    public Response synthetic(FallbackCandidate.Response response) {
        byte[] body = response.body().bytes();
        return new Response(response.status(), response.headers(), new ByteArrayInputStream(body), body.length);
    }

    @Override
    public Response withHeaders(Response response, Map<String, List<String>> headers) {
        return new Response(response.status, headers, response.body, response.length);
    }

    @Override
    public Client client() {
        return CLIENT;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public @Nullable String requestHeader(String name) {
        return null;
    }

    @Override
    public boolean bodyReplayable() {
        return true;
    }
}
