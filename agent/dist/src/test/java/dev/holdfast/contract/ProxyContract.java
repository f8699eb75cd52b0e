package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.testkit.ConnectProxy;
import dev.holdfast.testkit.ConnectProxy.Does;
import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A proxy that opens no tunnel, however it does not: nothing has reached the origin, which is not blamed, and whose
 * request may be sent again whatever its method. The proxy is named. Breaker and errors as by default.
 */
class ProxyContract {
    private static final String BODY = "order";

    private final ProxySelector usual = ProxySelector.getDefault();

    @AfterEach
    void withoutProxy() {
        through(usual);
        Style.trust(null);
    }

    /** Sends calls through this proxy from now on: clients take it when they are built. */
    private static void through(ProxySelector selector) {
        ProxySelector.setDefault(selector);
        Style.trust(LoopbackTls.clientContext());
    }

    private static Stream<Arguments> refusals() {
        return Stream.of(Does.RESET, Does.CLOSE, Does.CLOSE_IN_ANSWER, Does.GARBAGE, Does.NO_STATUS, Does.UNAVAILABLE)
                .flatMap(does -> Stream.of(Style.values())
                        .flatMap(style -> Stream.of("GET", "PUT", "POST")
                                .filter(method ->
                                        !method.equals("GET") || !style.urlConnection() || style == Style.URL_BUFFERED)
                                .map(method -> Arguments.of(style, method, does))));
    }

    private static Call call(String method, URI uri) {
        Call call = Call.of(method, uri);
        return method.equals("GET") ? call : call.body(BODY);
    }

