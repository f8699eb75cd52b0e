package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests how long {@code attempt_timeout} and {@code deadline} hold: to the end of a body that is collected, and to the
 * head of one that may be a stream. That a time is over is known from a second call, which begins later and has the
 * same time.
 */
@Timeout(30)
class BodyTimeTest {
    private static final Duration TIME = Duration.ofMillis(250);
    private static final String FIRST = "first\n";
    private static final String SECOND = "second\n";

    @TempDir
    private static Path directory;

    private final WovenClient client = new WovenClient(http1(), TestPolicy.QUICK.attemptTimeout(TIME));

    /** A handler, and how the application reads what it gives. */
    private record Way<T>(String name, BodyHandler<T> handler, Read<T> read) {
        String call(WovenClient client, boolean async, HttpRequest request) throws Exception {
            return read.all(client.call(async, request, handler).body());
        }

        @Override
        public String toString() {
            return name;
        }

        interface Read<T> {
            String all(T body) throws Exception;
        }
    }

    private static Stream<Way<?>> streams() {
        return Stream.of(
                new Way<>(
                        "fromLineSubscriber",
                        head -> BodySubscribers.fromLineSubscriber(
                                new Collector<String>(line -> line + "\n"),
                                Collector::text,
                                StandardCharsets.UTF_8,
                                null),
                        text -> text),
                new Way<>(
                        "fromSubscriber",
                        head -> BodySubscribers.fromSubscriber(new Collector<>(Collector::utf8), Collector::text),
                        text -> text),
                new Way<>(
                        "ofByteArrayConsumer",
                        head -> {
                            StringBuilder text = new StringBuilder();
                            return BodySubscribers.mapping(
                                    BodySubscribers.ofByteArrayConsumer(part -> part.ifPresent(
                                            bytes -> text.append(new String(bytes, StandardCharsets.UTF_8)))),
                                    unused -> text.toString());
                        },
                        text -> text),
                new Way<>("ofPublisher", BodyHandlers.ofPublisher(), publisher -> {
                    Collector<List<ByteBuffer>> collector = new Collector<>(Collector::utf8);
                    publisher.subscribe(collector);
                    return collector.awaitText();
                }),
                new Way<>(
                        "ofInputStream",
                        BodyHandlers.ofInputStream(),
                        in -> new String(in.readAllBytes(), StandardCharsets.UTF_8)),
                new Way<>(
                        "ofLines",
                        BodyHandlers.ofLines(),
                        lines -> lines.map(line -> line + "\n").collect(Collectors.joining())),
                new Way<>("of a library", head -> new OfALibrary(), text -> text),
                new Way<>(
                        "mapping of a library's",
                        head -> BodySubscribers.mapping(new OfALibrary(), text -> text),
                        text -> text),
                new Way<>(
                        "buffering of a library's",
                        head -> BodySubscribers.buffering(new OfALibrary(), 3),
                        text -> text),
                new Way<>(
                        "mapping of a stream",
                        head -> BodySubscribers.mapping(
                                BodySubscribers.fromSubscriber(new Collector<>(Collector::utf8), Collector::text),
                                text -> text),
                        text -> text));
    }

    private static Stream<Way<?>> collected() throws Exception {
        Stream<Way<?>> ofAllJdks = Stream.of(
                new Way<>("ofString", BodyHandlers.ofString(), text -> text),
                new Way<>(
                        "ofByteArray", BodyHandlers.ofByteArray(), bytes -> new String(bytes, StandardCharsets.UTF_8)),
                new Way<>("ofFile", BodyHandlers.ofFile(directory.resolve("body")), Files::readString),
                new Way<>("discarding", BodyHandlers.discarding(), nothing -> ""),
                new Way<>("replacing", BodyHandlers.replacing("x"), text -> text),
                new Way<>("mapping", head -> BodySubscribers.mapping(utf8(), text -> text), text -> text),
                new Way<>("buffering", head -> BodySubscribers.buffering(utf8(), 3), text -> text),
                new Way<>(
                        "mapping of mapping of buffering",
                        head -> BodySubscribers.mapping(
                                BodySubscribers.mapping(BodySubscribers.buffering(utf8(), 3), text -> text),
                                text -> text),
                        text -> text));
        return Stream.concat(ofAllJdks, limiting().stream());
    }

