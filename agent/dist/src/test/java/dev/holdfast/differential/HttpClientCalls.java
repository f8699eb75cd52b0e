package dev.holdfast.differential;

import java.net.Authenticator;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The calls through {@code java.net.http}: each of them by {@code send} and by {@code sendAsync}. */
final class HttpClientCalls {
    private static final List<Integer> STATUSES =
            List.of(200, 201, 204, 206, 300, 304, 400, 401, 403, 404, 410, 418, 429, 500, 502, 503, 504);

    private final Transcript t;

    HttpClientCalls(Transcript transcript) {
        this.t = transcript;
    }

    void run() {
        statuses();
        publishers();
        handlers();
        redirects();
        errors();
        misuse();
        surroundings();
        futures();
    }

    private void statuses() {
        for (int status : STATUSES) {
            for (String method : List.of("GET", "HEAD", "DELETE", "PATCH")) {
                both(
                        "client " + method + " " + status,
                        client(),
                        () -> HttpRequest.newBuilder(t.uri("/status/" + status))
                                .method(method, BodyPublishers.noBody()));
            }
        }
        for (String path : List.of("/headers", "/chunked", "/large", "/untilclose", "/closing", "/interim", "/gzip")) {
            both("client " + path, client(), () -> HttpRequest.newBuilder(t.uri(path)));
        }
    }