    private static void arrivedOnce(ScriptedServer origin, String method) {
        assertThat(origin.requests()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo(method);
            assertThat(request.text()).isEqualTo(method.equals("GET") ? "" : BODY);
            assertThat(request.complete()).isTrue();
        });
    }

    private static String named(ConnectProxy proxy, ScriptedServer origin) {
        return "the proxy 127.0.0.1:" + proxy.address().getPort() + " did not open a tunnel to https://"
                + Hosts.BREAKING + ":" + origin.port();
    }

    /**
     * Returns the causes of an exception. {@code HttpURLConnection} may give the status -1, and then a copy of its own.
     */
    private static List<String> said(Throwable thrown) {
        List<String> said = new ArrayList<>();
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            for (Throwable suppressed : at.getSuppressed()) {
                said.add(suppressed.getMessage());
            }
        }
        return said;
    }

    private static String connect(ScriptedServer origin) {
        return "CONNECT " + Hosts.BREAKING + ":" + origin.port() + " HTTP/1.1";
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRequestWhoseTunnelIsNotOpenedIsSentOnceOneIs(Style style, String method, Does refusal) {
        try (ScriptedServer origin = ScriptedServer.https(Hosts.BREAKING);
                ConnectProxy proxy = new ConnectProxy(refusal, refusal)) {
            through(ProxySelector.of(proxy.address()));
            CallResult callResult = style.call(call(method, origin.uri("/")));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            arrivedOnce(origin, method);
            assertThat(proxy.asked()).hasSize(3).containsOnly(connect(origin));
        }
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void theOriginIsNotBlamedAndTheProxyIsNamed(Style style, String method, Does refusal) {
        try (ScriptedServer origin = ScriptedServer.https(Hosts.BREAKING);
                ConnectProxy proxy = new ConnectProxy().otherwise(refusal)) {
            through(ProxySelector.of(proxy.address()));
            CallResult callResult = style.call(call(method, origin.uri("/")));
            if (style.library() && !style.okHttp() && refusal == Does.UNAVAILABLE) {
                // Apache's clients give the proxy's answer to the program.
                assertThat(callResult.status()).as("%s", callResult).isEqualTo(503);
            } else {
                assertThat(callResult.thrown())
                        .as("%s", callResult)
                        .isNotNull()
                        .isNotInstanceOf(ConnectException.class);
                assertThat(said(callResult.thrown())).contains(named(proxy, origin));
            }
            // Three attempts, in each of which the client may ask a second time by itself.
            assertThat(proxy.asked()).hasSizeBetween(3, 6).containsOnly(connect(origin));
            assertThat(origin.accepted()).isZero();

            // As many failures of the origin's would have opened its breaker.
            proxy.otherwise(Does.OPEN);
            CallResult next = style.call(call(method, origin.uri("/")));
            assertThat(next.status()).as("%s", next).isEqualTo(200);
            arrivedOnce(origin, method);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Does.class,
            names = {"RESET", "CLOSE", "CLOSE_IN_ANSWER", "GARBAGE", "NO_STATUS", "UNAVAILABLE"})
    void soItIsForAClientThatPrefersHttp2AndAProxyThatCodeOfTheProgramChose(Does refusal) throws Exception {
        for (String method : List.of("GET", "POST")) {
            try (ScriptedServer origin = ScriptedServer.https(Hosts.BREAKING);
                    ConnectProxy proxy = new ConnectProxy().otherwise(refusal)) {
                HttpClient client = HttpClient.newBuilder()
                        .version(Version.HTTP_2)
                        .sslContext(LoopbackTls.clientContext())
                        .proxy(new Chosen(proxy.address()))
                        .build();
                for (boolean async : new boolean[] {false, true}) {
                    Throwable thrown = catchThrowable(() -> {
                        if (async) {
                            client.sendAsync(Style.request(call(method, origin.uri("/"))), BodyHandlers.ofByteArray())
                                    .join();
                        } else {
                            client.send(Style.request(call(method, origin.uri("/"))), BodyHandlers.ofByteArray());
                        }
                    });
                    Throwable seen = async ? thrown.getCause() : thrown;
                    assertThat(seen).isInstanceOf(IOException.class);
                    assertThat(said(seen)).contains(named(proxy, origin));
                }
                assertThat(origin.accepted()).isZero();
                proxy.otherwise(Does.OPEN);
                assertThat(client.send(Style.request(call(method, origin.uri("/"))), BodyHandlers.ofByteArray())
                                .statusCode())
                        .isEqualTo(200);
                arrivedOnce(origin, method);
            }
        }
    }

    /** A request of {@code http} goes to the proxy itself, which may have passed it on. */
    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_FIXED", "URL_CHUNKED", "APACHE5", "APACHE5_ONE_SHOT", "APACHE4"})
    void whatAProxyGotWithoutATunnelIsNotSentTwiceAndCountsForTheOrigin(Style style) {
        try (ScriptedServer proxy = ScriptedServer.http()) {
            through(ProxySelector.of(new InetSocketAddress("127.0.0.1", proxy.port())));
            URI uri = URI.create("http://" + Hosts.BREAKING + ":" + proxy.port() + "/" + style);
            for (Cut cut : List.of(Cut.RESET, Cut.CLOSE, Cut.RESET)) {
                proxy.reset();
                proxy.otherwise(ScriptedResponse.afterRequest(cut));
                CallResult callResult = style.call(Call.post(uri, BODY));
                assertThat(callResult.thrown()).as("%s", callResult).isInstanceOf(IOException.class);
                assertThat(callResult.thrown().getSuppressed()).isEmpty();
                assertThat(proxy.requests()).extracting(ReceivedRequest::text).containsExactly(BODY);
            }
            CallResult rejected = style.call(Call.post(uri, BODY));
            assertThat(rejected.thrown()).hasMessageContaining("its circuit breaker is open");
            assertThat(proxy.requests()).hasSize(1);
        }
    }

    /**
     * Nothing tells whether it is the proxy that is slow, or the origin to which it connects. Apache HttpClient 4 waits
     * for a tunnel without a time limit.
     */
    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED", "APACHE5"})
    void aTunnelThatIsNotOpenedInTimeIsATimeout(Style style) {
        try (ScriptedServer origin = ScriptedServer.https(Hosts.QUICK);
                ConnectProxy proxy = new ConnectProxy().otherwise(Does.HANG)) {
            through(ProxySelector.of(proxy.address()));
            CallResult callResult = style.call(Call.get(origin.uri("/")).readTimeout(Duration.ofMillis(200)));
            assertThat(callResult.thrown()).isInstanceOfAny(HttpTimeoutException.class, SocketTimeoutException.class);
            assertThat(said(callResult.thrown())).noneMatch(message -> message.contains("tunnel to"));
            assertThat(origin.accepted()).isZero();
        }
    }

    /** A selector of the program's own. */
    private static final class Chosen extends ProxySelector {
        private final InetSocketAddress proxy;

        Chosen(InetSocketAddress proxy) {
            this.proxy = proxy;
        }

        @Override
        public List<Proxy> select(URI uri) {
            return List.of(new Proxy(Proxy.Type.HTTP, proxy));
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
    }
}
