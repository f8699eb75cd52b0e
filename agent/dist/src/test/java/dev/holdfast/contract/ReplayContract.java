package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests which bodies can be sent again, and that they are the same bytes. */
class ReplayContract {
    private static final String SMALL = "s".repeat(1000);
    private static final String LARGE = "0123456789abcdef".repeat(8 * 1024);

    @ParameterizedTest
    @EnumSource
    void aBodyOverTheReplayLimitIsSentOnceUnlessTheClientHoldsItAnyway(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.SMALL_REPLAY)) {
            server.play(ScriptedResponse.respond(503, "busy"));
            CallResult callResult = style.call(Call.put(server.uri("/"), LARGE));
            boolean held = style.holdsBody();
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(held ? 200 : 503);
            assertThat(callResult.text()).isEqualTo(held ? "ok" : "busy");
            assertThat(server.requests())
                    .hasSize(held ? 2 : 1)
                    .allSatisfy(r -> assertThat(r.text()).isEqualTo(LARGE));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyWithinTheReplayLimitIsSentAgain(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.SMALL_REPLAY)) {
            server.play(ScriptedResponse.respond(503, "busy"), ScriptedResponse.respond(503, "busy"));
            CallResult callResult = style.call(Call.put(server.uri("/"), SMALL));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly(SMALL, SMALL, SMALL);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC"})
    void aOneShotPublisherIsRecordedWithinTheLimit(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.SMALL_REPLAY)) {
            server.play(ScriptedResponse.respond(503, "busy"), ScriptedResponse.respond(503, "busy"));
            CallResult callResult = style.call(Call.of("PUT", server.uri("/")).publisher(oneShot(SMALL, -1)));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(server.requests()).hasSize(3).allSatisfy(r -> {
                assertThat(r.text()).isEqualTo(SMALL);
                assertThat(r.chunked()).isTrue();
            });
            server.reset();
            server.play(ScriptedResponse.respond(503, "busy"));
            callResult = style.call(Call.of("PUT", server.uri("/")).publisher(oneShot(SMALL, SMALL.length())));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(server.requests()).hasSize(2).allSatisfy(r -> {
                assertThat(r.text()).isEqualTo(SMALL);
                assertThat(r.header("Content-Length")).contains("1000");
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC"})
    void aOneShotPublisherOverTheLimitIsSentOnce(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.SMALL_REPLAY)) {
            server.play(ScriptedResponse.respond(503, "busy"));
            CallResult callResult = style.call(Call.of("PUT", server.uri("/")).publisher(oneShot(LARGE, -1)));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(503);
            assertThat(callResult.text()).isEqualTo("busy");
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly(LARGE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC"})
    void aOneShotPublisherIsTriedAgainWhereNothingWasSent(Style style) {
        try (Unreachable refusing = Unreachable.refusing(Hosts.SMALL_REPLAY)) {
            CallResult callResult =
                    style.call(Call.of("POST", refusing.uri("/")).publisher(oneShot(LARGE, -1)));
            assertThat(callResult.thrown()).isInstanceOf(java.net.ConnectException.class);
            assertThat(callResult.thrown().getSuppressed()).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC"})
    void aStreamThatTheProgramOpensAnewIsReadAnew(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(503), ScriptedResponse.respond(503));
            CallResult callResult = style.call(Call.of("PUT", server.uri("/"))
                    .publisher(() -> BodyPublishers.ofInputStream(
                            () -> new ByteArrayInputStream(SMALL.getBytes(StandardCharsets.US_ASCII)))));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly(SMALL, SMALL, SMALL);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC"})
    void aStreamThatTheProgramCannotOpenAnewNeverSendsLess(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(503, "busy"));
            InputStream one = new ByteArrayInputStream(SMALL.getBytes(StandardCharsets.US_ASCII));
            CallResult callResult = style.call(
                    Call.of("PUT", server.uri("/")).publisher(() -> BodyPublishers.ofInputStream(() -> one)));
            assertThat(callResult.thrown()).as("%s", callResult).isNull();
            assertThat(server.requests()).allSatisfy(r -> assertThat(r.text()).isEqualTo(SMALL));
            assertThat(callResult.status()).isEqualTo(server.requests().size() == 1 ? 503 : 200);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC"})
    void theJdksOtherPublishersAreSentAgain(Style style) throws IOException {
        Path file = Files.createTempFile("holdfast", ".body");
        try {
            Files.writeString(file, LARGE);
            List<Supplier<BodyPublisher>> publishers = List.of(
                    () -> BodyPublishers.ofString(LARGE),
                    () -> BodyPublishers.ofByteArray(LARGE.getBytes(StandardCharsets.US_ASCII), 0, LARGE.length()),
                    () -> BodyPublishers.ofByteArrays(List.of(LARGE.getBytes(StandardCharsets.US_ASCII))),
                    () -> {
                        try {
                            return BodyPublishers.ofFile(file);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            for (Supplier<BodyPublisher> publisher : publishers) {
                try (ScriptedServer server = ScriptedServer.http(Hosts.SMALL_REPLAY)) {
                    server.play(ScriptedResponse.respond(503));
                    CallResult callResult =
                            style.call(Call.of("PUT", server.uri("/")).publisher(publisher));
                    assertThat(callResult.status())
                            .as("%s %s", publisher.get().getClass(), callResult)
                            .isEqualTo(200);
                    assertThat(server.requests())
                            .extracting(ReceivedRequest::text)
                            .containsExactly(LARGE, LARGE);
                }
            }
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC"})
    void aPublisherThatFailsIsTheProgramsOwnError(Style style) {
        Supplier<BodyPublisher> failing = () -> BodyPublishers.fromPublisher(
                subscriber -> {
                    subscriber.onSubscribe(new Flow.Subscription() {
                        @Override
                        public void request(long n) {
                            subscriber.onError(new IllegalStateException("no body today"));
                        }

                        @Override
                        public void cancel() {}
                    });
                },
                10);
        CallResult[] seen = new CallResult[2];
        int i = 0;
        for (String host : new String[] {Hosts.BARE, Hosts.QUICK}) {
            try (ScriptedServer server = ScriptedServer.http(host)) {
                seen[i++] = style.call(Call.of("PUT", server.uri("/")).publisher(failing));
            }
        }
        assertThat(seen[1].thrown()).hasSameClassAs(seen[0].thrown());
        assertThat(seen[1].thrown().getMessage()).isEqualTo(seen[0].thrown().getMessage());
    }

    /** Serves its first subscriber alone; a second one gets an error. */
    static Supplier<BodyPublisher> oneShot(String text, long length) {
        return () -> {
            AtomicInteger subscribers = new AtomicInteger();
            Flow.Publisher<ByteBuffer> publisher = subscriber -> {
                if (subscribers.incrementAndGet() > 1) {
                    throw new IllegalStateException("subscribed twice");
                }
                SubmissionPublisher<ByteBuffer> source = new SubmissionPublisher<>(Runnable::run, 1024);
                source.subscribe(subscriber);
                for (int from = 0; from < text.length(); from += 300) {
                    source.submit(ByteBuffer.wrap(text.substring(from, Math.min(text.length(), from + 300))
                            .getBytes(StandardCharsets.US_ASCII)));
                }
                source.close();
            };
            return length < 0
                    ? BodyPublishers.fromPublisher(publisher)
                    : BodyPublishers.fromPublisher(publisher, length);
        };
    }
}
