package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of body handler sees the one response that it is given, whole, and no other. */
@Timeout(30)
class BodyHandlersTest {
    private static final String TEXT = "erste Zeile: äöü €\nsecond line\r\n\0third line, the last";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final TestPolicy LONG_ATTEMPTS = TestPolicy.QUICK.attemptTimeout(Duration.ofSeconds(20));

    @TempDir
    static Path directory;

    private static final AtomicInteger FILES = new AtomicInteger();

    /** A way to take a response, and to see what came of it. */
    private record Kind(String name, Function<Gathered, BodyHandler<?>> handler, Function<Object, Object> read) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Kind kind(String name, Supplier<BodyHandler<?>> handler, Function<Object, Object> read) {
        return new Kind(name, gathered -> handler.get(), read);
    }

    private static Stream<Arguments> kindsAndPolicies() {
        return handlers().flatMap(kind -> policies().map(testPolicy -> Arguments.of(kind, testPolicy)));
    }

    private static Stream<@Nullable TestPolicy> policies() {
        return Stream.of(
                null,
                TestPolicy.QUICK,
                TestPolicy.QUICK.bufferResponse(1024),
                TestPolicy.QUICK.bufferResponse(10),
                LONG_ATTEMPTS,
                LONG_ATTEMPTS.bufferResponse(1024),
                LONG_ATTEMPTS.bufferResponse(10));
    }

    private static Stream<Kind> handlers() {
        return Stream.concat(handlersOfAll(), limiting());
    }