    /** Returns the subscribers that exist from JDK 25 on. */
    private static List<Way<?>> limiting() throws Exception {
        for (Method method : BodySubscribers.class.getMethods()) {
            if (method.getName().equals("limiting")) {
                return List.of(new Way<>("limiting", head -> limited(method), text -> text));
            }
        }
        return List.of();
    }

    @SuppressWarnings("unchecked") // limiting(BodySubscriber<T>, long) gives a BodySubscriber<T>
    private static BodySubscriber<String> limited(Method limiting) {
        try {
            return (BodySubscriber<String>) limiting.invoke(null, utf8(), 1000L);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BodySubscriber<String> utf8() {
        return BodySubscribers.ofString(StandardCharsets.UTF_8);
    }

    private static Stream<Arguments> bothWays(Stream<Way<?>> ways) {
        return ways.flatMap(way -> Stream.of(Arguments.of(way, false), Arguments.of(way, true)));
    }

    private static Stream<Arguments> ofStreams() {
        return bothWays(streams());
    }

    private static Stream<Arguments> ofCollected() throws Exception {
        return bothWays(collected());
    }

    @ParameterizedTest
    @MethodSource("ofStreams")
    void aStreamIsNotCut(Way<?> way, boolean async) throws Exception {
        arrivesWhole(client, way, async, "text/plain");
    }

    @ParameterizedTest
    @MethodSource("ofStreams")
    void aStreamIsNotCutByADeadline(Way<?> way, boolean async) throws Exception {
        arrivesWhole(new WovenClient(http1(), TestPolicy.QUICK.deadline(TIME)), way, async, "text/plain");
    }

    @ParameterizedTest
    @MethodSource("ofCollected")
    void aBodyThatIsCollectedHasToComeInTime(Way<?> way, boolean async) throws Exception {
        try (PausingServer server = new PausingServer("text/plain", FIRST, SECOND)) {
            assertThatThrownBy(() -> way.call(client, async, get(server, "/")))
                    .isInstanceOf(HttpTimeoutException.class);
            assertThat(server.requests()).containsExactly("GET /");
        }
    }

    @ParameterizedTest
    @MethodSource("ofCollected")
    void anEventStreamIsNotCutWhoeverTakesIt(Way<?> way, boolean async) throws Exception {
        try (PausingServer server = new PausingServer("Text/Event-Stream; charset=utf-8", FIRST, SECOND)) {
            Future<String> call = beside(() -> way.call(client, async, get(server, "/")));
            theTimeIsOver(server);
            server.goOn();
            assertThat(call.get()).isIn(FIRST + SECOND, "x", "");
            assertThat(server.requests()).containsExactlyInAnyOrder("GET /", "GET /control");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStreamBehindWhatIsHeldBackIsNotCut(boolean async) throws Exception {
        WovenClient holding =
                new WovenClient(http1(), TestPolicy.QUICK.attemptTimeout(TIME).bufferResponse(3));
        Way<?> lines = streams().findFirst().orElseThrow();
        arrivesWhole(holding, lines, async, "application/json");
        Way<?> mapped = new Way<>("", head -> BodySubscribers.mapping(utf8(), text -> text), text -> text);
        try (PausingServer server = new PausingServer("application/json", FIRST, SECOND)) {
            assertThatThrownBy(() -> mapped.call(holding, async, get(server, "/")))
                    .isInstanceOf(HttpTimeoutException.class);
            assertThat(server.requests()).containsExactly("GET /");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/event-stream",
                "application/x-ndjson",
                "multipart/x-mixed-replace; boundary=x",
                "application/grpc-web+proto",
                "text/plain"
            })
    void aStreamIsNotHeldBack(String contentType) throws Exception {
        WovenClient holding = new WovenClient(http1(), TestPolicy.QUICK.bufferResponse(64 * 1024));
        try (PausingServer server = new PausingServer(contentType, FIRST, SECOND)) {
            Collector<String> lines = new Collector<>(line -> line + "\n");
            Future<Void> call = beside(() -> holding.send(get(server, "/"), BodyHandlers.fromLineSubscriber(lines))
                    .body());
            Awaitility.await().until(() -> lines.text().equals(FIRST)); // while the server waits
            server.goOn();
            call.get();
            assertThat(lines.text()).isEqualTo(FIRST + SECOND);
            assertThat(server.requests()).containsExactly("GET /");
        }
    }

    @Test
    void aDocumentIsHeldBackUntilItIsWhole() throws Exception {
        WovenClient holding =
                new WovenClient(http1(), TestPolicy.QUICK.attemptTimeout(TIME).bufferResponse(64 * 1024));
        try (PausingServer server = new PausingServer("application/json", FIRST, SECOND)) {
            Collector<String> lines = new Collector<>(line -> line + "\n");
            assertThatThrownBy(() -> holding.send(get(server, "/"), BodyHandlers.fromLineSubscriber(lines)))
                    .isInstanceOf(HttpTimeoutException.class);
            assertThat(lines.text()).as("of the last attempt only").isEqualTo(FIRST);
            assertThat(server.requests()).hasSize(4).containsOnly("GET /");
        }
    }

    private void arrivesWhole(WovenClient client, Way<?> way, boolean async, String contentType) throws Exception {
        try (PausingServer server = new PausingServer(contentType, FIRST, SECOND)) {
            Future<String> call = beside(() -> way.call(client, async, get(server, "/")));
            theTimeIsOver(server);
            server.goOn();
            assertThat(call.get()).isEqualTo(FIRST + SECOND);
            // An attempt whose head is late, on a busy machine, is made again: that is no matter of the body's.
            assertThat(server.requests()).containsOnly("GET /", "GET /control");
        }
    }

    /** Comes back when the time of a request that has arrived is over. */
    private void theTimeIsOver(PausingServer server) {
        Awaitility.await().until(() -> server.requests().size() == 1);
        assertThatThrownBy(() -> client.send(get(server, "/control"), BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
    }

    /** On a thread of its own: those of the common pool are for the client, and few. */
    private static <T> Future<T> beside(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        new Thread(task, "caller").start();
        return task;
    }

    private static HttpClient http1() {
        return HttpClient.newBuilder().version(Version.HTTP_1_1).build();
    }

    private static HttpRequest get(PausingServer server, String path) {
        return HttpRequest.newBuilder(server.uri(path)).build();
    }

    /** Takes a stream part by part, as the client of an event stream does. */
    private static final class Collector<E> implements Flow.Subscriber<E> {
        private final Function<E, String> read;
        private final StringBuffer text = new StringBuffer();
        private final CompletableFuture<String> whole = new CompletableFuture<>();

        Collector(Function<E, String> read) {
            this.read = read;
        }

        static String utf8(List<ByteBuffer> part) {
            return part.stream()
                    .map(buffer -> StandardCharsets.UTF_8.decode(buffer).toString())
                    .collect(Collectors.joining());
        }

        String text() {
            return text.toString();
        }

        String awaitText() throws Exception {
            return whole.get();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(E part) {
            text.append(read.apply(part));
        }

        @Override
        public void onError(Throwable error) {
            whole.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            whole.complete(text());
        }
    }

    /** A library's own: it may look at each part, whatever it hands on to. */
    private static final class OfALibrary implements BodySubscriber<String> {
        private final BodySubscriber<String> to = utf8();

        @Override
        public CompletionStage<String> getBody() {
            return to.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(List<ByteBuffer> part) {
            to.onNext(part);
        }

        @Override
        public void onError(Throwable error) {
            to.onError(error);
        }

        @Override
        public void onComplete() {
            to.onComplete();
        }
    }
}
