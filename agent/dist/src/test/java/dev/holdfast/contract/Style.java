package dev.holdfast.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The common ways in which programs use the JDK's two clients, and those of libraries. Nothing here knows of Holdfast.
 */
enum Style {
    /** {@code HttpClient.send}. */
    SEND,
    /** {@code HttpClient.sendAsync}. */
    SEND_ASYNC,
    /** {@code HttpURLConnection}, the body buffered by the JDK. */
    URL_BUFFERED,
    /** {@code HttpURLConnection.setFixedLengthStreamingMode}. */
    URL_FIXED,
    /** {@code HttpURLConnection.setChunkedStreamingMode}. */
    URL_CHUNKED,
    /** Apache HttpClient 5, classic, a body in memory. */
    APACHE5(Apache5Calls.buffered()),
    /** Apache HttpClient 5, classic, a body that is written anew for each request. */
    APACHE5_WRITTEN(Apache5Calls.written()),
    /** Apache HttpClient 5, classic, a body that can be read once. */
    APACHE5_ONE_SHOT(Apache5Calls.oneShot()),
    /** Apache HttpClient 5, classic, a body in a file. */
    APACHE5_FILE(Apache5Calls.file()),
    /** Apache HttpClient 4, classic, a body in memory. */
    APACHE4(Apache4Calls.buffered()),
    /** Apache HttpClient 4, classic, a body that is written anew for each request. */
    APACHE4_WRITTEN(Apache4Calls.written()),
    /** Apache HttpClient 4, classic, a body that can be read once. */
    APACHE4_ONE_SHOT(Apache4Calls.oneShot()),
    /** Apache HttpClient 4, classic, a body in a file. */
    APACHE4_FILE(Apache4Calls.file()),
    /** OkHttp's {@code execute}, a body in memory. */
    OKHTTP(OkHttpCalls.buffered()),
    /** OkHttp's {@code execute}, a body in a file. */
    OKHTTP_FILE(OkHttpCalls.file()),
    /** OkHttp's {@code enqueue}, a body that is written anew for each request. */
    OKHTTP_ENQUEUE_WRITTEN(OkHttpCalls.enqueuedWritten()),
    /** OkHttp's {@code enqueue}, a body that can be read once. */
    OKHTTP_ENQUEUE_ONE_SHOT(OkHttpCalls.enqueuedOneShot());

    private static final Map<String, HttpClient> CLIENTS = new ConcurrentHashMap<>();

    private final @Nullable LibraryCalls library;

    Style() {
        this.library = null;
    }

    Style(LibraryCalls library) {
        this.library = library;
    }

    /** The trust of all calls; the JDK's own if null. */
    private static volatile @Nullable SSLContext trust;

    private static volatile @Nullable SSLSocketFactory factory;

    private static final Map<SSLContext, SSLSocketFactory> FACTORIES = new ConcurrentHashMap<>();

    /** Makes all later calls trust what this context trusts. */
    static void trust(@Nullable SSLContext context) {
        trust = context;
        // It gives a new one each time; programs keep theirs.
        factory = context == null ? null : FACTORIES.computeIfAbsent(context, SSLContext::getSocketFactory);
        CLIENTS.clear();
    }

    /** Returns whether this is a style of {@code HttpURLConnection}. */
    boolean urlConnection() {
        return this == URL_BUFFERED || this == URL_FIXED || this == URL_CHUNKED;
    }

    /** Returns whether this is a style of {@code java.net.http}. */
    boolean javaNetHttp() {
        return this == SEND || this == SEND_ASYNC;
    }

    /** Returns whether this is a style of Apache HttpClient 4. */
    boolean apache4() {
        return name().startsWith("APACHE4");
    }

    /** Returns whether this is a style of OkHttp. */
    boolean okHttp() {
        return name().startsWith("OKHTTP");
    }

    /** Returns whether this is a style of OkHttp in which no thread of the program's carries the call. */
    boolean okHttpEnqueue() {
        return name().startsWith("OKHTTP_ENQUEUE");
    }

    /** Returns whether the client is one of a library. */
    boolean library() {
        return library != null;
    }

    /** Returns whether a body is sent without its length. */
    boolean chunks() {
        return switch (this) {
            case URL_CHUNKED,
                    APACHE5_WRITTEN,
                    APACHE5_ONE_SHOT,
                    APACHE4_WRITTEN,
                    APACHE4_ONE_SHOT,
                    OKHTTP_ENQUEUE_WRITTEN,
                    OKHTTP_ENQUEUE_ONE_SHOT -> true;
            default -> false;
        };
    }

    /** Returns whether the client can send a body again, however long it is. */
    boolean holdsBody() {
        return switch (this) {
            case URL_FIXED,
                    URL_CHUNKED,
                    APACHE5_ONE_SHOT,
                    APACHE4_ONE_SHOT,
                    OKHTTP_ENQUEUE_WRITTEN,
                    OKHTTP_ENQUEUE_ONE_SHOT -> false;
            default -> true;
        };
    }

    /** Makes the call, waits for its end, and says what the application saw. */
    CallResult call(Call call) {
        long start = System.nanoTime();
        try {
            return switch (this) {
                case SEND -> seen(client(call).send(request(call), BodyHandlers.ofByteArray()), start);
                case SEND_ASYNC -> await(client(call).sendAsync(request(call), BodyHandlers.ofByteArray()), start);
                default -> exchange(call, start, cancel -> {});
            };
        } catch (IOException | InterruptedException | RuntimeException e) {
            return CallResult.failure(e, start);
        }
    }