    /** A handler that came with Java 25. */
    private static Stream<Kind> limiting() {
        try {
            Method limiting = BodyHandlers.class.getMethod("limiting", BodyHandler.class, long.class);
            return Stream.of(kind(
                    "limiting",
                    () -> {
                        try {
                            return (BodyHandler<?>) limiting.invoke(null, BodyHandlers.ofString(), 1000L);
                        } catch (ReflectiveOperationException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    body -> body));
        } catch (NoSuchMethodException e) {
            return Stream.of();
        }
    }

    private static Stream<Kind> handlersOfAll() {
        Function<Object, Object> asIs = body -> body;
        return Stream.of(
                kind("ofString", BodyHandlers::ofString, asIs),
                kind("ofByteArray", BodyHandlers::ofByteArray, body -> utf8((byte[]) body)),
                kind("ofInputStream", BodyHandlers::ofInputStream, body -> utf8(all((InputStream) body))),
                kind("ofLines", BodyHandlers::ofLines, BodyHandlersTest::joined),
                kind("ofFile", () -> BodyHandlers.ofFile(newFile()), BodyHandlersTest::content),
                kind(
                        "ofFileDownload",
                        () -> BodyHandlers.ofFileDownload(
                                directory, StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        BodyHandlersTest::content),
                kind("ofPublisher", BodyHandlers::ofPublisher, BodyHandlersTest::published),
                kind("discarding", BodyHandlers::discarding, asIs),
                kind("replacing", () -> BodyHandlers.replacing("another"), asIs),
                kind("buffering", () -> BodyHandlers.buffering(BodyHandlers.ofByteArray(), 7), b -> utf8((byte[]) b)),
                kind(
                        "a stream, read where the body is made",
                        () -> head -> BodySubscribers.mapping(BodySubscribers.ofInputStream(), in -> utf8(all(in))),
                        asIs),
                kind(
                        "a stream, read where it is asked for",
                        () -> (BodyHandler<Supplier<String>>) head ->
                                BodySubscribers.mapping(BodySubscribers.ofInputStream(), in -> () -> utf8(all(in))),
                        body -> ((Supplier<?>) body).get()),
                new Kind("ofByteArrayConsumer", g -> BodyHandlers.ofByteArrayConsumer(g::take), asIs),
                new Kind("fromSubscriber", g -> BodyHandlers.fromSubscriber(g, Gathered::text), asIs),
                new Kind("fromLineSubscriber", g -> BodyHandlers.fromLineSubscriber(g.lines()), asIs));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("kindsAndPolicies")
    void ofWhatWasAsked(Kind kind, @Nullable TestPolicy testPolicy) throws Exception {
        ScriptedResponse whole =
                ScriptedResponse.respond(200, TEXT).header("Content-Disposition", "attachment; filename=down.txt");
        ScriptedResponse dripping = whole.chunked().dripping(13, Duration.ofMillis(1));
        for (boolean async : new boolean[] {false, true}) {
            ScriptedResponse none =
                    ScriptedResponse.respond(204).header("Content-Disposition", "attachment; filename=down.txt");
            for (ScriptedResponse response : List.of(whole, dripping, none)) {
                assertThat(taken(kind, testPolicy, async, testPolicy == null ? 0 : 2, response))
                        .as("%s %s", response, async)
                        .isEqualTo(taken(kind, null, async, 0, response));
            }
        }
    }

    /** An answer that was made here instead of sent. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("kindsAndPolicies")
    void ofADefaultValue(Kind kind, @Nullable TestPolicy testPolicy) throws Exception {
        String disposition = "attachment; filename=down.txt";
        FallbackPolicy fallback =
                Fallbacks.defaultValue(203, Map.of("Content-Disposition", List.of(disposition)), TEXT);
        ScriptedResponse same = ScriptedResponse.respond(203, TEXT).header("Content-Disposition", disposition);
        TestPolicy once = (testPolicy == null ? TestPolicy.QUICK : testPolicy).maxRetries(0);
        for (boolean async : new boolean[] {false, true}) {
            try (ScriptedServer server = ScriptedServer.http()) {
                server.otherwise(ScriptedResponse.respond(503, "never seen"));
                Gathered gathered = new Gathered();
                WovenClient client = new WovenClient(CLIENT, once, fallback);
                HttpRequest request = HttpRequest.newBuilder(server.uri("/")).build();
                HttpResponse<?> response = client.call(async, request, kind.handler.apply(gathered));
                assertThat(response.statusCode() + " " + kind.read.apply(response.body()) + " " + gathered.text())
                        .isEqualTo(taken(kind, null, async, 0, same));
                assertThat(response.request()).isSameAs(request);
                assertThat(response.uri()).isEqualTo(request.uri());
                assertThat(response.previousResponse()).isEmpty();
                assertThat(response.headers().firstValue("Holdfast-Fallback")).hasValue("default_value");
                assertThat(client.defects).isEmpty();
            }
        }
    }

    /** The last good answer, to whomever took that in this way or in another. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("kindsAndPolicies")
    void ofTheLastGoodAnswer(Kind kind, @Nullable TestPolicy testPolicy) throws Exception {
        ScriptedResponse good =
                ScriptedResponse.respond(200, TEXT).header("Content-Disposition", "attachment; filename=down.txt");
        TestPolicy once = (testPolicy == null ? TestPolicy.QUICK : testPolicy).maxRetries(0);
        for (boolean async : new boolean[] {false, true}) {
            try (ScriptedServer server = ScriptedServer.http()) {
                server.play(good, good.chunked()).otherwise(ScriptedResponse.respond(503, "never seen"));
                WovenClient client = new WovenClient(CLIENT, once, Fallbacks.cache());
                String expected = taken(kind, null, async, 0, good);
                for (int i = 0; i < 4; i++) {
                    Gathered gathered = new Gathered();
                    HttpRequest request =
                            HttpRequest.newBuilder(server.uri("/")).build();
                    HttpResponse<?> response = client.call(async, request, kind.handler.apply(gathered));
                    assertThat(response.statusCode() + " " + kind.read.apply(response.body()) + " " + gathered.text())
                            .isEqualTo(expected);
                    assertThat(response.request().uri()).isEqualTo(request.uri());
                    assertThat(response.uri()).isEqualTo(request.uri());
                    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
                    assertThat(response.previousResponse()).isEmpty();
                    assertThat(response.sslSession()).isEmpty();
                    assertThat(response.headers().firstValue("Holdfast-Fallback"))
                            .isEqualTo(i < 2 ? Optional.empty() : Optional.of("cache"));
                }
                assertThat(server.requests()).hasSize(4);
                assertThat(client.defects).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kindsAndPolicies")
    void ofAnotherOrigin(Kind kind, @Nullable TestPolicy testPolicy) throws Exception {
        ScriptedResponse same =
                ScriptedResponse.respond(200, TEXT).header("Content-Disposition", "attachment; filename=down.txt");
        TestPolicy once = (testPolicy == null ? TestPolicy.QUICK : testPolicy).maxRetries(0);
        for (boolean async : new boolean[] {false, true}) {
            try (ScriptedServer server = ScriptedServer.http();
                    ScriptedServer other = ScriptedServer.http()) {
                server.otherwise(ScriptedResponse.respond(503, "never seen"));
                other.otherwise(same);
                HttpResponse<?> response = degraded(kind, once, async, server, other, same);
                assertThat(response.headers().firstValue("Holdfast-Fallback")).hasValue("degraded");
                assertThat(response.uri()).isEqualTo(other.uri("/"));
                assertThat(other.requests()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kindsAndPolicies")
    void thatWaitedForAnotherOriginInVain(Kind kind, @Nullable TestPolicy testPolicy) throws Exception {
        ScriptedResponse own = ScriptedResponse.respond(503, TEXT.repeat(20_000))
                .header("Content-Disposition", "attachment; filename=down.txt");
        TestPolicy once = (testPolicy == null ? TestPolicy.QUICK : testPolicy).maxRetries(0);
        for (boolean async : new boolean[] {false, true}) {
            try (ScriptedServer server = ScriptedServer.http();
                    ScriptedServer other = ScriptedServer.http()) {
                server.otherwise(own);
                other.otherwise(ScriptedResponse.respond(500, "never seen").delayed(Duration.ofMillis(20)));
                HttpResponse<?> response = degraded(kind, once, async, server, other, own);
                assertThat(response.headers().firstValue("Holdfast-Fallback")).isEmpty();
                assertThat(response.uri()).isEqualTo(server.uri("/"));
                assertThat(other.requests()).hasSize(1);
            }
        }
    }

    private static HttpResponse<?> degraded(
            Kind kind,
            TestPolicy testPolicy,
            boolean async,
            ScriptedServer server,
            ScriptedServer other,
            ScriptedResponse same)
            throws Exception {
        Gathered gathered = new Gathered();
        WovenClient client = new WovenClient(
                CLIENT, testPolicy, Fallbacks.degraded(other.uri("").toString()));
        HttpRequest request = HttpRequest.newBuilder(server.uri("/")).build();
        HttpResponse<?> response = client.call(async, request, kind.handler.apply(gathered));
        assertThat(response.statusCode() + " " + kind.read.apply(response.body()) + " " + gathered.text())
                .isEqualTo(taken(kind, null, async, 0, same));
        assertThat(client.defects).isEmpty();
        return response;
    }

    private static String taken(
            Kind kind, @Nullable TestPolicy testPolicy, boolean async, int discarded, ScriptedResponse answer)
            throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            for (int i = 0; i < discarded; i++) {
                server.play(ScriptedResponse.respond(503, "never seen")
                        .header("Content-Disposition", "attachment; filename=x"));
            }
            server.play(answer);
            Gathered gathered = new Gathered();
            WovenClient client = new WovenClient(CLIENT, testPolicy);
            HttpResponse<?> response =
                    client.call(async, HttpRequest.newBuilder(server.uri("/")).build(), kind.handler.apply(gathered));
            String seen = response.statusCode() + " " + kind.read.apply(response.body()) + " " + gathered.text();
            assertThat(server.requests()).hasSize(discarded + 1);
            assertThat(client.defects).isEmpty();
            return seen;
        }
    }

    /** The mistakes of an application's handler. */
    private enum Wrong implements BodyHandler<String> {
        THROWS {
            @Override
            public BodySubscriber<String> apply(HttpResponse.ResponseInfo head) {
                throw new IllegalStateException("no handler today");
            }
        },
        THROWS_AN_ERROR {
            @Override
            public BodySubscriber<String> apply(HttpResponse.ResponseInfo head) {
                throw new AssertionError("no handler today");
            }
        },
        GIVES_NULL {
            @Override
            @SuppressWarnings("NullAway") // what is wrong with it
            public BodySubscriber<String> apply(HttpResponse.ResponseInfo head) {
                return null;
            }
        },
        FAILS_AT_A_PART {
            @Override
            public BodySubscriber<String> apply(HttpResponse.ResponseInfo head) {
                return new Spoilt() {
                    @Override
                    public void onNext(List<ByteBuffer> part) {
                        throw new IllegalStateException("no part today");
                    }
                };
            }
        },
        FAILS_AT_THE_END {
            @Override
            public BodySubscriber<String> apply(HttpResponse.ResponseInfo head) {
                return BodySubscribers.mapping(BodySubscribers.discarding(), nothing -> {
                    throw new IllegalStateException("no body today");
                });
            }
        },
        MAKES_NO_BODY {
            @Override
            public BodySubscriber<String> apply(HttpResponse.ResponseInfo head) {
                return new Spoilt() {
                    @Override
                    public CompletionStage<String> getBody() {
                        return CompletableFuture.failedFuture(new IOException("no body today"));
                    }
                };
            }
        },
        ASKS_FOR_NOTHING {
            @Override
            public BodySubscriber<String> apply(HttpResponse.ResponseInfo head) {
                return new Spoilt() {
                    @Override
                    public void onSubscribe(Flow.Subscription subscription) {
                        subscription.request(0);
                    }
                };
            }
        },
        CANCELS {
            @Override
            public BodySubscriber<String> apply(HttpResponse.ResponseInfo head) {
                return new Spoilt() {
                    @Override
                    public void onSubscribe(Flow.Subscription subscription) {
                        subscription.cancel();
                        body.complete("cancelled");
                    }
                };
            }
        };
    }

    /** A subscriber that works, to be spoilt. */
    private static class Spoilt implements BodySubscriber<String> {
        final CompletableFuture<String> body = new CompletableFuture<>();

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> part) {}

        @Override
        public void onError(Throwable error) {
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            body.complete("whole");
        }
    }

    private static Stream<Arguments> wrongsAndPolicies() {
        return Stream.of(Wrong.values())
                // Later clients may wait for ever where a handler gives null, whether there is a policy or not.
                .filter(wrong -> wrong != Wrong.GIVES_NULL || Runtime.version().feature() == 17)
                .flatMap(wrong -> policies().skip(1).map(testPolicy -> Arguments.of(wrong, testPolicy)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("wrongsAndPolicies")
    void aHandlerThatFailsEndsTheCallAsWithoutAPolicy(Wrong wrong, TestPolicy testPolicy) {
        for (boolean async : new boolean[] {false, true}) {
            assertThat(failed(wrong, async, testPolicy)).isEqualTo(failed(wrong, async, null));
        }
    }

    private static String failed(BodyHandler<?> handler, boolean async, @Nullable TestPolicy testPolicy) {
        try (ScriptedServer server = ScriptedServer.http()) {
            HttpRequest request = HttpRequest.newBuilder(server.uri("/")).build();
            String end = CallEnd.inTime(() -> new WovenClient(CLIENT, testPolicy)
                    .call(async, request, handler)
                    .body());
            return end + " after " + server.requests().size();
        }
    }

    /** Takes bytes and lines, and keeps them. */
    private static final class Gathered implements Flow.Subscriber<List<ByteBuffer>> {
        private final StringBuffer text = new StringBuffer();
        private final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();

        String text() {
            return utf8(bytes.toByteArray()) + text;
        }

        void take(java.util.Optional<byte[]> part) {
            part.ifPresentOrElse(bytes::writeBytes, () -> text.append("[end]"));
        }

        Flow.Subscriber<String> lines() {
            return new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    text.append("[subscribed]");
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(String line) {
                    text.append(line).append('|');
                }

                @Override
                public void onError(Throwable error) {
                    text.append(error);
                }

                @Override
                public void onComplete() {
                    text.append("[end]");
                }
            };
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            text.append("[subscribed]");
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> part) {
            for (ByteBuffer buffer : part) {
                byte[] read = new byte[buffer.remaining()];
                buffer.get(read);
                bytes.writeBytes(read);
            }
        }

        @Override
        public void onError(Throwable error) {
            text.append(error);
        }

        @Override
        public void onComplete() {
            text.append("[end]");
        }
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] all(InputStream in) {
        try (in) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newFile() {
        return directory.resolve("file-" + FILES.incrementAndGet());
    }

    private static Object content(@Nullable Object file) {
        try {
            String content = Files.readString((Path) file);
            Files.delete((Path) file);
            return content;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked") // what ofLines gives
    private static Object joined(Object lines) {
        return ((Stream<String>) lines).collect(Collectors.joining("|"));
    }

    @SuppressWarnings("unchecked") // what ofPublisher gives
    private static Object published(Object publisher) {
        List<Byte> bytes = new ArrayList<>();
        CompletableFuture<String> end = new CompletableFuture<>();
        ((Flow.Publisher<List<ByteBuffer>>) publisher).subscribe(new Flow.Subscriber<>() {
            private Flow.@Nullable Subscription subscription;

            @Override
            public void onSubscribe(Flow.Subscription given) {
                subscription = given;
                given.request(1);
            }

            @Override
            public void onNext(List<ByteBuffer> part) {
                part.forEach(buffer -> {
                    while (buffer.hasRemaining()) {
                        bytes.add(buffer.get());
                    }
                });
                if (subscription != null) {
                    subscription.request(1);
                }
            }

            @Override
            public void onError(Throwable error) {
                end.completeExceptionally(error);
            }

            @Override
            public void onComplete() {
                byte[] all = new byte[bytes.size()];
                for (int i = 0; i < all.length; i++) {
                    all[i] = bytes.get(i);
                }
                end.complete(utf8(all));
            }
        });
        return end.join();
    }
}