    private void publishers() {
        Map<String, Supplier<BodyPublisher>> publishers = new LinkedHashMap<>();
        publishers.put("string", () -> BodyPublishers.ofString("text é"));
        publishers.put("large", () -> BodyPublishers.ofString("large ".repeat(50_000)));
        publishers.put("bytes", () -> BodyPublishers.ofByteArray(new byte[] {65, 66, 67}, 1, 2));
        publishers.put("arrays", () -> BodyPublishers.ofByteArrays(List.of(new byte[] {65}, new byte[] {66})));
        publishers.put("none", BodyPublishers::noBody);
        publishers.put(
                "stream",
                () -> BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(new byte[] {65, 66})));
        publishers.put("null stream", () -> BodyPublishers.ofInputStream(() -> null));
        publishers.put(
                "concat", () -> BodyPublishers.concat(BodyPublishers.ofString("one "), BodyPublishers.ofString("two")));
        publishers.put("own", () -> BodyPublishers.fromPublisher(new Once("own body")));
        publishers.put("own fixed", () -> BodyPublishers.fromPublisher(new Once("own body"), 8));
        publishers.put("own too long", () -> BodyPublishers.fromPublisher(new Once("own body"), 3));
        publishers.put("own too short", () -> BodyPublishers.fromPublisher(new Once("own body"), 30));
        publishers.put("failing", () -> BodyPublishers.fromPublisher(new Once(null)));
        publishers.forEach((name, publisher) -> {
            boolean breaksOff = name.contains("null") || name.contains("too") || name.contains("failing");
            for (String method : List.of("POST", "PUT")) {
                both(
                        breaksOff,
                        "client " + method + " " + name,
                        client(),
                        () -> HttpRequest.newBuilder(t.uri("/echo"))
                                .method(method, publisher.get())
                                .timeout(Duration.ofSeconds(20)));
            }
        });
        both(
                "client expect continue",
                client(),
                () -> HttpRequest.newBuilder(t.uri("/echo"))
                        .expectContinue(true)
                        .POST(BodyPublishers.ofString("after all")));
        both(
                "client headers",
                client(),
                () -> HttpRequest.newBuilder(t.uri("/echo?q=1#fragment"))
                        .headers("X-A", "1", "X-A", "2", "x-b", "3")
                        .setHeader("User-Agent", "me"));
    }

    private void handlers() {
        Map<String, Supplier<BodyHandler<?>>> handlers = new LinkedHashMap<>();
        handlers.put("string", BodyHandlers::ofString);
        handlers.put("bytes", BodyHandlers::ofByteArray);
        handlers.put("discarding", BodyHandlers::discarding);
        handlers.put("replacing", () -> BodyHandlers.replacing("instead"));
        handlers.put("stream", BodyHandlers::ofInputStream);
        handlers.put("lines", BodyHandlers::ofLines);
        handlers.put("publisher", BodyHandlers::ofPublisher);
        handlers.put("buffering", () -> BodyHandlers.buffering(BodyHandlers.ofString(), 10));
        handlers.put("consumer", () -> {
            ByteArrayTotal total = new ByteArrayTotal();
            return BodyHandlers.ofByteArrayConsumer(bytes -> bytes.ifPresent(total::add));
        });
        handlers.put(
                "mapping",
                () -> info -> BodySubscribers.mapping(
                        BodySubscribers.ofString(StandardCharsets.UTF_8),
                        body -> info.statusCode() + " " + info.version() + " " + body.length()));
        handlers.put("throwing", () -> info -> {
            throw new IllegalStateException("handler says no");
        });
        handlers.put(
                "failing subscriber",
                () -> info -> BodySubscribers.mapping(BodySubscribers.ofString(StandardCharsets.UTF_8), body -> {
                    throw new IllegalArgumentException("cannot map");
                }));
        handlers.forEach((name, handler) -> {
            for (String path : List.of("/status/200", "/status/404", "/chunked", "/large")) {
                t.scenario("handler " + name + " " + path, () -> {
                    HttpClient client = client().get();
                    HttpRequest request = HttpRequest.newBuilder(t.uri(path)).build();
                    t.step("send", () -> body(client.send(request, handler.get())));
                    t.step(
                            "async",
                            () -> body(client.sendAsync(request, handler.get()).get(10, TimeUnit.SECONDS)));
                });
            }
        });
        t.scenario("handler file", () -> {
            Path file = Files.createTempFile("holdfast", ".answer");
            try {
                HttpClient client = client().get();
                HttpRequest request = HttpRequest.newBuilder(t.uri("/chunked")).build();
                t.step(
                        "send",
                        () -> client.send(request, BodyHandlers.ofFile(file))
                                .body()
                                .equals(file));
                t.step("content", () -> Files.readAllBytes(file));
            } finally {
                Files.delete(file);
            }
        });
        t.scenario("handler runs on the client's executor", () -> {
            ExecutorService executor = Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "application-executor");
                thread.setDaemon(true);
                return thread;
            });
            HttpClient client = HttpClient.newBuilder()
                    .version(Version.HTTP_1_1)
                    .executor(executor)
                    .build();
            HttpRequest request = HttpRequest.newBuilder(t.uri("/echo")).build();
            BodyHandler<String> handler = info -> {
                String thread = Thread.currentThread().getName();
                // The caller's thread may do it as well, if the answer is there early.
                return BodySubscribers.replacing(
                        thread.equals("main") || thread.equals("application-executor") ? "as ever" : thread);
            };
            t.step("send", () -> client.send(request, handler).body());
            t.step("async", () -> client.sendAsync(request, handler).get().body());
            t.step(
                    "context loader",
                    () -> client.send(
                                    request,
                                    info -> BodySubscribers.replacing(
                                            Thread.currentThread().getContextClassLoader()
                                                    == ClassLoader.getSystemClassLoader()))
                            .body());
            executor.shutdown();
        });
    }

    private void redirects() {
        for (Redirect policy : Redirect.values()) {
            for (int status : new int[] {301, 302, 303, 307, 308}) {
                for (String method : List.of("GET", "POST")) {
                    both(
                            "client redirect " + policy + " " + status + " " + method,
                            () -> HttpClient.newBuilder()
                                    .version(Version.HTTP_1_1)
                                    .followRedirects(policy)
                                    .build(),
                            () -> HttpRequest.newBuilder(t.uri("/redirect/" + status + "/status/200"))
                                    .method(method, BodyPublishers.ofString("b")));
                }
            }
            for (String path : List.of("/loop", "/nowhere", "/redirect/302/redirect/301/status/404")) {
                both(
                        "client " + policy + " " + path,
                        () -> HttpClient.newBuilder()
                                .version(Version.HTTP_1_1)
                                .followRedirects(policy)
                                .build(),
                        () -> HttpRequest.newBuilder(t.uri(path)));
            }
        }
    }

    private void errors() {
        for (String path : List.of("/short", "/resetbody", "/reset", "/close", "/resethead", "/garbage")) {
            for (String method : List.of("GET", "POST")) {
                both(
                        "client error " + path + " " + method,
                        client(),
                        () -> HttpRequest.newBuilder(t.uri(path)).method(method, BodyPublishers.ofString("b")));
            }
        }
        both("client refused", client(), () -> HttpRequest.newBuilder(t.refused()));
        both(
                "client unknown host",
                client(),
                () -> HttpRequest.newBuilder(URI.create("http://holdfast-test.invalid/")));
        both(
                "client timeout",
                client(),
                () -> HttpRequest.newBuilder(t.uri("/hang")).timeout(Duration.ofMillis(150)));
        both(
                "client not tls",
                client(),
                () -> HttpRequest.newBuilder(
                                URI.create("https://127.0.0.2:" + t.server().port() + "/"))
                        .timeout(Duration.ofSeconds(20)));
    }

    private void misuse() {
        t.scenario("client misuse", () -> {
            HttpClient client = client().get();
            HttpRequest request = HttpRequest.newBuilder(t.uri("/echo")).build();
            t.step("null request", () -> client.send(null, BodyHandlers.ofString()));
            t.step("null handler", () -> client.send(request, null));
            t.step("async null request", () -> client.sendAsync(null, BodyHandlers.ofString()));
            t.step("async null handler", () -> client.sendAsync(request, null));
            t.step("interrupted", () -> {
                Thread.currentThread().interrupt();
                try {
                    return client.send(request, BodyHandlers.ofString()).body();
                } finally {
                    t.line("flag " + Thread.interrupted());
                }
            });
            t.step(
                    "own request",
                    () -> client.send(new OwnRequest(t.uri("/echo"), "GET"), BodyHandlers.ofString())
                            .body());
            t.step(
                    "bad own request",
                    () -> client.send(new OwnRequest(URI.create("ftp://x/"), "GET"), BodyHandlers.ofString())
                            .body());
            t.step(
                    "bad own method",
                    () -> client.send(new OwnRequest(t.uri("/echo"), "A B"), BodyHandlers.ofString())
                            .body());
        });
    }

    private void surroundings() {
        AtomicInteger asked = new AtomicInteger();
        Authenticator good = new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                asked.incrementAndGet();
                return new PasswordAuthentication("user", "pass".toCharArray());
            }
        };
        both(
                "client authenticator",
                () -> HttpClient.newBuilder()
                        .version(Version.HTTP_1_1)
                        .authenticator(good)
                        .build(),
                () -> HttpRequest.newBuilder(t.uri("/private")).POST(BodyPublishers.ofString("b")));
        t.line("asked " + asked);
        both(
                "client wrong password",
                () -> HttpClient.newBuilder()
                        .version(Version.HTTP_1_1)
                        .authenticator(new Authenticator() {
                            @Override
                            protected PasswordAuthentication getPasswordAuthentication() {
                                return new PasswordAuthentication("user", "wrong".toCharArray());
                            }
                        })
                        .build(),
                () -> HttpRequest.newBuilder(t.uri("/private")));
        CookieManager cookies = new CookieManager();
        both(
                "client cookies",
                () -> HttpClient.newBuilder()
                        .version(Version.HTTP_1_1)
                        .cookieHandler(cookies)
                        .build(),
                () -> HttpRequest.newBuilder(t.uri("/cookie")));
        both(
                "client proxy",
                () -> HttpClient.newBuilder()
                        .version(Version.HTTP_1_1)
                        .proxy(ProxySelector.of(new InetSocketAddress(
                                Transcript.HOST, t.server().port())))
                        .build(),
                () -> HttpRequest.newBuilder(URI.create("http://127.0.0.2:9/status/200")));
        both(
                "client offers HTTP/2",
                () -> HttpClient.newBuilder().version(Version.HTTP_2).build(),
                () -> HttpRequest.newBuilder(t.uri("/status/200")));
        t.scenario("client fifty in a row", () -> {
            HttpClient client = client().get();
            for (int i = 0; i < 50; i++) {
                HttpRequest request =
                        HttpRequest.newBuilder(t.uri("/echo/" + i)).build();
                t.step(
                        "send",
                        () -> client.send(request, BodyHandlers.ofString()).body());
            }
        });
        t.scenario("client web socket", () -> {
            HttpClient client = client().get();
            t.step(
                    "refused by the server",
                    () -> client.newWebSocketBuilder()
                            .buildAsync(
                                    URI.create("ws://127.0.0.2:" + t.server().port() + "/status/404"),
                                    new WebSocket.Listener() {})
                            .get(5, TimeUnit.SECONDS));
        });
        t.scenario("client describes itself", () -> {
            HttpClient client = client().get();
            t.step("version", client::version);
            t.step("redirects", client::followRedirects);
            t.step("executor", client::executor);
            t.step("cookies", client::cookieHandler);
        });
    }

    private void futures() {
        t.racing("futures", () -> {
            HttpClient client = client().get();
            HttpRequest fine = HttpRequest.newBuilder(t.uri("/echo")).build();
            HttpRequest refused = HttpRequest.newBuilder(t.refused()).build();
            HttpRequest hanging = HttpRequest.newBuilder(t.uri("/hang")).build();
            t.step(
                    "join",
                    () -> client.sendAsync(fine, BodyHandlers.ofString()).join().body());
            t.step(
                    "join refused",
                    () -> client.sendAsync(refused, BodyHandlers.ofString()).join());
            t.step(
                    "handle refused",
                    () -> client.sendAsync(refused, BodyHandlers.ofString())
                            .handle((response, error) -> error.getClass() + " " + error.getCause())
                            .get());
            t.step(
                    "exceptionally",
                    () -> client.sendAsync(refused, BodyHandlers.ofString())
                            .thenApply(HttpResponse::body)
                            .exceptionally(error -> error.getClass() + " " + error.getCause())
                            .get());
            t.step(
                    "dependents",
                    () -> client.sendAsync(fine, BodyHandlers.ofString())
                            .thenApply(HttpResponse::statusCode)
                            .thenCombine(
                                    client.sendAsync(fine, BodyHandlers.ofString())
                                            .thenApply(HttpResponse::statusCode),
                                    Integer::sum)
                            .get());
            t.step(
                    "timeout of get",
                    () -> client.sendAsync(hanging, BodyHandlers.ofString()).get(50, TimeUnit.MILLISECONDS));
            t.step(
                    "orTimeout",
                    () -> client.sendAsync(hanging, BodyHandlers.ofString())
                            .orTimeout(50, TimeUnit.MILLISECONDS)
                            .join());
            t.step("complete by hand", () -> {
                CompletableFuture<HttpResponse<String>> future = client.sendAsync(hanging, BodyHandlers.ofString());
                boolean completed = future.complete(null);
                return completed + " " + future.get() + " " + future.isDone();
            });
            t.step("cancel", () -> {
                CompletableFuture<HttpResponse<String>> future = client.sendAsync(hanging, BodyHandlers.ofString());
                // Whether it is cancelled or failed then is a race inside the client.
                future.cancel(true);
                return future.isCompletedExceptionally();
            });
            t.step(
                    "copy",
                    () -> client.sendAsync(fine, BodyHandlers.ofString())
                            .copy()
                            .get()
                            .body());
            t.step(
                    "stage",
                    () -> client.sendAsync(fine, BodyHandlers.ofString())
                            .minimalCompletionStage()
                            .thenApply(HttpResponse::body)
                            .toCompletableFuture()
                            .get());
            t.step(
                    "push promises",
                    () -> client.sendAsync(fine, BodyHandlers.ofString(), (initiating, promised, acceptor) -> {})
                            .get()
                            .body());
            t.step("all of", () -> {
                List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    all.add(client.sendAsync(fine, BodyHandlers.ofString()));
                    all.get(i).join();
                }
                CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
                return all.stream().map(f -> f.join().statusCode()).toList();
            });
        });
    }

    /** Runs a request twice by each way of sending, on one client. */
    private void both(String name, Supplier<HttpClient> clients, Supplier<HttpRequest.Builder> requests) {
        both(false, name, clients, requests);
    }

    private void both(
            boolean racing, String name, Supplier<HttpClient> clients, Supplier<HttpRequest.Builder> requests) {
        Transcript.Scenario scenario = () -> {
            HttpClient client = clients.get();
            HttpRequest request = requests.get().build();
            t.step("send", () -> describe(client.send(request, BodyHandlers.ofString()), request));
            t.step("send again", () -> describe(client.send(request, BodyHandlers.ofString()), request));
            t.step(
                    "async",
                    () -> describe(
                            client.sendAsync(request, BodyHandlers.ofString()).get(10, TimeUnit.SECONDS), request));
        };
        if (racing) {
            t.racing(name, scenario);
        } else {
            t.scenario(name, scenario);
        }
    }

    private static Supplier<HttpClient> client() {
        return () -> HttpClient.newBuilder().version(Version.HTTP_1_1).build();
    }

    private static String describe(HttpResponse<String> r, HttpRequest request) {
        String body = r.body();
        return r + " " + r.version() + " " + r.uri() + " " + r.headers().map() + " "
                + (body == null ? null : body.length() > 200 ? "hash " + body.hashCode() : body) + " same request "
                + (r.request() == request) + " of " + r.request() + " after "
                + r.previousResponse().map(p -> p + " " + p.body()).orElse("nothing") + " tls "
                + r.sslSession().isPresent();
    }

    private static @Nullable Object body(HttpResponse<?> response) throws Exception {
        Object body = response.body();
        if (body instanceof Stream<?> lines) {
            return lines.map(line -> line.hashCode()).toList();
        }
        if (body instanceof Flow.Publisher<?>) {
            @SuppressWarnings("unchecked") // what BodyHandlers.ofPublisher gives
            Flow.Publisher<List<ByteBuffer>> publisher = (Flow.Publisher<List<ByteBuffer>>) body;
            var string = BodySubscribers.ofString(StandardCharsets.UTF_8);
            publisher.subscribe(string);
            return string.getBody()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .hashCode();
        }
        return body instanceof String s && s.length() > 200 ? "hash " + s.hashCode() : body;
    }

    /** Counts bytes. */
    private static final class ByteArrayTotal {
        private final AtomicInteger total = new AtomicInteger();

        void add(byte[] bytes) {
            total.addAndGet(bytes.length);
        }
    }

    /** Publishes a text to one subscriber, in two pieces; or fails. */
    private static final class Once implements Flow.Publisher<ByteBuffer> {
        private final @Nullable String text;

        Once(@Nullable String text) {
            this.text = text;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            subscriber.onSubscribe(new Flow.Subscription() {
                private int sent;
                private boolean cancelled;

                @Override
                public synchronized void request(long n) {
                    if (text == null) {
                        subscriber.onError(new IllegalStateException("publisher fails"));
                        return;
                    }
                    for (long i = 0; i < n && sent < 2 && !cancelled; i++) {
                        int half = text.length() / 2;
                        String piece = sent++ == 0 ? text.substring(0, half) : text.substring(half);
                        subscriber.onNext(ByteBuffer.wrap(piece.getBytes(StandardCharsets.UTF_8)));
                        if (sent == 2 && !cancelled) {
                            subscriber.onComplete();
                        }
                    }
                }

                @Override
                public synchronized void cancel() {
                    cancelled = true;
                }
            });
        }
    }

    /** A request that is not the JDK's. */
    private static final class OwnRequest extends HttpRequest {
        private final URI uri;
        private final String method;

        OwnRequest(URI uri, String method) {
            this.uri = uri;
            this.method = method;
        }

        @Override
        public java.util.Optional<BodyPublisher> bodyPublisher() {
            return java.util.Optional.empty();
        }

        @Override
        public String method() {
            return method;
        }

        @Override
        public java.util.Optional<Duration> timeout() {
            return java.util.Optional.empty();
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
        public java.util.Optional<Version> version() {
            return java.util.Optional.empty();
        }

        @Override
        public java.net.http.HttpHeaders headers() {
            return java.net.http.HttpHeaders.of(Map.of("X-Own", List.of("yes")), (a, b) -> true);
        }
    }
}
