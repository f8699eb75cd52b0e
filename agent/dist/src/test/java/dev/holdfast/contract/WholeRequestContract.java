package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every attempt carries the whole request, or is a failed attempt: also where one cannot connect between two that can,
 * through a proxy, where a server refuses the body, beside another attempt, and on the way to another origin.
 */
class WholeRequestContract {
    private static final String BODY = "precious";

    private final ProxySelector usual = ProxySelector.getDefault();
    private final Routes routes = new Routes();

    @BeforeEach
    void route() {
        ProxySelector.setDefault(routes);
        Style.trust(LoopbackTls.clientContext()); // clients take the selector when they are built
    }

    @AfterEach
    void routeAsUsual() {
        ProxySelector.setDefault(usual);
        Style.trust(null);
        routes.close();
    }

    private static Stream<Call> uploads(URI uri) {
        return Stream.of(Call.put(uri, BODY), Call.post(uri, BODY).header("Idempotency-Key", "k"));
    }

    private static void areWhole(ScriptedServer server, int count) {
        assertThat(server.requests()).hasSize(count).allSatisfy(request -> {
            assertThat(request.text()).as("%s", request).isEqualTo(BODY);
            assertThat(request.complete()).isTrue();
        });
    }

    @ParameterizedTest
    @EnumSource
    void anAttemptThatIsRefusedBetweenTwoSendsNothing(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            uploads(server.uri("/")).forEach(call -> {
                server.reset();
                server.play(ScriptedResponse.respond(503).closing());
                routes.play(Proxy.NO_PROXY, routes.refused(), routes.refused());
                CallResult callResult = style.call(call);
                assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
                areWhole(server, 2);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereNoFurtherAttemptConnectsTheServerSeesOneRequest(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            uploads(server.uri("/")).forEach(call -> {
                server.reset();
                server.play(ScriptedResponse.respond(503).closing());
                routes.play(Proxy.NO_PROXY).otherwise(routes.refused());
                CallResult callResult = style.call(call);
                assertThat(callResult.thrown()).as("%s", callResult).isInstanceOf(IOException.class);
                areWhole(server, 1);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatIsWrittenToALaterConnectionIsSentOnce(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            routes.play(routes.refused());
            CallResult callResult = style.call(Call.post(server.uri("/"), BODY));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            areWhole(server, 1);
        }
    }

    private static Stream<Arguments> cuts() {
        return Stream.of(Style.values())
                .flatMap(style -> Stream.of(Cut.RESET, Cut.CLOSE).map(cut -> Arguments.of(style, cut)));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void aHandshakeThatIsCutBetweenTwoSendsNothing(Style style, Cut cut) {
        try (ScriptedServer server = ScriptedServer.https(Hosts.QUICK)) {
            uploads(server.uri("/")).forEach(call -> {
                server.reset();
                server.play(ScriptedResponse.respond(503).closing(), ScriptedResponse.onAccept(cut));
                CallResult callResult = style.call(call);
                assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
                areWhole(server, 2);
            });
        }
    }

    /** Nothing of the request was sent, so its method does not matter. */
    @ParameterizedTest
    @CsvSource({"URL_BUFFERED,CLOSE", "URL_BUFFERED,RESET", "URL_FIXED,CLOSE", "URL_CHUNKED,RESET"})
    void aPostWhoseHandshakeIsCutIsSentAgain(Style style, Cut cut) {
        try (ScriptedServer server = ScriptedServer.https(Hosts.QUICK)) {
            server.play(ScriptedResponse.onAccept(cut));
            CallResult callResult = style.call(Call.post(server.uri("/"), BODY));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            areWhole(server, 1);
        }
    }

    private static Stream<Arguments> refusedTunnels() {
        return Stream.of(Style.values())
                .flatMap(style -> Stream.of(
                                ScriptedResponse.respond(503).closing(),
                                ScriptedResponse.afterRequestHead(Cut.CLOSE),
                                ScriptedResponse.afterRequestHead(Cut.RESET),
                                ScriptedResponse.raw("220 ready\r\n\r\n"))
                        .map(response -> Arguments.of(style, response)));
    }

    @ParameterizedTest
    @MethodSource("refusedTunnels")
    void aTunnelThatIsRefusedBetweenTwoSendsNothing(Style style, ScriptedResponse refusal) {
        try (ScriptedServer proxy = ScriptedServer.http().otherwise(ScriptedResponse.tunnel());
                ScriptedServer server = ScriptedServer.https(Hosts.QUICK)) {
            routes.otherwise(via(proxy));
            server.otherwise(ScriptedResponse.respond(200, "ok").closing());
            uploads(server.uri("/")).forEach(call -> {
                server.reset();
                proxy.reset();
                server.play(ScriptedResponse.respond(503).closing());
                proxy.play(ScriptedResponse.tunnel(), refusal);
                CallResult callResult = style.call(call);
                assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
                areWhole(server, 2);
                assertThat(proxy.requests()).hasSize(3).allSatisfy(request -> {
                    assertThat(request.method()).isEqualTo("CONNECT");
                    assertThat(request.body()).isEmpty();
                });
            });
        }
    }

    @ParameterizedTest
    @MethodSource("refusedTunnels")
    void aPostWhoseTunnelIsRefusedIsSentOnceOneIsOpened(Style style, ScriptedResponse refusal) {
        try (ScriptedServer proxy = ScriptedServer.http().otherwise(ScriptedResponse.tunnel());
                ScriptedServer server = ScriptedServer.https(Hosts.QUICK)) {
            routes.otherwise(via(proxy));
            proxy.play(refusal, refusal);
            CallResult callResult = style.call(Call.post(server.uri("/"), BODY));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            areWhole(server, 1);
            assertThat(proxy.requests()).hasSize(3);
        }
    }

    // ---- servers that refuse the body

    private static Call expecting(Call call) {
        return call.header("Expect", "100-continue");
    }

    private static void isRefused(ReceivedRequest request) {
        assertThat(request.header("Expect")).contains("100-continue");
        assertThat(request.body()).isEmpty();
        assertThat(request.complete()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"URL_FIXED", "URL_CHUNKED"})
    void aPutWhoseBodyIsRefusedIsOfferedAgain(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(
                    ScriptedResponse.respond(503).refusingBody(),
                    ScriptedResponse.respond(503).refusingBody());
            CallResult callResult = style.call(expecting(Call.put(server.uri("/"), BODY)));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            List<ReceivedRequest> requests = server.requests();
            assertThat(requests).hasSize(3);
            isRefused(requests.get(0));
            isRefused(requests.get(1));
            assertThat(requests.get(2).text()).isEqualTo(BODY);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "URL_FIXED,PUT,401",
        "URL_FIXED,PUT,417",
        "URL_FIXED,POST,503",
        "URL_CHUNKED,PUT,401",
        "URL_CHUNKED,PUT,417",
        "URL_CHUNKED,POST,503"
    })
    void whatIsRefusedAndNotRetriedIsSentOnce(Style style, String method, int status) throws IOException {
        for (String host : List.of(Hosts.QUICK, Hosts.OBSERVED)) {
            try (ScriptedServer server = ScriptedServer.http(host)) {
                server.otherwise(ScriptedResponse.respond(status).refusingBody());
                HttpURLConnection c =
                        (HttpURLConnection) server.uri("/").toURL().openConnection();
                c.setRequestMethod(method);
                c.setDoOutput(true);
                if (style == Style.URL_FIXED) {
                    c.setFixedLengthStreamingMode(BODY.length());
                } else {
                    c.setChunkedStreamingMode(0);
                }
                c.setRequestProperty("Expect", "100-continue");
                assertThat(catchThrowable(c::getOutputStream)).isInstanceOf(ProtocolException.class);
                assertThat(c.getResponseCode()).isEqualTo(status);
                assertThat(c.getErrorStream()).isNull();
                assertThat(server.requests()).hasSize(1);
                isRefused(server.requests().get(0));
            }
        }
    }

    /** The first attempt's body is recorded; a later one may not get to send it. */
    @ParameterizedTest
    @EnumSource(names = {"URL_FIXED", "URL_CHUNKED"})
    void aBodyThatALaterAttemptIsRefusedIsNeverLeftOut(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(503).closing())
                    .otherwise(ScriptedResponse.respond(503).refusingBody());
            CallResult callResult = style.call(expecting(Call.put(server.uri("/"), BODY)));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(503);
            assertThat(server.requests()).hasSize(4);
            assertThat(server.requests().get(0).text()).isEqualTo(BODY);
            server.requests().subList(1, 4).forEach(WholeRequestContract::isRefused);
        }
    }

    /** The JDK sends no body after a response that comes instead of 100, whatever its status. */
    @ParameterizedTest
    @CsvSource({"URL_FIXED,200", "URL_CHUNKED,200", "URL_FIXED,201", "URL_CHUNKED,307"})
    void anUploadThatALaterAttemptDidNotSendIsNoSuccess(Style style, int status) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(503).closing())
                    .otherwise(ScriptedResponse.respond(status).refusingBody());
            CallResult callResult = style.call(expecting(Call.put(server.uri("/"), BODY)));
            assertThat(callResult.thrown()).as("%s", callResult).isInstanceOf(ProtocolException.class);
            assertThat(server.requests()).hasSize(2);
            assertThat(server.requests().get(0).text()).isEqualTo(BODY);
            isRefused(server.requests().get(1));
        }
    }

