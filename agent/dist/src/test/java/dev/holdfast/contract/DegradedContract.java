package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.HttpURLConnection;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests the requests that go to an alternate origin when their own does not respond, and the responses that the
 * application gets.
 */
class DegradedContract {
    private static final ScriptedServer OTHER =
            ScriptedServer.http(Hosts.OTHER_ORIGIN, Integer.getInteger("contract.otherPort", 0));

    /** Names that hold credentials at real services, many of which say nothing of it. */
    private static final List<String> SECRET = List.of(
            "Authorization",
            "Cookie",
            "X-Api-Key",
            "X-Auth-Token",
            "X-Amz-Security-Token",
            "X-Session-Id",
            "X-Client-Cert",
            "apikey",
            "CB-ACCESS-KEY",
            "CB-ACCESS-PASSPHRASE",
            "CB-ACCESS-SIGN",
            "X-Passphrase",
            "X-Pass",
            "X-PIN",
            "X-OTP",
            "X-Ticket",
            "X-Sid",
            "X-Bearer",
            "DPoP",
            "X-Hmac",
            "X-Sign",
            "X-Login",
            "X-Credential",
            "X-Pwd",
            "X-SSO",
            "X-Access",
            "X-MBX-APIKEY",
            "Ocp-Apim-Subscription-Id",
            "X-Wsse",
            "X-Saml",
            "X-Totp",
            "X-Gitlab-Private",
            "Signature-Input",
            "X-License",
            "X-Nonce",
            "Idempotency-Key",
            "X-Consumer-ID",
            "From",
            "Referer",
            "Forwarded",
            "X-Forwarded-For",
            "baggage",
            "Prefer",
            "X-Anything");

    private final ScriptedServer server = ScriptedServer.http(Hosts.DEGRADED);