    /** Starts the call and comes back. */
    InFlight start(Call call) {
        long start = System.nanoTime();
        if (this == SEND_ASYNC) {
            return new AsyncInFlight(client(call).sendAsync(request(call), BodyHandlers.ofByteArray()), start);
        }
        CompletableFuture<CallResult> seen = new CompletableFuture<>();
        AtomicReference<@Nullable Runnable> cancel = new AtomicReference<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        seen.complete(javaNetHttp() ? call(call) : exchange(call, start, cancel::set));
                    } catch (IOException | RuntimeException e) {
                        seen.complete(CallResult.failure(e, start));
                    }
                },
                "application");
        thread.setDaemon(true);
        thread.start();
        return new BlockingInFlight(thread, seen, cancel);
    }

    private CallResult exchange(Call call, long start, Consumer<Runnable> cancel) throws IOException {
        if (library != null) {
            return library.exchange(call, trust, start, cancel);
        }
        HttpURLConnection c = (HttpURLConnection) call.uri().toURL().openConnection();
        cancel.accept(c::disconnect);
        SSLSocketFactory trusting = factory;
        if (trusting != null && c instanceof HttpsURLConnection https) {
            https.setSSLSocketFactory(trusting);
        }
        c.setRequestMethod(call.method());
        call.headers().forEach(c::setRequestProperty);
        c.setConnectTimeout((int) call.connectTimeout().toMillis());
        c.setReadTimeout((int) call.readTimeout().toMillis());
        c.setInstanceFollowRedirects(call.followRedirects());
        c.setUseCaches(false);
        byte[] body = call.body();
        if (body != null) {
            c.setDoOutput(true);
            switch (this) {
                case URL_FIXED -> c.setFixedLengthStreamingMode((long) body.length);
                case URL_CHUNKED -> c.setChunkedStreamingMode(512);
                default -> {}
            }
            try (OutputStream out = c.getOutputStream()) {
                out.write(body);
            }
        }
        int status = c.getResponseCode();
        InputStream in = status >= 400 ? c.getErrorStream() : c.getInputStream();
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        if (in != null) {
            try (in) {
                in.transferTo(read);
            }
        }
        return CallResult.response(status, c.getHeaderFields(), read.toByteArray(), start);
    }

    /** A client as this call needs it; one for each set of options. */
    static HttpClient client(Call call) {
        return CLIENTS.computeIfAbsent(call.connectTimeout() + " " + call.followRedirects(), key -> {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(Version.HTTP_1_1)
                    .followRedirects(call.followRedirects() ? Redirect.NORMAL : Redirect.NEVER);
            if (!call.connectTimeout().isZero()) {
                builder.connectTimeout(call.connectTimeout());
            }
            SSLContext context = trust;
            if (context != null) {
                builder.sslContext(context);
            }
            return builder.build();
        });
    }

    /** The call as a request of {@code java.net.http}. */
    static HttpRequest request(Call call) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(call.uri());
        call.headers().forEach(builder::setHeader);
        if (!call.readTimeout().isZero()) {
            builder.timeout(call.readTimeout());
        }
        BodyPublisher publisher = BodyPublishers.noBody();
        byte[] body = call.body();
        if (call.publisher() != null) {
            publisher = call.publisher().get();
        } else if (body != null) {
            publisher = BodyPublishers.ofByteArray(body);
        }
        return builder.method(call.method(), publisher).build();
    }

    static CallResult seen(HttpResponse<byte[]> response, long start) {
        return CallResult.response(response.statusCode(), response.headers().map(), response.body(), start);
    }

    static CallResult await(CompletableFuture<HttpResponse<byte[]>> future, long start) throws InterruptedException {
        try {
            return seen(future.get(10, TimeUnit.SECONDS), start);
        } catch (ExecutionException e) {
            return CallResult.failure(e.getCause(), start);
        } catch (TimeoutException | RuntimeException e) {
            return CallResult.failure(e, start);
        }
    }

    private record AsyncInFlight(CompletableFuture<HttpResponse<byte[]>> future, long start) implements InFlight {
        @Override
        public void abandon() {
            future.cancel(true);
        }

        @Override
        public void interrupt() {
            throw new UnsupportedOperationException("no thread waits");
        }

        @Override
        public void awaitReading() {}

        @Override
        public void awaitWaiting() {}

        @Override
        public CallResult seen() throws InterruptedException {
            return await(future, start);
        }
    }

    private record BlockingInFlight(
            Thread thread, CompletableFuture<CallResult> result, AtomicReference<@Nullable Runnable> cancel)
            implements InFlight {
        @Override
        public void abandon() {
            Runnable way = cancel.get();
            if (way == null) {
                thread.interrupt();
            } else {
                way.run();
            }
        }

        @Override
        public void interrupt() {
            thread.interrupt();
        }

        @Override
        public void awaitReading() {
            Awaitility.await()
                    .until(() -> Stream.of(thread.getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("implRead")
                                    || frame.getClassName().endsWith("CompletableFuture")));
        }

        @Override
        public void awaitWaiting() {
            Awaitility.await()
                    .until(() -> Stream.of(thread.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().endsWith("Semaphore")));
        }

        @Override
        public CallResult seen() throws InterruptedException {
            try {
                return result.get(Duration.ofSeconds(10).toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new AssertionError(
                        "the call does not end; its thread is at " + java.util.Arrays.toString(thread.getStackTrace()),
                        e);
            }
        }
    }
}
