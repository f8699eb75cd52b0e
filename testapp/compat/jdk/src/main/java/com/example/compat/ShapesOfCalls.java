package com.example.compat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Calls of {@code HttpClient} in the shapes that libraries give them. */
final class ShapesOfCalls {
    private ShapesOfCalls() {}

    static void steps(Program program, HttpClient client) {
        String name = "shapes of calls";
        program.step(name, "publisher", "large", uri -> published(client, uri))
                .step(name, "lines", "large", uri -> lines(client, uri))
                .step(name, "gzip", "gzip", uri -> unzipped(client, uri))
                .step(name, "subscriber", "chunked", uri -> subscribed(client, uri))
                .step(name, "pipe", "ok", uri -> piped(client, uri))
                .step(name, "unknown-length", "ok", uri -> unknownLength(client, uri))
                .step(name, "expect-continue", "ok", uri -> expecting(client, uri))
                .step(
                        name,
                        "own-request",
                        "ok",
                        uri -> PlainHttp.reply(client.send(new OwnRequest(uri), BodyHandlers.ofString())))
                .step(name, "given-up", "hang", uri -> givenUp(client, uri))
                .step(name, "or-timeout", "hang", uri -> orTimeout(client, uri))
                .step(name, "authenticator", "private", ShapesOfCalls::authenticated)
                .step(name, "cookies", "cookie", ShapesOfCalls::cookies)
                .step(name, "proxy", "ok", ShapesOfCalls::proxied)
                .step(name, "composed", "ok", uri -> composed(client, uri))
                .step(name, "discarded", "large", uri -> discarded(client, uri))
                .step(name, "handler-fails", "ok", uri -> failing(client, uri))
                .step(name, "not-a-web-socket", "status-404", uri -> webSocket(client, uri));
    }

    private static HttpRequest get(URI uri) {
        return HttpRequest.newBuilder(uri).build();
    }

