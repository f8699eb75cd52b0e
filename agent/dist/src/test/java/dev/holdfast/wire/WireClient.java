package dev.holdfast.wire;

import dev.holdfast.wire.WireCase.Call;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Makes calls as programs do, and knows nothing of Holdfast. For one thread. */
final class WireClient {
    /** Nothing here waits for so long; it is the program's own limit, where it has one. */
    private static final int LIMIT_MILLIS = 60_000;

    private static final int CALLS_PER_CLIENT = 2_000;

    /** Older clients hang for ever where the answer to {@code Expect} is an error, newer ones still over HTTP/2. */
    private static final boolean EXPECTS = Runtime.version().feature() >= 25;

    /** The streams of older clients hang for ever where a connection over HTTP/2 ends in the wrong moment. */
    private static final boolean STREAMS = Runtime.version().feature() >= 25;

    /** The ways in which a program lets go of a response that it will not use, and of its connection. */
    enum LettingGo {
        /** Reads it to its end, with a large buffer. */
        READ,
        /** Reads it to its end, with a small buffer, and has the next call go over another connection. */
        DISCONNECT,
        /** Closes its stream. */
        CLOSE
    }

    private final ExecutorService threads;
    private final Map<String, HttpClient> clients = new HashMap<>();
    private @Nullable HttpURLConnection last;
    private int calls;
    private LettingGo lettingGo = LettingGo.READ;