    @BeforeEach
    void answerElsewhere() {
        OTHER.reset();
        // No connection is left to be used again, so that those that are open tell something.
        OTHER.otherwise(ScriptedResponse.respond(200, "from elsewhere")
                .header("X-From", "other")
                .closing());
        server.otherwise(ScriptedResponse.respond(503, "busy").header("X-From", "server"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @AfterAll
    static void closeOther() {
        OTHER.close();
    }

    private static void isFromElsewhere(CallResult callResult) {
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
        assertThat(callResult.text()).isEqualTo("from elsewhere");
        assertThat(callResult.headers().get("x-from")).containsExactly("other");
        assertThat(callResult.headers().get("holdfast-fallback")).containsExactly("degraded");
    }

    @ParameterizedTest
    @EnumSource
    void whatTheServerDoesNotAnswerAnotherDoes(Style style) {
        isFromElsewhere(style.call(Call.get(server.uri("/a/b?q=1%20")).header("X-Version", "3")));
        assertThat(server.requests()).hasSize(2);
        assertThat(OTHER.requests()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.target()).isEqualTo("/mirror/a/b?q=1%20");
            assertThat(request.header("X-Version")).contains("3");
            assertThat(request.header("Host").orElse("")).startsWith(Hosts.OTHER_ORIGIN);
        });
    }

    @ParameterizedTest
    @EnumSource
    void theBodyGoesAlong(Style style) {
        isFromElsewhere(style.call(Call.put(server.uri("/a"), "whole")));
        assertThat(OTHER.requests()).extracting(ReceivedRequest::text).containsExactly("whole");
    }

    @ParameterizedTest
    @EnumSource
    void aPostGoesElsewhereOnlyIfNothingOfItWasSent(Style style) {
        CallResult refused = style.call(Call.post(server.uri("/a"), "order"));
        assertThat(refused.status()).as("%s", refused).isEqualTo(503);
        assertThat(OTHER.requests()).isEmpty();
        try (Unreachable nobody = Unreachable.refusing(Hosts.DEGRADED)) {
            isFromElsewhere(style.call(Call.post(nobody.uri("/a"), "order")));
            assertThat(OTHER.requests()).extracting(ReceivedRequest::text).containsExactly("order");
            assertThat(OTHER.requests()).extracting(ReceivedRequest::method).containsExactly("POST");
        }
    }

    /**
     * A header's name does not tell whether it is a credential: nothing goes along but what is known to be harmless.
     */
    @ParameterizedTest
    @EnumSource
    void credentialsStayBehind(Style style) {
        Call call = Call.put(server.uri("/a?q=1&access_token=s3cret&api_key=s3cret&sig=s3cret"), "whole")
                .header("Accept", "text/plain")
                .header("Accept-Language", "fr")
                .header("Content-Type", "text/plain")
                .header("If-Match", "\"v1\"");
        for (String name : SECRET) {
            call = call.header(name, "s3cret-" + name);
        }
        isFromElsewhere(style.call(call));
        assertThat(OTHER.requests()).singleElement().satisfies(request -> {
            assertThat(request.target()).isEqualTo("/mirror/a?q=1");
            assertThat(request.text()).isEqualTo("whole");
            assertThat(request.headers().toString()).doesNotContain("s3cret");
            assertThat(request.headers())
                    .allSatisfy(header -> assertThat(header.getKey().toLowerCase(Locale.ROOT))
                            .isIn(
                                    "accept",
                                    "accept-encoding",
                                    "accept-language",
                                    "content-type",
                                    "if-match",
                                    "content-length",
                                    "transfer-encoding",
                                    "host",
                                    "user-agent",
                                    "connection",
                                    "cache-control",
                                    "pragma"));
            assertThat(request.headers("Accept")).containsExactly("text/plain");
            assertThat(request.headers("Accept-Language")).containsExactly("fr");
            assertThat(request.headers("Content-Type")).containsExactly("text/plain");
            assertThat(request.headers("If-Match")).containsExactly("\"v1\"");
        });
    }

    /** Left out, it would ask for something else; sent, it would tell. */
    @ParameterizedTest
    @EnumSource
    void aQueryThatMayHoldACredentialIsNotSentElsewhere(Style style) {
        for (String query : List.of("key=s3cret", "code=s3cret", "x=0123456789abcdef0123456789abcdef")) {
            CallResult callResult = style.call(Call.get(server.uri("/a?" + query)));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(503);
            assertThat(callResult.headers()).doesNotContainKey("holdfast-fallback");
        }
        assertThat(OTHER.requests()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void credentialsGoAlongWhereThatIsAskedFor(Style style) {
        try (ScriptedServer trusted = ScriptedServer.http(Hosts.DEGRADED_TRUSTED)) {
            trusted.otherwise(ScriptedResponse.respond(503, "busy"));
            isFromElsewhere(style.call(Call.get(trusted.uri("/a?access_token=s3cret&key=1"))
                    .header("Authorization", "Bearer s3cret")
                    .header("X-Consumer-ID", "alice")));
            assertThat(OTHER.requests()).singleElement().satisfies(request -> {
                assertThat(request.target()).isEqualTo("/a?access_token=s3cret&key=1");
                assertThat(request.headers("Authorization")).containsExactly("Bearer s3cret");
                assertThat(request.headers("X-Consumer-ID")).containsExactly("alice");
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereTheOtherFailsTooTheCallEndsAsItWouldWithout(Style style) {
        String large = "busy ".repeat(50_000);
        server.otherwise(ScriptedResponse.respond(503, large).header("X-From", "server"));
        int i = 0;
        for (ScriptedResponse response : List.of(
                ScriptedResponse.respond(500, "broken ".repeat(50_000)).closing(),
                ScriptedResponse.respond(401, "who are you").closing(),
                ScriptedResponse.respond(404, "not mirrored").closing(),
                ScriptedResponse.respond(400, "not for a mirror").closing(),
                ScriptedResponse.respond(410, "gone from here").closing(),
                ScriptedResponse.afterRequest(Cut.RESET),
                ScriptedResponse.afterRequest(Cut.HANG))) {
            OTHER.reset();
            OTHER.otherwise(response);
            CallResult callResult = style.call(Call.get(server.uri("/a" + i++)));
            assertThat(callResult.status())
                    .as("%s: %s", response, callResult.thrown())
                    .isEqualTo(503);
            assertThat(callResult.text()).isEqualTo(large);
            assertThat(callResult.headers().get("x-from")).containsExactly("server");
            assertThat(callResult.headers()).doesNotContainKey("holdfast-fallback");
            assertThat(OTHER.requests()).isNotEmpty();
        }
        OTHER.release();
        try (Unreachable nobody = Unreachable.refusing(Hosts.DEGRADED)) {
            OTHER.otherwise(ScriptedResponse.respond(503, "busy").closing());
            CallResult callResult = style.call(Call.post(nobody.uri("/a"), "order"));
            assertThat(callResult.thrown()).as("%s", callResult).isInstanceOf(ConnectException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResponseOfAnAcceptedStatusCounts(Style style) {
        OTHER.otherwise(ScriptedResponse.respond(304, "").closing());
        CallResult unchanged = style.call(Call.get(server.uri("/a")).header("If-None-Match", "\"v1\""));
        assertThat(unchanged.status()).as("%s", unchanged).isEqualTo(304);
        assertThat(unchanged.headers().get("holdfast-fallback")).containsExactly("degraded");
        try (ScriptedServer trusted = ScriptedServer.http(Hosts.DEGRADED_TRUSTED)) {
            trusted.otherwise(ScriptedResponse.respond(503, "busy"));
            OTHER.otherwise(ScriptedResponse.respond(404, "not here").closing());
            CallResult callResult = style.call(Call.get(trusted.uri("/a")));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(404);
            assertThat(callResult.text()).isEqualTo("not here");
            assertThat(callResult.headers().get("holdfast-fallback")).containsExactly("degraded");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theOtherHasABreakerOfItsOwnAndTheNextStrategyIsAsked(Style style) {
        try (ScriptedServer breaking = ScriptedServer.http(Hosts.DEGRADED_BREAKING)) {
            breaking.otherwise(ScriptedResponse.respond(503, "busy"));
            OTHER.otherwise(request -> request.target().startsWith("/ok")
                    ? ScriptedResponse.respond(200, "fine").closing()
                    : ScriptedResponse.respond(503, "busy too").closing());
            CallResult answered = style.call(Call.get(breaking.uri("/ok" + style)));
            assertThat(answered.text()).as("%s", answered).isIn("fine", "nothing");
            int before = OTHER.requests().size();
            for (int i = 0; i < 3; i++) {
                CallResult callResult = style.call(Call.get(breaking.uri("/bad")));
                assertThat(callResult.text()).as("%s", callResult).isEqualTo("nothing");
                assertThat(callResult.headers().get("holdfast-fallback")).containsExactly("default_value");
            }
            // What opened it may have been another style's call.
            assertThat(OTHER.requests().size() - before).isLessThanOrEqualTo(1);
            assertThat(breaking.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC"})
    void aCallThatIsGivenUpIsGivenUpElsewhereToo(Style style) throws Exception {
        OTHER.awaitOpen(0);
        OTHER.otherwise(ScriptedResponse.afterRequest(Cut.HANG));
        InFlight call = style.start(Call.get(server.uri("/given-up/" + style)));
        await().until(() ->
                OTHER.requests().stream().anyMatch(request -> request.target().endsWith("/given-up/" + style)));
        List<String> there = OTHER.requests().stream().map(Object::toString).toList();
        call.abandon();
        CallResult callResult = call.seen();
        assertThat(callResult.thrown())
                .as("%s after %s", callResult, there)
                .isInstanceOf(style == Style.SEND ? InterruptedException.class : CancellationException.class);
        OTHER.awaitOpen(0);
    }

    @Test
    void whatAClientAddsByItselfStaysBehind() throws Exception {
        CookieManager cookies = new CookieManager();
        HttpCookie cookie = new HttpCookie("session", "s3cret");
        cookie.setPath("/");
        cookies.getCookieStore().add(OTHER.uri("/"), cookie);
        OTHER.otherwise(request -> ScriptedResponse.respond(401, "who are you")
                .header("WWW-Authenticate", "Basic realm=\"r\"")
                .closing());
        HttpClient client = HttpClient.newBuilder()
                .cookieHandler(cookies)
                .authenticator(new Password())
                .build();
        HttpResponse<String> response =
                client.send(HttpRequest.newBuilder(server.uri("/a")).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(OTHER.requests()).singleElement().satisfies(request -> {
            assertThat(request.header("Cookie")).isEmpty();
            assertThat(request.header("Authorization")).isEmpty();
        });
    }

    @Test
    void whatTheJvmAddsByItselfStaysBehind() throws Exception {
        OTHER.otherwise(request -> ScriptedResponse.respond(401, "who are you")
                .header("WWW-Authenticate", "Basic realm=\"r\"")
                .closing());
        Authenticator.setDefault(new Password());
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) server.uri("/a").toURL().openConnection();
            assertThat(connection.getResponseCode()).isEqualTo(503);
            assertThat(OTHER.requests())
                    .isNotEmpty()
                    .allSatisfy(request ->
                            assertThat(request.header("Authorization")).isEmpty());
        } finally {
            Authenticator.setDefault(null);
        }
    }

    /** This client cannot be kept from adding them: then nothing is sent there. */
    @Test
    void cookiesThatTheJvmWouldAddStayBehind() throws Exception {
        CookieManager cookies = new CookieManager();
        HttpCookie cookie = new HttpCookie("session", "s3cret");
        cookie.setPath("/");
        cookies.getCookieStore().add(OTHER.uri("/"), cookie);
        CookieHandler.setDefault(cookies);
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) server.uri("/a").toURL().openConnection();
            assertThat(connection.getResponseCode()).isEqualTo(503);
            assertThat(OTHER.requests()).isEmpty();
            cookies.getCookieStore().removeAll();
            HttpURLConnection without =
                    (HttpURLConnection) server.uri("/a").toURL().openConnection();
            assertThat(without.getResponseCode()).isEqualTo(200);
            assertThat(OTHER.requests()).hasSize(1);
        } finally {
            CookieHandler.setDefault(null);
        }
    }

    @Test
    void theAnswerSaysWhereItComesFrom() throws Exception {
        URI alternateOrigin = OTHER.uri("/mirror/a");
        HttpResponse<InputStream> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(server.uri("/a")).build(), BodyHandlers.ofInputStream());
        assertThat(new String(response.body().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("from elsewhere");
        assertThat(response.uri()).isEqualTo(alternateOrigin);
        assertThat(response.request().uri()).isEqualTo(alternateOrigin);
        assertThat(response.previousResponse()).isEmpty();
        HttpURLConnection connection =
                (HttpURLConnection) server.uri("/a").toURL().openConnection();
        assertThat(connection.getHeaderField("Holdfast-Fallback")).isEqualTo("degraded");
        assertThat(connection.getURL()).isEqualTo(alternateOrigin.toURL());
        assertThat(connection.getHeaderField(0)).isEqualTo("HTTP/1.1 200 Status 200");
    }

    private static final class Password extends Authenticator {
        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            return new PasswordAuthentication("user", "s3cret".toCharArray());
        }
    }
}