    /** The first body is recorded; what a later attempt is refused with says when to come back. */
    @ParameterizedTest
    @EnumSource(names = {"URL_FIXED", "URL_CHUNKED"})
    void theHeadersOfARefusalAreSeen(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(503).closing())
                    .otherwise(ScriptedResponse.respond(503)
                            .header("Retry-After", "3600")
                            .header("X-Why", "full")
                            .refusingBody());
            CallResult callResult = style.call(expecting(Call.put(server.uri("/"), BODY)));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(503);
            assertThat(callResult.headers().get("x-why")).containsExactly("full");
            assertThat(server.requests())
                    .as("an hour is longer than the longest wait")
                    .hasSize(2);
        }
    }

    // ---- beside another attempt, and elsewhere

    @ParameterizedTest
    @EnumSource
    void anAttemptBesideAnotherThatIsRefusedSendsNothing(Style style) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            server.play(ScriptedResponse.respond(200, "late").held());
            routes.play(Proxy.NO_PROXY).otherwise(routes.refused());
            InFlight call = style.start(Call.put(server.uri("/"), BODY));
            await().until(() -> routes.asked() >= 2);
            server.release();
            assertThat(call.seen().text()).isEqualTo("late");
            areWhole(server, 1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URL_FIXED", "URL_CHUNKED"})
    void anAttemptBesideAnotherWhoseBodyIsRefusedSendsNone(Style style) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            server.play(
                    ScriptedResponse.respond(200, "late").held(),
                    ScriptedResponse.respond(503).refusingBody());
            InFlight call = style.start(expecting(Call.put(server.uri("/"), BODY)));
            server.awaitRequests(2);
            server.release();
            assertThat(call.seen().status()).isEqualTo(200);
            // With the first one's answer, or with that of a retry.
            assertThat(server.requests()).hasSizeBetween(2, 3);
            assertThat(server.requests().get(0).text()).isEqualTo(BODY);
            isRefused(server.requests().get(1));
            server.requests().stream().skip(2).forEach(r -> assertThat(r.text()).isEqualTo(BODY));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "APACHE.*") // it is asked without a proxy
    void anotherOriginThatIsNotReachedIsSentNothing(Style style) {
        try (ScriptedServer other = otherOrigin();
                ScriptedServer server = ScriptedServer.http(Hosts.DEGRADED)) {
            server.otherwise(ScriptedResponse.respond(503).closing());
            routes.play(Proxy.NO_PROXY, Proxy.NO_PROXY).otherwise(routes.refused());
            CallResult callResult = style.call(Call.put(server.uri("/"), BODY));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(503);
            areWhole(server, 2);
            assertThat(other.requests()).isEmpty();
        }
    }

    /** The application writes its body although the connection failed: it knows of no failure. */
    @ParameterizedTest
    @ValueSource(strings = {"PUT", "POST"})
    void aBodyThatIsWrittenAfterAConnectWentElsewhereIsSentThere(String method) throws IOException {
        try (ScriptedServer other = otherOrigin();
                Unreachable nobody = Unreachable.refusing(Hosts.DEGRADED)) {
            HttpURLConnection c = (HttpURLConnection) nobody.uri("/a").toURL().openConnection();
            c.setRequestMethod(method);
            c.setDoOutput(true);
            c.connect();
            try (OutputStream out = c.getOutputStream()) {
                out.write(BODY.getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(c.getResponseCode()).isEqualTo(200);
            areWhole(other, 1);
        }
    }

    private static ScriptedServer otherOrigin() {
        return ScriptedServer.http(Hosts.OTHER_ORIGIN, Integer.getInteger("contract.otherPort", 0));
    }

    private static Proxy via(ScriptedServer proxy) {
        return new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", proxy.port()));
    }

    /** Chooses the way of each attempt: the next of a script, or always the same. */
    private static final class Routes extends ProxySelector {
        private final Unreachable nobody = Unreachable.refusing("127.0.0.1");
        private final Deque<Proxy> script = new ArrayDeque<>();
        private Proxy otherwise = Proxy.NO_PROXY;
        private int asked;

        /** A proxy that is not there. */
        Proxy refused() {
            return new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", nobody.port()));
        }

        synchronized Routes play(Proxy... ways) {
            script.clear();
            script.addAll(List.of(ways));
            return this;
        }

        synchronized void otherwise(Proxy way) {
            otherwise = way;
        }

        synchronized int asked() {
            return asked;
        }

        void close() {
            nobody.close();
        }

        @Override
        public synchronized List<Proxy> select(URI uri) {
            if ("socket".equals(uri.getScheme())) {
                return List.of(Proxy.NO_PROXY); // the JDK's own sockets ask, too
            }
            asked++;
            Proxy next = script.poll();
            return List.of(next == null ? otherwise : next);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
    }
}
