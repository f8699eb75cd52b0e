package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.lang.ref.WeakReference;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client keeps the handler of an exchange that failed as long as the connection is open. Through a handler of ours it
 * must not reach itself: it would never be collected, nor its selector's thread end.
 */
@Timeout(120)
class ReachableClientTest {
    /** The ways in which calls end: the application's handler, and the server's response. */
    private enum Ending {
        GOOD(BodyHandlers::ofString),
        HANDLER_THROWS(() -> head -> {
            throw new IllegalStateException("refused");
        }),
        HANDLER_GIVES_NULL(() -> head -> null),
        SUBSCRIPTION_THROWS(() -> head -> new Failing(true)),
        FIRST_PART_THROWS(() -> head -> new Failing(false)),
        MAPPING_THROWS(() -> head -> BodySubscribers.mapping(BodySubscribers.ofString(StandardCharsets.UTF_8), text -> {
            throw new IllegalStateException("refused");
        })),
        BODY_CUT(BodyHandlers::ofString);

        private final Supplier<BodyHandler<String>> handler;

        Ending(Supplier<BodyHandler<String>> handler) {
            this.handler = handler;
        }

        ScriptedResponse answer() {
            ScriptedResponse response = ScriptedResponse.respond(200, "hello");
            return this == BODY_CUT ? response.declaring(50).cutInBody(5, Cut.CLOSE) : response;
        }
    }

    private static final List<TestPolicy> RULES = List.of(
            TestPolicy.QUICK,
            TestPolicy.QUICK.attemptTimeout(Duration.ofSeconds(2)),
            TestPolicy.QUICK.bufferResponse(1024),
            TestPolicy.QUICK.bufferResponse(2).deadline(Duration.ofSeconds(2)));

    @ParameterizedTest
    @EnumSource
    void isCollectedHoweverItsCallEnded(Ending ending) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            for (boolean retried : new boolean[] {false, true}) {
                List<WeakReference<HttpClient>> clients = new ArrayList<>();
                for (TestPolicy testPolicy : RULES) {
                    for (boolean async : new boolean[] {false, true}) {
                        server.reset();
                        server.play(
                                        retried
                                                ? new ScriptedResponse[] {ScriptedResponse.respond(503, "busy")}
                                                : new ScriptedResponse[0])
                                .otherwise(ending.answer());
                        clients.add(called(ending, testPolicy, async, server));
                    }
                }
                Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                    System.gc();
                    assertThat(clients).allMatch(client -> client.get() == null, "is collected");
                });
            }
        }
    }

    /** A client that nobody holds, after a call of it. */
    private static WeakReference<HttpClient> called(
            Ending ending, TestPolicy testPolicy, boolean async, ScriptedServer server) {
        HttpClient real =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(server.uri("/")).build();
        WovenClient client = new WovenClient(real, testPolicy);
        String end = CallEnd.inTime(
                () -> client.call(async, request, ending.handler.get()).body());
        assertThat(end).startsWith(ending == Ending.GOOD ? "gave hello" : "threw");
        assertThat(client.defects).isEmpty();
        return new WeakReference<>(real);
    }

    private static final class Failing implements BodySubscriber<String> {
        private final boolean atOnce;
        private final CompletableFuture<String> body = new CompletableFuture<>();

        Failing(boolean atOnce) {
            this.atOnce = atOnce;
        }

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            if (atOnce) {
                throw new IllegalStateException("refused");
            }
            subscription.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> item) {
            throw new IllegalStateException("refused");
        }

        @Override
        public void onError(Throwable error) {
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            body.complete("");
        }
    }
}
