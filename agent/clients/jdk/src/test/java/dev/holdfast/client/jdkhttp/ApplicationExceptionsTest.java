package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An exception of the application's own code within a call opens no breaker, and ends the call as it would without us.
 */
@Timeout(30)
class ApplicationExceptionsTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static Stream<Exception> thrown() {
        return Stream.of(
                inTheShop(new IllegalStateException("out of stock")),
                inTheShop(new IOException("out of stock")),
                inTheShop(new SocketException("the shop's own database is gone")));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void anUploadWhoseSourceFailsIsNoFailureOfTheOrigin(Exception failure) {
        for (boolean async : new boolean[] {false, true}) {
            for (BodyPublisher source : new BodyPublisher[] {failing(failure), failingStream(failure)}) {
                try (ScriptedServer server = ScriptedServer.http()) {
                    server.otherwise(ScriptedResponse.respond(200));
                    WovenClient client = client();
                    HttpRequest put =
                            HttpRequest.newBuilder(server.uri("/")).PUT(source).build();
                    assertThatThrownBy(() -> client.call(async, put, BodyHandlers.ofString()))
                            .isInstanceOf(Exception.class);
                    assertThat(client.breakers()).containsOnly(CircuitBreaker.State.CLOSED);
                    assertThat(server.requests()).as("attempts").hasSizeLessThan(2);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHandlerOrSubscriberThatThrowsIsNoFailureOfTheOrigin(boolean async) {
        IllegalStateException refusal = inTheShop(new IllegalStateException("not what the shop expects"));
        BodyHandler<String> handler = head -> {
            throw refusal;
        };
        BodyHandler<String> mapping = head -> HttpResponse.BodySubscribers.mapping(
                HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8), text -> {
                    throw refusal;
                });
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(200, "fine"));
            WovenClient client = client();
            HttpRequest get = HttpRequest.newBuilder(server.uri("/")).build();
            assertThatThrownBy(() -> client.call(async, get, handler)).hasMessage(refusal.getMessage());
            assertThatThrownBy(() -> client.call(async, get, mapping)).hasMessage(refusal.getMessage());
            assertThat(server.requests()).hasSize(2);
            assertThat(client.breakers()).containsOnly(CircuitBreaker.State.CLOSED);
        }
    }

    @ParameterizedTest
    @CsvSource({"false,200", "true,200", "false,204", "true,204"})
    void aHandlerThatGivesNoSubscriberEndsTheCallAndIsNoFailureOfTheOrigin(boolean async, int status) {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(status == 204 ? ScriptedResponse.respond(204) : ScriptedResponse.respond(200, "fine"));
            for (TestPolicy testPolicy :
                    new TestPolicy[] {TestPolicy.QUICK, TestPolicy.QUICK.attemptTimeout(Duration.ofSeconds(20))}) {
                WovenClient client = client(testPolicy);
                HttpRequest get = HttpRequest.newBuilder(server.uri("/")).build();
                for (int i = 0; i < 50; i++) {
                    assertThatThrownBy(() -> client.call(async, get, head -> null))
                            .matches(e ->
                                    e instanceof NullPointerException || e.getCause() instanceof NullPointerException);
                }
                assertThat(client.breakers()).containsOnly(CircuitBreaker.State.CLOSED);
            }
            assertThat(server.requests()).hasSize(100);
        }
    }

    @Test
    void whatTheClientOrAJudgeOfTheOriginMadeIsTheOrigins() {
        assertThat(ApplicationExceptions.isOne(new IOException(made("jdk.internal.net.http.Http1Response"))))
                .isFalse();
        assertThat(ApplicationExceptions.isOne(made("java.lang.Integer", "jdk.internal.net.http.Http1Response")))
                .isFalse();
        assertThat(ApplicationExceptions.isOne(made("java.util.Objects", "com.shop.Upload")))
                .isTrue();
        assertThat(ApplicationExceptions.isOne(made())).isFalse();
        SSLHandshakeException untrusted = new SSLHandshakeException("untrusted");
        untrusted.initCause(made("com.shop.Trust"));
        assertThat(ApplicationExceptions.isOne(new IOException(untrusted))).isFalse();
    }

    private static WovenClient client() {
        return client(TestPolicy.QUICK);
    }

    private static WovenClient client(TestPolicy testPolicy) {
        return new WovenClient(
                Policies.retry().breaker(Breakers.consecutive(1).build()).around(testPolicy.policy()), CLIENT);
    }

    private static BodyPublisher failing(Exception failure) {
        return BodyPublishers.fromPublisher(subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private boolean asked;

            @Override
            public void request(long n) {
                if (!asked) {
                    asked = true;
                    subscriber.onNext(ByteBuffer.wrap(new byte[] {'p', 'a', 'r', 't'}));
                    subscriber.onError(failure);
                }
            }

            @Override
            public void cancel() {}
        }));
    }

    private static BodyPublisher failingStream(Exception failure) {
        return BodyPublishers.ofInputStream(() -> new InputStream() {
            @Override
            public int read() throws IOException {
                if (failure instanceof IOException io) {
                    throw io;
                }
                throw (RuntimeException) failure;
            }
        });
    }

    private static <E extends Exception> E inTheShop(E failure) {
        failure.setStackTrace(frames("com.shop.Upload"));
        return failure;
    }

    private static Exception made(String... classes) {
        Exception error = new Exception("made there");
        error.setStackTrace(frames(classes));
        return error;
    }

    private static StackTraceElement[] frames(String... classes) {
        return Stream.of(classes)
                .map(name -> new StackTraceElement(name, "run", null, -1))
                .toArray(StackTraceElement[]::new);
    }
}
