package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what the client does by itself within an attempt, and that a retry begins at the beginning. */
@Timeout(30)
class ExchangeTest {
    private static HttpClient.Builder http1() {
        return HttpClient.newBuilder().version(Version.HTTP_1_1);
    }

    private static HttpRequest get(ScriptedServer server, String path) {
        return HttpRequest.newBuilder(server.uri(path)).build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRedirectIsPartOfAnAttempt(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            ScriptedResponse moved = ScriptedResponse.respond(302).header("Location", "/new");
            server.play(moved, ScriptedResponse.respond(503, "busy"), moved, ScriptedResponse.respond(200, "fine"));
            WovenClient client =
                    new WovenClient(http1().followRedirects(Redirect.NORMAL).build(), TestPolicy.QUICK);
            HttpResponse<String> response = client.call(async, get(server, "/old"), BodyHandlers.ofString());
            assertThat(response.body()).isEqualTo("fine");
            assertThat(response.uri()).isEqualTo(server.uri("/new"));
            assertThat(response.previousResponse()).hasValueSatisfying(previous -> {
                assertThat(previous.statusCode()).isEqualTo(302);
                assertThat(previous.uri()).isEqualTo(server.uri("/old"));
                assertThat(previous.previousResponse()).isEmpty();
            });
            assertThat(server.requests())
                    .extracting(ReceivedRequest::target)
                    .containsExactly("/old", "/new", "/old", "/new");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRedirectThatIsNotFollowedIsAnAnswerLikeAnyOther(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(
                    ScriptedResponse.respond(503), ScriptedResponse.respond(302).header("Location", "/new"));
            WovenClient client = new WovenClient(http1().build(), TestPolicy.QUICK);
            assertThat(client.call(async, get(server, "/old"), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(302);
            assertThat(server.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPutIsSentAgainWithItsBodyAtEveryHop(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            ScriptedResponse moved = ScriptedResponse.respond(307).header("Location", "/new");
            server.play(moved, ScriptedResponse.respond(503), moved, ScriptedResponse.respond(200));
            WovenClient client =
                    new WovenClient(http1().followRedirects(Redirect.NORMAL).build(), TestPolicy.QUICK);
            HttpRequest put = HttpRequest.newBuilder(server.uri("/old"))
                    .PUT(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(new byte[] {1, 2, 3})))
                    .build();
            client.call(async, put, BodyHandlers.discarding());
            assertThat(server.requests())
                    .hasSize(4)
                    .allSatisfy(r -> assertThat(r.body()).containsExactly(1, 2, 3));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChallengeIsAnsweredInEachAttemptAsWithoutAPolicy(boolean async) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        HttpClient real = http1().authenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        asked.incrementAndGet();
                        return new PasswordAuthentication("user", "secret".toCharArray());
                    }
                })
                .build();
        try (ScriptedServer server = ScriptedServer.http()) {
            ScriptedResponse challenge = ScriptedResponse.respond(401).header("WWW-Authenticate", "Basic realm=\"r\"");
            server.play(
                    challenge,
                    ScriptedResponse.respond(503),
                    ScriptedResponse.respond(503),
                    ScriptedResponse.respond(200, "fine"));
            HttpRequest put = HttpRequest.newBuilder(server.uri("/"))
                    .PUT(BodyPublishers.ofString("order"))
                    .build();
            WovenClient client = new WovenClient(real, TestPolicy.QUICK);
            assertThat(client.call(async, put, BodyHandlers.ofString()).body()).isEqualTo("fine");
            assertThat(asked).as("the client remembers what was good").hasValue(1);
            assertThat(server.requests())
                    .hasSize(4)
                    .allSatisfy(r -> assertThat(r.text()).isEqualTo("order"));
            assertThat(server.requests().subList(1, 4))
                    .allSatisfy(r -> assertThat(r.header("Authorization")).contains("Basic dXNlcjpzZWNyZXQ="));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRefusedPasswordEndsInTheClientsOwnWay(boolean async) {
        HttpClient real = http1().authenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return new PasswordAuthentication("user", "wrong".toCharArray());
                    }
                })
                .build();
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(401).header("WWW-Authenticate", "Basic realm=\"r\""));
            String without = CallEnd.of(
                    () -> new WovenClient(real, null).call(async, get(server, "/"), BodyHandlers.ofString()));
            int sent = server.requests().size();
            assertThat(CallEnd.of(() -> new WovenClient(real, TestPolicy.QUICK)
                            .call(async, get(server, "/"), BodyHandlers.ofString())))
                    .isEqualTo(without);
            assertThat(server.requests()).hasSize(2 * sent);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cookiesOfADiscardedResponseAreKept(boolean async) throws Exception {
        HttpClient real = http1().cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL))
                .build();
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503).header("Set-Cookie", "seen=once"));
            new WovenClient(real, TestPolicy.QUICK).call(async, get(server, "/"), BodyHandlers.ofString());
            assertThat(server.requests().get(0).header("Cookie")).isEmpty();
            assertThat(server.requests().get(1).headers("Cookie")).containsExactly("seen=once");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void headersAreSentAsWithoutAPolicyAtEachAttempt(boolean async) throws Exception {
        for (TestPolicy testPolicy :
                new TestPolicy[] {TestPolicy.QUICK, TestPolicy.QUICK.attemptTimeout(Duration.ofSeconds(20))}) {
            try (ScriptedServer server = ScriptedServer.http()) {
                HttpClient real = http1().build();
                HttpRequest request = HttpRequest.newBuilder(server.uri("/a%20b?c=d&c=%C3%A9"))
                        .header("X-Two", "one")
                        .header("X-Two", "two")
                        .header("x-odd", "  spaced\tout ")
                        .header("Accept", "*/*")
                        .POST(BodyPublishers.ofString("order"))
                        .header("Idempotency-Key", "k")
                        .build();
                real.send(request, BodyHandlers.discarding());
                server.play(ScriptedResponse.respond(503), ScriptedResponse.respond(503));
                new WovenClient(real, testPolicy).call(async, request, BodyHandlers.discarding());
                ReceivedRequest without = server.requests().get(0);
                assertThat(server.requests()).hasSize(4).allSatisfy(r -> {
                    assertThat(r.headers()).isEqualTo(without.headers());
                    assertThat(r.target()).isEqualTo(without.target());
                    assertThat(r.text()).isEqualTo("order");
                });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theApplicationsTimeoutBoundsEachAttempt(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.afterRequest(Cut.HANG), ScriptedResponse.afterRequest(Cut.HANG));
            HttpRequest request = HttpRequest.newBuilder(server.uri("/"))
                    .timeout(Duration.ofMillis(300))
                    .build();
            for (TestPolicy testPolicy :
                    new TestPolicy[] {TestPolicy.QUICK, TestPolicy.QUICK.attemptTimeout(Duration.ofSeconds(20))}) {
                long start = System.nanoTime();
                assertThat(new WovenClient(http1().build(), testPolicy)
                                .call(async, request, BodyHandlers.ofString())
                                .body())
                        .isEqualTo("ok");
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as("twice the application's time, not once the policy's")
                        .isBetween(Duration.ofMillis(500), Duration.ofSeconds(15));
                server.play(ScriptedResponse.afterRequest(Cut.HANG), ScriptedResponse.afterRequest(Cut.HANG));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAttemptsTimeEndsTooWhereItsBodyDoesNotCome(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.HANG));
            WovenClient client =
                    new WovenClient(http1().build(), TestPolicy.QUICK.attemptTimeout(Duration.ofMillis(300)));
            assertThatThrownBy(() -> client.call(async, get(server, "/"), BodyHandlers.ofString()))
                    .isInstanceOf(HttpTimeoutException.class)
                    .hasMessage("request timed out");
            server.awaitOpen(0);
            assertThat(server.requests()).as("it had been given to the handler").hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAnApplicationReadsOfAStreamIsNotTimed(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(200, "0123456789").dripping(1, Duration.ofMillis(60)));
            WovenClient client =
                    new WovenClient(http1().build(), TestPolicy.QUICK.attemptTimeout(Duration.ofMillis(300)));
            try (java.io.InputStream body = client.call(async, get(server, "/"), BodyHandlers.ofInputStream())
                    .body()) {
                assertThat(body.readAllBytes()).hasSize(10);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBodyThatIsHeldBackAndDoesNotComeInTimeIsAFailedAttempt(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.HANG));
            WovenClient client = new WovenClient(
                    http1().build(),
                    TestPolicy.QUICK.attemptTimeout(Duration.ofMillis(300)).bufferResponse(1024));
            assertThat(client.call(async, get(server, "/"), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("ok");
            assertThat(server.requests()).hasSize(2);
            server.awaitOpen(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRequestForTheHeadAloneIsNothingSpecial(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "busy"), ScriptedResponse.respond(200, "0123456789"));
            WovenClient client = new WovenClient(http1().build(), TestPolicy.QUICK.bufferResponse(1024));
            HttpRequest head = HttpRequest.newBuilder(server.uri("/"))
                    .method("HEAD", BodyPublishers.noBody())
                    .build();
            HttpResponse<String> response = client.call(async, head, BodyHandlers.ofString());
            assertThat(response.headers().firstValue("Content-Length")).contains("10");
            assertThat(response.body()).isEmpty();
            assertThat(server.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRequestThatExpectsTo100ContinueSendsItsBodyAgain(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.afterRequest(Cut.RESET), ScriptedResponse.respond(200, "fine"));
            HttpRequest put = HttpRequest.newBuilder(server.uri("/"))
                    .expectContinue(true)
                    .PUT(BodyPublishers.fromPublisher(BodyPublishers.ofString("order"), 5))
                    .build();
            WovenClient client = new WovenClient(http1().build(), TestPolicy.QUICK);
            assertThat(client.call(async, put, BodyHandlers.ofString()).body()).isEqualTo("fine");
            assertThat(server.requests()).hasSize(2).allSatisfy(r -> {
                assertThat(r.text()).isEqualTo("order");
                assertThat(r.header("Expect")).contains("100-Continue");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProxyIsAskedAtEachAttempt(boolean async) throws Exception {
        try (ScriptedServer proxy = ScriptedServer.http()) {
            proxy.play(ScriptedResponse.respond(503), ScriptedResponse.respond(200, "by proxy"));
            HttpClient real = http1().proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", proxy.port())))
                    .build();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://origin.example/x"))
                    .build();
            assertThat(new WovenClient(real, TestPolicy.QUICK)
                            .call(async, request, BodyHandlers.ofString())
                            .body())
                    .isEqualTo("by proxy");
            assertThat(proxy.requests())
                    .extracting(ReceivedRequest::target)
                    .containsExactly("http://origin.example/x", "http://origin.example/x");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aResponseOverTlsHasItsSession(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.https("localhost")) {
            server.play(ScriptedResponse.respond(503));
            HttpClient real = http1().sslContext(LoopbackTls.clientContext()).build();
            HttpResponse<String> response =
                    new WovenClient(real, TestPolicy.QUICK).call(async, get(server, "/"), BodyHandlers.ofString());
            assertThat(response.body()).isEqualTo("ok");
            assertThat(response.sslSession()).isPresent();
            assertThat(server.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatDelegatesToAnotherCountsAnAttemptOnce(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503));
            WovenClient inner = new WovenClient(http1().build(), TestPolicy.QUICK);
            // Its own calls are seen by the hook too: those of the inner client are then attempts, and pass.
            WovenClient outer = new WovenClient(inner, TestPolicy.QUICK);
            outer.call(async, get(server, "/"), BodyHandlers.discarding());
            assertThat(server.requests()).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRequestOfAClassOfItsOwnIsSentAsItIs(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503));
            HttpRequest post = new OwnRequest("POST", get(server, "/"));
            new WovenClient(http1().build(), TestPolicy.QUICK.attemptTimeout(Duration.ofSeconds(20)))
                    .call(async, post, BodyHandlers.discarding());
            assertThat(server.requests()).extracting(ReceivedRequest::method).containsExactly("POST");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "GET"})
    void whatTheClientRefusesAtOnceIsThrownAsWithoutAPolicy(String method) {
        try (ScriptedServer server = ScriptedServer.http()) {
            HttpRequest refused = new OwnRequest(method, get(server, "/"));
            for (TestPolicy testPolicy :
                    new TestPolicy[] {TestPolicy.QUICK, TestPolicy.QUICK.attemptTimeout(Duration.ofSeconds(20))}) {
                WovenClient client = new WovenClient(http1().build(), testPolicy);
                WovenClient without = new WovenClient(http1().build(), null);
                assertThat(CallEnd.of(() ->
                                client.send(refused, BodyHandlers.ofString()).body()))
                        .isEqualTo(CallEnd.of(() ->
                                without.send(refused, BodyHandlers.ofString()).body()));
                assertThat(CallEnd.of(() -> client.sendAsync(refused, BodyHandlers.ofString())
                                .get()
                                .body()))
                        .isEqualTo(CallEnd.of(() -> without.sendAsync(refused, BodyHandlers.ofString())
                                .get()
                                .body()));
                assertThat(client.defects).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCallWithAPushPromiseHandlerPasses(boolean none) {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503));
            HttpResponse.PushPromiseHandler<String> pushes = (request, pushed, accept) -> {};
            int status = new WovenClient(http1().build(), TestPolicy.QUICK)
                    .sendAsync(get(server, "/"), BodyHandlers.ofString(), none ? null : pushes)
                    .join()
                    .statusCode();
            assertThat(status).isEqualTo(503);
            assertThat(server.requests()).hasSize(none ? 4 : 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nullsAreRefusedAsWithoutAPolicy(boolean async) {
        WovenClient client = new WovenClient(http1().build(), TestPolicy.QUICK);
        WovenClient without = new WovenClient(http1().build(), null);
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:1/")).build();
        assertThat(CallEnd.of(() -> client.call(async, null, BodyHandlers.ofString())))
                .isEqualTo(CallEnd.of(() -> without.call(async, null, BodyHandlers.ofString())));
        assertThat(CallEnd.of(() -> client.call(async, request, null)))
                .isEqualTo(CallEnd.of(() -> without.call(async, request, null)));
    }
}