    private static final Authenticator AUTHENTICATOR = new Authenticator() {
        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            return new PasswordAuthentication("user", "secret".toCharArray());
        }
    };

    WireClient(ExecutorService threads) {
        this.threads = threads;
    }

    /** Makes a call and waits for its end. */
    Outcome call(Run run, Call call) {
        try {
            return run.wireCase.style().urlConnection() ? urlConnection(run, call) : httpClient(run, call);
        } catch (IOException | RuntimeException e) {
            return Outcome.failed(e);
        } catch (InterruptedException e) {
            Thread.interrupted();
            return Outcome.failed(e);
        }
    }

    /** Sets how responses are let go of. */
    void lettingGo(LettingGo way) {
        lettingGo = way;
    }

    /** Lets go of all connections, as far as a program can. */
    void disconnect() {
        clients.clear();
        end();
    }

    /** Begins with new clients: one that hung may do so again. */
    void renew() {
        clients.clear();
        Thread.interrupted();
    }

    /** Lets go what is kept of a run. */
    void end() {
        HttpURLConnection connection = last;
        last = null;
        if (connection != null) {
            connection.disconnect();
        }
    }

    private static String path(Run run, Call call) {
        return run.wireCase.policy() == WirePolicy.CACHE ? "/item" : "/call/" + call.index() + "?q=" + call.index();
    }

    private Outcome httpClient(Run run, Call call) throws IOException, InterruptedException {
        WireCase c = run.wireCase;
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(run.url(path(run, call))));
        if (c.policy() != WirePolicy.CACHE) {
            builder.header("X-Wire", "~~~~" + call.index() + "~~~~");
        }
        if (call.key()) {
            builder.header("Idempotency-Key", "key-" + c.id(call.index()));
        }
        if (c.limited()) {
            builder.timeout(Duration.ofMillis(LIMIT_MILLIS));
        }
        builder.expectContinue(call.expect() && EXPECTS && !c.http2());
        HttpRequest request = builder.method(call.method(), publisher(call)).build();
        HttpClient client = client(c);
        WireCase.Handler handler =
                c.http2() && !STREAMS && c.handler() == WireCase.Handler.STREAM ? WireCase.Handler.BYTES : c.handler();
        return switch (handler) {
            case BYTES -> {
                HttpResponse<byte[]> response = response(c, client, request, BodyHandlers.ofByteArray());
                yield Outcome.of(response.statusCode(), response.headers().map(), response.body(), null);
            }
            case TEXT -> {
                HttpResponse<String> response =
                        response(c, client, request, BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
                byte[] body = response.body().getBytes(StandardCharsets.ISO_8859_1);
                yield Outcome.of(response.statusCode(), response.headers().map(), body, null);
            }
            case STREAM -> {
                HttpResponse<InputStream> response = response(c, client, request, BodyHandlers.ofInputStream());
                yield read(response.statusCode(), response.headers().map(), response.body());
            }
        };
    }

    private static <T> HttpResponse<T> response(
            WireCase c, HttpClient client, HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        if (c.style() == WireCase.Style.SEND) {
            return client.send(request, handler);
        }
        try {
            return client.sendAsync(request, handler).get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new java.util.concurrent.CompletionException(e.getCause());
        }
    }

    private static BodyPublisher publisher(Call call) {
        if (!call.hasBody()) {
            return BodyPublishers.noBody();
        }
        return switch (call.publisher()) {
            case BYTES -> BodyPublishers.ofByteArray(call.body());
            case STREAM -> BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(call.body()));
            case FOREIGN -> BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(call.body()), call.body().length);
        };
    }

    private HttpClient client(WireCase c) {
        if (++calls % CALLS_PER_CLIENT == 0) {
            clients.clear();
        }
        return clients.computeIfAbsent(c.http2() + " " + c.redirects() + " " + c.authenticator(), key -> {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .executor(threads)
                    .version(c.http2() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                    .followRedirects(c.redirects() ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER);
            if (c.authenticator()) {
                builder.authenticator(AUTHENTICATOR);
            }
            return builder.build();
        });
    }

    private Outcome urlConnection(Run run, Call call) throws IOException {
        WireCase c = run.wireCase;
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(run.url(path(run, call))).toURL().openConnection();
        last = connection;
        connection.setRequestMethod(call.method());
        if (c.policy() != WirePolicy.CACHE) {
            connection.setRequestProperty("X-Wire", "~~~~" + call.index() + "~~~~");
        }
        if (call.key()) {
            connection.setRequestProperty("Idempotency-Key", "key-" + c.id(call.index()));
        }
        if (call.expect()) {
            connection.setRequestProperty("Expect", "100-continue");
        }
        connection.setInstanceFollowRedirects(c.redirects());
        if (c.authenticator()) {
            connection.setAuthenticator(AUTHENTICATOR);
        }
        if (c.limited() || call.expect()) {
            connection.setConnectTimeout(LIMIT_MILLIS);
            connection.setReadTimeout(LIMIT_MILLIS);
        }
        if (call.hasBody()) {
            connection.setDoOutput(true);
            switch (c.style()) {
                case URL_FIXED -> connection.setFixedLengthStreamingMode((long) call.body().length);
                case URL_CHUNKED -> connection.setChunkedStreamingMode(700);
                default -> {}
            }
            try (OutputStream out = connection.getOutputStream()) {
                int half = call.body().length / 2;
                out.write(call.body(), 0, half);
                out.write(call.body(), half, call.body().length - half);
            }
        }
        int status = connection.getResponseCode();
        if (lettingGo == LettingGo.CLOSE && Oracle.RETRIED.contains(status)) {
            InputStream unread = connection.getErrorStream();
            if (unread != null) {
                unread.close();
            }
            return Outcome.unread(status);
        }
        return read(
                status,
                connection.getHeaderFields(),
                status >= 400 ? connection.getErrorStream() : connection.getInputStream());
    }

    private Outcome read(int status, Map<String, java.util.List<String>> headers, @Nullable InputStream stream) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (stream == null) {
            return Outcome.of(status, headers, null, null);
        }
        try (stream) {
            byte[] piece = new byte[lettingGo == LettingGo.DISCONNECT ? 8192 : 16384];
            for (int n = stream.read(piece); n >= 0; n = stream.read(piece)) {
                body.write(piece, 0, n);
            }
            return Outcome.of(status, headers, body.toByteArray(), null);
        } catch (IOException e) {
            return Outcome.of(status, headers, body.toByteArray(), e);
        }
    }
}
