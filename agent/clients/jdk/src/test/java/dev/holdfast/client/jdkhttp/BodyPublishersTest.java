package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of every kind of body publisher arrive at each attempt byte for byte, framed as without a policy. */
@Timeout(30)
class BodyPublishersTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final byte[] SMALL = bytes(40_000);
    /** Over the limit up to which a publisher of unknown kind is recorded. */
    private static final byte[] LARGE = bytes(100_000);

    @TempDir
    static Path directory;

    /** A kind of publisher; whether it can be subscribed to again whatever its size. */
    private record Kind(String name, boolean repeatable, Function<byte[], BodyPublisher> of) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Kind> kinds() {
        return Stream.of(
                new Kind("ofByteArray", true, BodyPublishers::ofByteArray),
                new Kind("a part of an array", true, BodyPublishersTest::range),
                new Kind("ofByteArrays", true, b -> BodyPublishers.ofByteArrays(halves(b))),
                new Kind(
                        "ofString",
                        true,
                        b -> BodyPublishers.ofString(
                                new String(b, StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1)),
                new Kind("ofFile", true, BodyPublishersTest::file),
                new Kind(
                        "a stream opened anew",
                        false,
                        b -> BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(b))),
                new Kind("one stream", false, BodyPublishersTest::oneStream),
                new Kind(
                        "concat",
                        false,
                        b -> BodyPublishers.concat(
                                BodyPublishers.ofByteArray(halves(b).get(0)),
                                BodyPublishers.ofByteArray(halves(b).get(1)))),
                new Kind("of unknown length", false, BodyPublishersTest::ofUnknownLength),
                new Kind("of known length", false, BodyPublishersTest::ofKnownLength),
                new Kind("one by one", false, OneByOne::new));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aBodyIsSentAgainByteForByte(Kind kind) throws Exception {
        for (boolean async : new boolean[] {false, true}) {
            assertThat(received(kind, "PUT", SMALL, async, 200))
                    .hasSize(3)
                    .allSatisfy(r -> assertThat(r.body()).isEqualTo(SMALL));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aLargeBodyIsSentAgainWhereNothingHasToBeKeptForIt(Kind kind) throws Exception {
        for (boolean async : new boolean[] {false, true}) {
            assertThat(received(kind, "PUT", LARGE, async, kind.repeatable ? 200 : 503))
                    .hasSize(kind.repeatable ? 3 : 1)
                    .allSatisfy(r -> assertThat(r.body()).isEqualTo(LARGE));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aPostIsSentOnce(Kind kind) throws Exception {
        for (boolean async : new boolean[] {false, true}) {
            assertThat(received(kind, "POST", SMALL, async, 503))
                    .hasSize(1)
                    .allSatisfy(r -> assertThat(r.body()).isEqualTo(SMALL));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void anEmptyBodyStaysEmpty(Kind kind) throws Exception {
        for (boolean async : new boolean[] {false, true}) {
            assertThat(received(kind, "PUT", new byte[0], async, 200))
                    .hasSize(3)
                    .allSatisfy(r -> assertThat(r.body()).isEmpty());
        }
    }

    /**
     * Returns the requests that a server receives which responds 503 twice; each request's headers are as without a
     * policy.
     */
    private static List<ReceivedRequest> received(Kind kind, String method, byte[] body, boolean async, int status)
            throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(200));
            CLIENT.send(request(server, method, kind.of.apply(body)), BodyHandlers.discarding());
            ReceivedRequest without = server.requests().get(0);
            server.reset();
            server.play(ScriptedResponse.respond(503), ScriptedResponse.respond(503));
            WovenClient client = new WovenClient(CLIENT, TestPolicy.QUICK);
            assertThat(client.call(async, request(server, method, kind.of.apply(body)), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(status);
            assertThat(client.defects).isEmpty();
            assertThat(server.requests())
                    .allSatisfy(r -> assertThat(r.headers()).isEqualTo(without.headers()));
            return server.requests();
        }
    }

    /** The mistakes of an application's publisher. */
    private enum Wrong implements BodyPublisher {
        THROWS(10) {
            @Override
            public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
                throw new IllegalStateException("no body today");
            }
        },
        FAILS_AT_ONCE(10) {
            @Override
            void requested(Flow.Subscriber<? super ByteBuffer> subscriber) {
                subscriber.onError(new FileNotFoundException("no body today"));
            }
        },
        FAILS_LIKE_A_CONNECTION(-1) {
            @Override
            void requested(Flow.Subscriber<? super ByteBuffer> subscriber) {
                subscriber.onError(new java.net.ConnectException("the body's own source refused"));
            }
        },
        FAILS_IN_THE_MIDDLE(10) {
            @Override
            void requested(Flow.Subscriber<? super ByteBuffer> subscriber) {
                subscriber.onNext(ByteBuffer.wrap(new byte[5]));
                subscriber.onError(new IllegalStateException("no more today"));
            }
        },
        GIVES_TOO_MUCH(10) {
            @Override
            void requested(Flow.Subscriber<? super ByteBuffer> subscriber) {
                subscriber.onNext(ByteBuffer.wrap(new byte[11]));
                subscriber.onComplete();
            }
        },
        GIVES_TOO_LITTLE(10) {
            @Override
            void requested(Flow.Subscriber<? super ByteBuffer> subscriber) {
                subscriber.onNext(ByteBuffer.wrap(new byte[9]));
                subscriber.onComplete();
            }
        },
        HAS_NO_LENGTH(0) {
            @Override
            public long contentLength() {
                throw new IllegalStateException("no length today");
            }
        };

        private final long length;

        Wrong(long length) {
            this.length = length;
        }

        @Override
        public long contentLength() {
            return length;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            subscriber.onSubscribe(new Flow.Subscription() {
                private final AtomicBoolean asked = new AtomicBoolean();

                @Override
                public void request(long n) {
                    if (!asked.getAndSet(true)) {
                        requested(subscriber);
                    }
                }

                @Override
                public void cancel() {}
            });
        }

        void requested(Flow.Subscriber<? super ByteBuffer> subscriber) {}
    }

    @ParameterizedTest
    @EnumSource
    void aPublisherThatFailsEndsTheCallAsWithoutAPolicyAndIsAskedAsOften(Wrong wrong) {
        for (boolean async : new boolean[] {false, true}) {
            for (String method : new String[] {"PUT", "POST"}) {
                assertThat(failed(wrong, method, async, TestPolicy.QUICK))
                        .isEqualTo(failed(wrong, method, async, null));
            }
        }
    }

    private static String failed(
            BodyPublisher publisher, String method, boolean async, @Nullable TestPolicy testPolicy) {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.afterRequest(Cut.HANG));
            Counted counted = new Counted(publisher);
            HttpRequest request = request(server, method, counted);
            String end =
                    CallEnd.of(() -> new WovenClient(CLIENT, testPolicy).call(async, request, BodyHandlers.ofString()));
            return end + ", asked " + counted.asked;
        }
    }

    /** Counts how often a publisher is subscribed to. */
    private static final class Counted implements BodyPublisher {
        private final BodyPublisher of;
        private int asked;

        Counted(BodyPublisher of) {
            this.of = of;
        }

        @Override
        public long contentLength() {
            return of.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            asked++;
            of.subscribe(subscriber);
        }
    }

    private static HttpRequest request(ScriptedServer server, String method, BodyPublisher publisher) {
        return HttpRequest.newBuilder(server.uri("/"))
                .header("X-Own", "one")
                .method(method, publisher)
                .build();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static List<byte[]> halves(byte[] b) {
        return List.of(Arrays.copyOf(b, b.length / 2), Arrays.copyOfRange(b, b.length / 2, b.length));
    }

    private static BodyPublisher range(byte[] b) {
        byte[] longer = new byte[b.length + 20];
        System.arraycopy(b, 0, longer, 7, b.length);
        return BodyPublishers.ofByteArray(longer, 7, b.length);
    }

    private static BodyPublisher file(byte[] b) {
        try {
            Path file = Files.createTempFile(directory, "body", "");
            Files.write(file, b);
            return BodyPublishers.ofFile(file);
        } catch (java.io.IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BodyPublisher oneStream(byte[] b) {
        InputStream one = new ByteArrayInputStream(b);
        return BodyPublishers.ofInputStream(() -> one);
    }

    private static BodyPublisher ofUnknownLength(byte[] b) {
        // JDK 17 itself fails where such a publisher is at its end before anything was asked of it.
        return BodyPublishers.fromPublisher(b.length == 0 ? BodyPublishers.ofByteArrays(List.of()) : once(b));
    }

    private static BodyPublisher ofKnownLength(byte[] b) {
        return b.length == 0 ? BodyPublishers.noBody() : BodyPublishers.fromPublisher(once(b), b.length);
    }

    /** Serves its first subscriber alone. */
    private static Flow.Publisher<ByteBuffer> once(byte[] b) {
        AtomicBoolean used = new AtomicBoolean();
        return subscriber -> {
            if (used.getAndSet(true)) {
                throw new IllegalStateException("subscribed twice");
            }
            SubmissionPublisher<ByteBuffer> source = new SubmissionPublisher<>(Runnable::run, 1024);
            source.subscribe(subscriber);
            for (int from = 0; from < b.length; from += 1000) {
                // Neither an array's start nor its end, and not one that may be looked at.
                source.submit(ByteBuffer.wrap(b)
                        .slice(from, Math.min(1000, b.length - from))
                        .asReadOnlyBuffer());
            }
            source.close();
        };
    }

    /** Gives its bytes in small parts of direct memory, one for each request, and only once. */
    private static final class OneByOne implements BodyPublisher {
        private final byte[] bytes;
        private final AtomicBoolean used = new AtomicBoolean();

        OneByOne(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long contentLength() {
            return -1;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            if (used.getAndSet(true)) {
                throw new IllegalStateException("subscribed twice");
            }
            BodyPublishers.ofByteArrays(() -> parts().iterator()).subscribe(new Flow.Subscriber<ByteBuffer>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscriber.onSubscribe(subscription);
                }

                @Override
                public void onNext(ByteBuffer item) {
                    ByteBuffer direct = ByteBuffer.allocateDirect(item.remaining());
                    subscriber.onNext(direct.put(item).flip());
                }

                @Override
                public void onError(Throwable error) {
                    subscriber.onError(error);
                }

                @Override
                public void onComplete() {
                    subscriber.onComplete();
                }
            });
        }

        private Stream<byte[]> parts() {
            return Stream.iterate(0, from -> from < bytes.length, from -> from + 3001)
                    .map(from -> Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 3001)));
        }
    }
}