    private static String published(HttpClient client, URI uri)
            throws IOException, InterruptedException, ExecutionException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = client.send(get(uri), BodyHandlers.ofPublisher());
        var whole = BodySubscribers.ofString(StandardCharsets.UTF_8);
        response.body().subscribe(whole);
        String body = whole.getBody().toCompletableFuture().get();
        return response.statusCode() + " " + body.length() + " " + body.hashCode();
    }

    private static String lines(HttpClient client, URI uri) throws IOException, InterruptedException {
        HttpResponse<Stream<String>> response = client.send(get(uri), BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            return response.statusCode() + " " + lines.count();
        }
    }

    private static String unzipped(HttpClient client, URI uri) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.send(
                get(uri),
                info -> info.headers()
                                .firstValue("Content-Encoding")
                                .filter("gzip"::equals)
                                .isPresent()
                        ? BodySubscribers.mapping(BodySubscribers.ofInputStream(), ShapesOfCalls::unzip)
                        : BodySubscribers.ofInputStream());
        return JdkProgram.text(response.body());
    }

    private static InputStream unzip(InputStream in) {
        try {
            return new GZIPInputStream(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String subscribed(HttpClient client, URI uri) throws IOException, InterruptedException {
        StringBuilder seen = new StringBuilder();
        Flow.Subscriber<String> subscriber = new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                seen.append("subscribed ");
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(String line) {
                seen.append(line.length()).append(' ');
            }

            @Override
            public void onError(Throwable error) {
                seen.append(error);
            }

            @Override
            public void onComplete() {
                seen.append("complete");
            }
        };
        int status = client.send(get(uri), BodyHandlers.fromLineSubscriber(subscriber))
                .statusCode();
        return status + " " + seen;
    }

    /** A body that another thread writes while it is sent. */
    private static Reply piped(HttpClient client, URI uri) throws IOException, InterruptedException {
        PipedInputStream in = new PipedInputStream(1024);
        PipedOutputStream out = new PipedOutputStream(in);
        Thread writer = new Thread(() -> {
            try (out) {
                out.write("piped ".repeat(5000).getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        Reply reply = PlainHttp.reply(client.send(
                HttpRequest.newBuilder(uri)
                        .PUT(BodyPublishers.ofInputStream(() -> in))
                        .build(),
                BodyHandlers.ofString()));
        writer.join();
        return reply;
    }

    private static Reply unknownLength(HttpClient client, URI uri) throws IOException, InterruptedException {
        BodyPublisher body = BodyPublishers.fromPublisher(BodyPublishers.ofString("of unknown length"));
        return PlainHttp.reply(
                client.send(HttpRequest.newBuilder(uri).POST(body).build(), BodyHandlers.ofString()));
    }

    private static Reply expecting(HttpClient client, URI uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .expectContinue(true)
                .POST(BodyPublishers.ofString("expected"))
                .build();
        return PlainHttp.reply(client.send(request, BodyHandlers.ofString()));
    }

    private static String givenUp(HttpClient client, URI uri) throws InterruptedException, ExecutionException {
        var future = client.sendAsync(
                HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString("x")).build(), BodyHandlers.ofString());
        try {
            return future.get(300, TimeUnit.MILLISECONDS).body();
        } catch (TimeoutException e) {
            return "given up: " + future.cancel(true) + " " + future.isDone();
        }
    }

    private static String orTimeout(HttpClient client, URI uri) {
        return client.sendAsync(
                        HttpRequest.newBuilder(uri)
                                .POST(BodyPublishers.ofString("x"))
                                .build(),
                        BodyHandlers.ofString())
                .orTimeout(300, TimeUnit.MILLISECONDS)
                .handle((response, error) -> error == null ? response.body() : error.toString())
                .join();
    }

    private static Reply authenticated(URI uri) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .authenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return new PasswordAuthentication("user", "word".toCharArray());
                    }
                })
                .build();
        return PlainHttp.reply(client.send(get(uri), BodyHandlers.ofString()));
    }

    private static String cookies(URI uri) throws IOException, InterruptedException {
        HttpClient client =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        return client.send(get(uri), BodyHandlers.ofString()).body() + ", then "
                + client.send(get(uri), BodyHandlers.ofString()).body();
    }

    /** The service is its own proxy. */
    private static Reply proxied(URI uri) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .proxy(ProxySelector.of(new InetSocketAddress(uri.getHost(), uri.getPort())))
                .build();
        return PlainHttp.reply(client.send(get(uri), BodyHandlers.ofString()));
    }

    private static String composed(HttpClient client, URI uri)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<String> both = client.sendAsync(get(uri), BodyHandlers.ofString())
                .thenCompose(first -> client.sendAsync(get(uri), BodyHandlers.ofString())
                        .thenApply(second -> first.statusCode() + " " + second.statusCode()));
        return both.get(10, TimeUnit.SECONDS);
    }

    private static String discarded(HttpClient client, URI uri) throws IOException, InterruptedException {
        HttpResponse<Void> response = client.send(get(uri), BodyHandlers.discarding());
        return response.statusCode() + " " + response.version() + " " + response.previousResponse() + " "
                + response.request().method();
    }

    private static String failing(HttpClient client, URI uri) throws IOException, InterruptedException {
        return client.send(
                        get(uri),
                        info -> BodySubscribers.<String, String>mapping(
                                BodySubscribers.ofString(StandardCharsets.UTF_8), body -> {
                                    throw new IllegalStateException("not as expected");
                                }))
                .body();
    }

    private static String webSocket(HttpClient client, URI uri) throws InterruptedException, ExecutionException {
        URI there = URI.create(uri.toString().replace("http:", "ws:"));
        return client.newWebSocketBuilder()
                .buildAsync(there, new java.net.http.WebSocket.Listener() {})
                .get()
                .toString();
    }

    /** A request that is none of the JDK's. */
    private static final class OwnRequest extends HttpRequest {
        private final URI uri;

        OwnRequest(URI uri) {
            this.uri = uri;
        }

        @Override
        public Optional<BodyPublisher> bodyPublisher() {
            return Optional.of(BodyPublishers.ofString("its own"));
        }

        @Override
        public String method() {
            return "PUT";
        }

        @Override
        public Optional<Duration> timeout() {
            return Optional.of(Program.PATIENCE);
        }

        @Override
        public boolean expectContinue() {
            return false;
        }

        @Override
        public URI uri() {
            return uri;
        }

        @Override
        public Optional<HttpClient.Version> version() {
            return Optional.empty();
        }

        @Override
        public HttpHeaders headers() {
            return HttpHeaders.of(java.util.Map.of("X-Own", List.of("one", "two")), (name, value) -> true);
        }
    }
}
