package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.testkit.ConnectProxy;
import dev.holdfast.testkit.ConnectProxy.Does;
import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy that opens no tunnel: nothing has reached the origin, which is neither sent twice to nor blamed. */
@Timeout(30)
class ProxyTest {
    private final List<Outcome.Failure> failures = new CopyOnWriteArrayList<>();
    private final Observer observer = new Observer() {
        @Override
        public void attempt(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {
            if (outcome instanceof Outcome.Failure failure) {
                failures.add(failure);
            }
        }
    };

    private static Stream<Arguments> refusals() {
        return Stream.of(Does.UNAVAILABLE, Does.RESET, Does.CLOSE, Does.CLOSE_IN_ANSWER)
                .flatMap(does -> Stream.of(Arguments.of(does, false), Arguments.of(does, true)));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aPostThatDidNotReachTheOriginIsSentOnceItDoes(Does refusal, boolean async) throws Exception {
        try (ScriptedServer origin = ScriptedServer.https("127.0.0.1");
                ConnectProxy proxy = new ConnectProxy(refusal, refusal)) {
            WovenClient client = client(proxy);
            HttpResponse<String> response = client.call(async, post(origin), BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(origin.requests()).extracting(ReceivedRequest::text).containsExactly("order");
            String connect = "CONNECT 127.0.0.1:" + origin.port() + " HTTP/1.1";
            assertThat(proxy.asked()).containsExactly(connect, connect, connect);
            assertThat(failures).hasSize(2).allSatisfy(failure -> {
                assertThat(failure.kind()).isEqualTo(ErrorKind.PROXY);
                assertThat(failure.nothingSent()).isTrue();
                assertThat(failure.proxy())
                        .isEqualTo("127.0.0.1:" + proxy.address().getPort());
            });
            assertThat(client.breakers()).containsOnly(CircuitBreaker.State.CLOSED);
        }
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatTheProxySaysIsNoAnswerOfTheOrigin(Does refusal, boolean async) {
        Does[] always = new Does[20];
        Arrays.fill(always, refusal);
        try (ScriptedServer origin = ScriptedServer.https("127.0.0.1");
                ConnectProxy proxy = new ConnectProxy(always)) {
            WovenClient client = client(proxy);
            assertThatThrownBy(() -> client.call(async, post(origin), BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class)
                    .satisfies(error -> assertThat(error.getSuppressed())
                            .extracting(Throwable::getMessage)
                            .contains("the proxy 127.0.0.1:" + proxy.address().getPort()
                                    + " did not open a tunnel to https://127.0.0.1:" + origin.port()));
            assertThat(proxy.asked()).hasSize(4);
            assertThat(origin.accepted()).isZero();
            assertThat(client.breakers()).containsOnly(CircuitBreaker.State.CLOSED);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGetThatTheProxyRefusesIsNoFailureOfTheOrigin(boolean async) throws Exception {
        for (Does refusal : new Does[] {Does.UNAVAILABLE, Does.CLOSE, Does.CLOSE_IN_ANSWER}) {
            try (ScriptedServer origin = ScriptedServer.https("127.0.0.1");
                    ConnectProxy proxy = new ConnectProxy(refusal, refusal, refusal)) {
                WovenClient client = client(proxy);
                HttpRequest get = HttpRequest.newBuilder(origin.uri("/")).build();
                assertThat(client.call(async, get, BodyHandlers.ofString()).statusCode())
                        .isEqualTo(200);
                assertThat(origin.requests()).hasSize(1);
                assertThat(client.breakers()).containsOnly(CircuitBreaker.State.CLOSED);
            }
        }
        assertThat(failures).extracting(Outcome.Failure::kind).containsOnly(ErrorKind.PROXY);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPasswordThatTheProxyWantsIsNoSuccessOfTheOrigin(boolean async) throws Exception {
        try (ScriptedServer origin = ScriptedServer.https("127.0.0.1");
                ConnectProxy proxy = new ConnectProxy(Does.WANT_PASSWORD)) {
            WovenClient client = client(proxy);
            HttpResponse<String> response = client.call(async, post(origin), BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(407);
            assertThat(proxy.asked()).hasSize(1);
            assertThat(origin.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHandshakeThatIsCutIsABrokenConnection(boolean async) throws Exception {
        for (Does cut : new Does[] {Does.CLOSE_IN_HANDSHAKE, Does.RESET_IN_HANDSHAKE}) {
            failures.clear();
            try (ScriptedServer origin = ScriptedServer.https("127.0.0.1");
                    ConnectProxy proxy = new ConnectProxy(cut, cut)) {
                HttpRequest get = HttpRequest.newBuilder(origin.uri("/")).build();
                Policy policy = Policies.retry().around(TestPolicy.QUICK.policy());
                HttpResponse<String> response =
                        new WovenClient(policy, trusting(proxy), observer).call(async, get, BodyHandlers.ofString());
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(origin.requests()).hasSize(1);
                assertThat(proxy.asked()).hasSize(3);
                assertThat(failures)
                        .isNotEmpty()
                        .extracting(Outcome.Failure::kind)
                        .containsOnly(ErrorKind.CONNECTION_RESET);
            }
        }
    }

    /** The client may ask for a body before the handshake is over: then nothing proves that it has not sent any. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPostIsNotSentAgainAfterAHandshakeThatIsCut(boolean async) {
        try (ScriptedServer origin = ScriptedServer.https("127.0.0.1");
                ConnectProxy proxy = new ConnectProxy(Does.CLOSE_IN_HANDSHAKE)) {
            assertThatThrownBy(() -> client(proxy).call(async, post(origin), BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            assertThat(origin.requests()).isEmpty();
            assertThat(failures).extracting(Outcome.Failure::kind).containsExactly(ErrorKind.CONNECTION_RESET);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOriginThatBreaksTheConnectionBehindTheProxyIsBlamedAndNotAskedTwice(boolean async) {
        for (Cut cut : new Cut[] {Cut.CLOSE, Cut.RESET}) {
            failures.clear();
            try (ScriptedServer origin = ScriptedServer.https("127.0.0.1");
                    ConnectProxy proxy = new ConnectProxy()) {
                origin.play(ScriptedResponse.afterRequest(cut));
                assertThatThrownBy(() -> client(proxy).call(async, post(origin), BodyHandlers.ofString()))
                        .isInstanceOf(IOException.class);
                assertThat(origin.requests()).extracting(ReceivedRequest::text).containsExactly("order");
                assertThat(failures).singleElement().satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(ErrorKind.CONNECTION_RESET);
                    assertThat(failure.nothingSent()).isFalse();
                });
            }
        }
    }

    private WovenClient client(ConnectProxy proxy) {
        Policy policy =
                Policies.retry().breaker(Breakers.consecutive(1).build()).around(TestPolicy.QUICK.policy());
        return new WovenClient(policy, trusting(proxy), observer);
    }

    private static HttpClient trusting(ConnectProxy proxy) {
        return HttpClient.newBuilder()
                .sslContext(LoopbackTls.clientContext())
                .proxy(ProxySelector.of(proxy.address()))
                .build();
    }

    private static HttpRequest post(ScriptedServer origin) {
        return HttpRequest.newBuilder(origin.uri("/"))
                .POST(BodyPublishers.ofString("order"))
                .build();
    }
}
