package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.PasswordAuthentication;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.PrivilegedAction;
import java.util.concurrent.Callable;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the stored responses that the application gets. */
class CacheContract {
    private final ScriptedServer server = ScriptedServer.http(Hosts.CACHED);

    @AfterEach
    void close() {
        server.close();
    }

    private static void isKept(CallResult callResult, String text) {
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
        assertThat(callResult.text()).isEqualTo(text);
        assertThat(callResult.headers().get("holdfast-fallback")).containsExactly("cache");
        assertThat(callResult.headers().get("age")).hasSize(1);
        assertThat(callResult.headers().get("cache-status"))
                .singleElement()
                .satisfies(status -> assertThat(status).startsWith("holdfast; hit; ttl="));
    }

    @ParameterizedTest
    @EnumSource
    void theLastGoodAnswerStandsInForABadOne(Style style) {
        URI uri = server.uri("/last?" + style);
        String large = "good ".repeat(10_000);
        server.play(
                ScriptedResponse.respond(200, "first"),
                ScriptedResponse.respond(200, large).header("X-From", "server").chunked(),
                ScriptedResponse.respond(400, "bad today"),
                ScriptedResponse.respond(503, "busy"));
        assertThat(style.call(Call.get(uri)).text()).isEqualTo("first");
        CallResult live = style.call(Call.get(uri));
        assertThat(live.text()).isEqualTo(large);
        assertThat(live.headers()).doesNotContainKey("holdfast-fallback");
        assertThat(style.call(Call.get(uri)).status()).isEqualTo(400);
        CallResult callResult = style.call(Call.get(uri));
        isKept(callResult, large);
        assertThat(callResult.headers().get("x-from")).containsExactly("server");
        assertThat(callResult.headers().get("content-length")).containsExactly("50000");
        assertThat(callResult.headers()).doesNotContainKey("transfer-encoding");
        server.close();
        isKept(style.call(Call.get(uri)), large);
    }

    @ParameterizedTest
    @EnumSource
    void oneUsersAnswerIsNeverAnothers(Style style) {
        for (String header : new String[] {
            "Authorization",
            "Cookie",
            "X-Api-Key",
            "X-Consumer-ID",
            "Accept",
            "Accept-Language",
            "Accept-Encoding",
            "Baggage"
        }) {
            Call call = Call.get(server.uri("/users?" + style + header));
            server.reset();
            server.play(ScriptedResponse.respond(200, "of alice")).otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(style.call(call.header(header, "alice")).text()).isEqualTo("of alice");
            assertThat(style.call(call.header(header, "bob")).text()).isEqualTo("busy");
            assertThat(style.call(call).text()).isEqualTo("busy");
            isKept(style.call(call.header(header, "alice")), "of alice");
            server.play(ScriptedResponse.respond(200, "of bob"), ScriptedResponse.respond(200, "of nobody"));
            assertThat(style.call(call.header(header, "bob")).text()).isEqualTo("of bob");
            assertThat(style.call(call).text()).isEqualTo("of nobody");
            isKept(style.call(call.header(header, "alice")), "of alice");
            isKept(style.call(call.header(header, "bob")), "of bob");
            isKept(style.call(call), "of nobody");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoHasAnotherClientCertificateIsAnotherUser(Style style) {
        try (ScriptedServer secure = ScriptedServer.httpsForKnown(Hosts.CACHED)) {
            SSLContext alice = LoopbackTls.clientContext(LoopbackTls.Who.ALICE);
            SSLContext bob = LoopbackTls.clientContext(LoopbackTls.Who.BOB);
            Call call = Call.get(secure.uri("/certificates?" + style));
            secure.play(ScriptedResponse.respond(200, "of alice")).otherwise(ScriptedResponse.respond(503, "busy"));
            Style.trust(alice);
            assertThat(style.call(call).text()).isEqualTo("of alice");
            Style.trust(bob);
            assertThat(style.call(call).text()).isEqualTo("busy");
            secure.play(ScriptedResponse.respond(200, "of bob"));
            assertThat(style.call(call).text()).isEqualTo("of bob");
            isKept(style.call(call), "of bob");
            Style.trust(alice);
            isKept(style.call(call), "of alice");
        } finally {
            Style.trust(null);
        }
    }

    /** One context for all calls, as programs keep it: what the client has written to it says nothing of who asks. */
    @Test
    void aLibrarysContextIsNobodyAsLongAsItHasNoCookies() throws IOException {
        for (boolean newest : new boolean[] {true, false}) {
            String uri = server.uri("/own-context?" + newest).toString();
            CookieContexts nobody = new CookieContexts(null);
            CookieContexts alice = new CookieContexts("alice");
            server.reset();
            server.play(ScriptedResponse.respond(200, "of nobody"), ScriptedResponse.respond(200, "of alice"))
                    .otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(nobody.text(newest, uri)).isEqualTo("of nobody");
            assertThat(alice.text(newest, uri)).isEqualTo("of alice");
            assertThat(new CookieContexts("bob").text(newest, uri)).isEqualTo("busy");
            assertThat(nobody.text(newest, uri)).isEqualTo("of nobody");
            assertThat(alice.text(newest, uri)).isEqualTo("of alice");
            assertThat(new CookieContexts(null).text(newest, uri)).isEqualTo("of nobody");
            assertThat(server.requests())
                    .extracting(request -> request.header("Cookie").orElse(""))
                    .containsExactly("", "session=alice", "session=bob", "", "session=alice", "");
        }
    }

    /** The contexts of a program in both versions of Apache HttpClient, with a cookie each if there is a user. */
    private static final class CookieContexts {
        private static final org.apache.hc.client5.http.impl.classic.CloseableHttpClient NEWEST =
                org.apache.hc.client5.http.impl.classic.HttpClients.custom()
                        .disableAutomaticRetries()
                        .build();
        private static final org.apache.http.impl.client.CloseableHttpClient OLD =
                org.apache.http.impl.client.HttpClients.createDefault();

        private final org.apache.hc.client5.http.protocol.HttpClientContext newest =
                org.apache.hc.client5.http.protocol.HttpClientContext.create();
        private final org.apache.http.client.protocol.HttpClientContext old =
                org.apache.http.client.protocol.HttpClientContext.create();

        CookieContexts(@Nullable String user) {
            if (user != null) {
                org.apache.hc.client5.http.impl.cookie.BasicClientCookie cookie =
                        new org.apache.hc.client5.http.impl.cookie.BasicClientCookie("session", user);
                cookie.setDomain(Hosts.CACHED);
                cookie.setPath("/");
                newest.setCookieStore(new org.apache.hc.client5.http.cookie.BasicCookieStore());
                newest.getCookieStore().addCookie(cookie);
                org.apache.http.impl.cookie.BasicClientCookie oldCookie =
                        new org.apache.http.impl.cookie.BasicClientCookie("session", user);
                oldCookie.setDomain(Hosts.CACHED);
                oldCookie.setPath("/");
                old.setCookieStore(new org.apache.http.impl.client.BasicCookieStore());
                old.getCookieStore().addCookie(oldCookie);
            }
        }

        String text(boolean isNewest, String uri) throws IOException {
            return isNewest
                    ? NEWEST.execute(
                            new org.apache.hc.client5.http.classic.methods.HttpGet(uri),
                            newest,
                            response -> org.apache.hc.core5.http.io.entity.EntityUtils.toString(response.getEntity()))
                    : OLD.execute(
                            new org.apache.http.client.methods.HttpGet(uri),
                            response -> org.apache.http.util.EntityUtils.toString(response.getEntity()),
                            old);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "URL_BUFFERED"})
    void whoseCookiesTheClientAddsIsWhoAsks(Style style) throws Exception {
        CookieManager alice = cookies("alice");
        CookieManager bob = cookies("bob");
        URI uri = server.uri("/own-cookies?" + style);
        server.play(ScriptedResponse.respond(200, "of alice")).otherwise(ScriptedResponse.respond(503, "busy"));
        assertThat(textWith(style, alice, uri)).isEqualTo("of alice");
        assertThat(server.requests().get(0).header("Cookie").orElse("")).contains("alice");
        assertThat(textWith(style, bob, uri)).isEqualTo("busy");
        assertThat(textWith(style, null, uri)).isEqualTo("busy");
        server.play(ScriptedResponse.respond(200, "of bob"), ScriptedResponse.respond(200, "of nobody"));
        assertThat(textWith(style, bob, uri)).isEqualTo("of bob");
        assertThat(textWith(style, null, uri)).isEqualTo("of nobody");
        assertThat(textWith(style, alice, uri)).isEqualTo("of alice");
        assertThat(textWith(style, bob, uri)).isEqualTo("of bob");
        assertThat(textWith(style, null, uri)).isEqualTo("of nobody");
    }

    private CookieManager cookies(String name) {
        CookieManager cookies = new CookieManager();
        HttpCookie cookie = new HttpCookie("session", name);
        cookie.setPath("/");
        cookies.getCookieStore().add(server.uri("/"), cookie);
        return cookies;
    }

    private static String textWith(Style style, @Nullable CookieManager cookies, URI uri) throws Exception {
        if (style.urlConnection()) {
            CookieHandler.setDefault(cookies);
            try {
                return style.call(Call.get(uri)).text();
            } finally {
                CookieHandler.setDefault(null);
            }
        }
        HttpClient.Builder client = HttpClient.newBuilder();
        if (cookies != null) {
            client.cookieHandler(cookies);
        }
        return client.build()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    @ParameterizedTest
    @ValueSource(strings = {"of the client", "of the connection"})
    void whatAnAuthenticatorOpensIsNotKept(String whose) throws Exception {
        Authenticator password = new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication("alice", "s3cret".toCharArray());
            }
        };
        URI uri = server.uri("/password?" + whose.length());
        server.play(
                        ScriptedResponse.respond(401, "who are you").header("WWW-Authenticate", "Basic realm=\"r\""),
                        ScriptedResponse.respond(200, "of alice"))
                .otherwise(ScriptedResponse.respond(503, "busy"));
        if (whose.equals("of the client")) {
            HttpClient client = HttpClient.newBuilder().authenticator(password).build();
            HttpRequest request = HttpRequest.newBuilder(uri).build();
            assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("of alice");
            assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("busy");
        } else {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setAuthenticator(password);
            assertThat(connection.getInputStream().readAllBytes()).asString().isEqualTo("of alice");
        }
        assertThat(Style.SEND.call(Call.get(uri)).text()).isEqualTo("busy");
        assertThat(Style.URL_BUFFERED.call(Call.get(uri)).text()).isEqualTo("busy");
    }

    @Test
    void factoriesThatCallThemselvesEqualMayShowDifferentCertificates() throws IOException {
        try (ScriptedServer secure = ScriptedServer.httpsForKnown(Hosts.CACHED)) {
            secure.play(ScriptedResponse.respond(200, "of alice")).otherwise(ScriptedResponse.respond(503, "busy"));
            SSLSocketFactory alice = new Equals(LoopbackTls.clientContext(LoopbackTls.Who.ALICE));
            SSLSocketFactory bob = new Equals(LoopbackTls.clientContext(LoopbackTls.Who.BOB));
            assertThat(statusOf(secure.uri("/equals"), alice)).isEqualTo("200 null");
            assertThat(statusOf(secure.uri("/equals"), bob)).isEqualTo("503 null");
            assertThat(statusOf(secure.uri("/equals"), alice)).isEqualTo("200 cache");
        }
    }

    private static String statusOf(URI uri, SSLSocketFactory factory) throws IOException {
        HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection();
        connection.setSSLSocketFactory(factory);
        int status = connection.getResponseCode();
        if (status == 200) {
            connection.getInputStream().readAllBytes();
        }
        return status + " " + connection.getHeaderField("Holdfast-Fallback");
    }

    /** An application's own, of which all are the same to itself. */
    private static final class Equals extends SSLSocketFactory {
        private final SSLSocketFactory real;

        Equals(SSLContext context) {
            real = context.getSocketFactory();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Equals;
        }

        @Override
        public int hashCode() {
            return 1;
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return real.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return real.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket() throws IOException {
            return real.createSocket();
        }

        @Override
        public Socket createSocket(Socket socket, String host, int port, boolean close) throws IOException {
            return real.createSocket(socket, host, port, close);
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return real.createSocket(host, port);
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return real.createSocket(host, port, local, localPort);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return real.createSocket(host, port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return real.createSocket(host, port, local, localPort);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatMayNotBeKeptIsNot(Style style) {
        int i = 0;
        for (ScriptedResponse response : new ScriptedResponse[] {
            ScriptedResponse.respond(200, "secret").header("Cache-Control", "no-store"),
            ScriptedResponse.respond(200, "any").header("Vary", "*"),
            ScriptedResponse.respond(200, "large ".repeat(11_000)),
            ScriptedResponse.respond(200, "large ".repeat(11_000)).chunked(),
            ScriptedResponse.respond(200, "session").header("Set-Cookie", "s=1"),
            ScriptedResponse.respond(200, "half of it").cutInBody(4, Cut.RESET)
        }) {
            URI uri = server.uri("/not/" + style + i++);
            server.reset();
            server.play(response).otherwise(ScriptedResponse.respond(503, "busy"));
            style.call(Call.get(uri));
            assertThat(style.call(Call.get(uri)).text()).as("%s", response).isEqualTo("busy");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAConditionFindsAnErrorInIsNotKept(Style style) {
        for (String error : new String[] {"an error for good", "throttled"}) {
            URI uri = server.uri("/judged/" + style + "/" + error.length());
            server.reset();
            server.play(ScriptedResponse.respond(200, "good")).otherwise(ScriptedResponse.respond(200, error));
            assertThat(style.call(Call.get(uri)).text()).isEqualTo("good");
            assertThat(style.call(Call.get(uri)).text()).isIn(error, "good");
            assertThat(server.requests()).hasSize(2);

            server.otherwise(ScriptedResponse.respond(503, "busy"));
            isKept(style.call(Call.get(uri)), "good");
        }
    }

    /** RFC 9111, section 4.4. */
    @ParameterizedTest
    @EnumSource
    void whatTheSameUserChangedIsForgottenAndNothingElse(Style style) {
        URI uri = server.uri("/changed?" + style);
        Call asked = Call.get(uri).header("Authorization", "alice");
        for (String method : new String[] {"POST", "PUT", "DELETE"}) {
            server.reset();
            server.play(
                            ScriptedResponse.respond(200, "old"),
                            ScriptedResponse.respond(200, "old"),
                            ScriptedResponse.respond(200, "of bob"),
                            ScriptedResponse.respond(400, "cannot be changed so"),
                            ScriptedResponse.respond(503, "busy"),
                            ScriptedResponse.respond(200, "changed"))
                    .otherwise(ScriptedResponse.respond(503, "busy"));
            style.call(asked);
            style.call(Call.of("HEAD", uri).header("Authorization", "alice"));
            style.call(Call.get(uri).header("Authorization", "bob"));
            Call change = (method.equals("DELETE") ? Call.of(method, uri) : changing(method, uri))
                    .header("Authorization", "alice");
            assertThat(style.call(change).status()).isEqualTo(400);
            isKept(style.call(asked), "old");
            assertThat(style.call(change).status()).as(method).isEqualTo(200);
            assertThat(style.call(asked).text()).as(method).isEqualTo("busy");
            assertThat(style.call(Call.of("HEAD", uri).header("Authorization", "alice"))
                            .status())
                    .isEqualTo(503);
            isKept(style.call(Call.get(uri).header("Authorization", "bob")), "of bob");
        }
    }

    /** Also by those whose bodies nobody reads. */
    @ParameterizedTest
    @EnumSource
    void whatTheOriginRevokedIsGone(Style style) {
        for (ScriptedResponse revoking : new ScriptedResponse[] {
            ScriptedResponse.respond(401, "who are you"),
            ScriptedResponse.respond(403, "not for you"),
            ScriptedResponse.respond(404, "not here"),
            ScriptedResponse.respond(410, "gone"),
            ScriptedResponse.respond(200, "secret now").header("Cache-Control", "no-store"),
            ScriptedResponse.respond(200, "secret now").header("Cache-Control", "no-store;max-age=1"),
            ScriptedResponse.respond(200, "old").header("Pragma", "no-cache"),
            ScriptedResponse.respond(304).header("Cache-Control", "private"),
        }) {
            server.reset();
            URI uri = server.uri("/revoked?" + style);
            server.play(ScriptedResponse.respond(200, "good"), ScriptedResponse.respond(503, "busy"), revoking)
                    .otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(style.call(Call.get(uri)).text()).isEqualTo("good");
            isKept(style.call(Call.get(uri)), "good");
            style.call(Call.get(uri));
            assertThat(style.call(Call.get(uri)).text()).as("%s", revoking).isEqualTo("busy");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerBehindARedirectIsNotKeptAndTakesNobodysPlace(Style style) {
        URI uri = server.uri("/home?" + style);
        server.play(
                        ScriptedResponse.respond(200, "home of alice"),
                        ScriptedResponse.respond(302).header("Location", "/login"),
                        ScriptedResponse.respond(200, "log in").header("Cache-Control", "no-store"))
                .otherwise(ScriptedResponse.respond(503, "busy"));
        Call call = Call.get(uri).following();
        assertThat(style.call(call).text()).isEqualTo("home of alice");
        assertThat(style.call(call).text()).isEqualTo("log in");
        isKept(style.call(call), "home of alice");
        server.reset();
        URI other = server.uri("/other?" + style);
        server.play(ScriptedResponse.respond(302).header("Location", "/page"), ScriptedResponse.respond(200, "page"))
                .otherwise(ScriptedResponse.respond(503, "busy"));
        assertThat(style.call(Call.get(other).following()).text()).isEqualTo("page");
        assertThat(style.call(Call.get(other).following()).text()).isEqualTo("busy");
        assertThat(style.call(Call.get(server.uri("/page")).following()).text()).isEqualTo("busy");
    }

    @ParameterizedTest
    @EnumSource
    void aPrivateAnswerIsKeptForNobodyUnlessTheFileSaysSo(Style style) {
        Call call = Call.get(server.uri("/private?" + style)).header("Authorization", "alice");
        server.play(ScriptedResponse.respond(200, "of alice").header("Cache-Control", "private, max-age=60"))
                .otherwise(ScriptedResponse.respond(503, "busy"));
        assertThat(style.call(call).text()).isEqualTo("of alice");
        assertThat(style.call(call).text()).isEqualTo("busy");
    }

    @ParameterizedTest
    @EnumSource
    void aNotModifiedFreshensWhatIsKept(Style style) {
        Call call = Call.get(server.uri("/fresh?" + style));
        server.play(
                        ScriptedResponse.respond(200, "good")
                                .header("ETag", "\"1\"")
                                .header("X-Version", "1"),
                        ScriptedResponse.respond(304).header("ETag", "\"1\"").header("X-Version", "2"))
                .otherwise(ScriptedResponse.respond(503, "busy"));
        assertThat(style.call(call).text()).isEqualTo("good");
        assertThat(style.call(call.header("If-None-Match", "\"1\"")).status()).isEqualTo(304);
        CallResult callResult = style.call(call);
        isKept(callResult, "good");
        assertThat(callResult.headers().get("x-version")).containsExactly("2");
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "URL_BUFFERED"})
    void whoAsksAsAnotherSubjectIsAnotherUser(Style style) {
        Call call = Call.get(server.uri("/subjects?" + style));
        Subject alice = new Subject();
        Subject bob = new Subject();
        server.play(ScriptedResponse.respond(200, "of alice")).otherwise(ScriptedResponse.respond(503, "busy"));
        assertThat(textAs(alice, style, call)).isEqualTo("of alice");
        assertThat(textAs(bob, style, call)).isEqualTo("busy");
        assertThat(style.call(call).text()).isEqualTo("busy");
        assertThat(textAs(alice, style, call)).isEqualTo("of alice");
    }

    @SuppressWarnings("removal") // doAs is the only way on 17
    private static String textAs(Subject subject, Style style, Call call) {
        PrivilegedAction<String> action = () -> style.call(call).text();
        try {
            // Subject.callAs, where there is one: doAs sets nothing on later Javas.
            return (String) Subject.class
                    .getMethod("callAs", Subject.class, Callable.class)
                    .invoke(null, subject, (Callable<String>) action::run);
        } catch (NoSuchMethodException e) {
            return Subject.doAs(subject, action);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Call changing(String method, URI uri) {
        return method.equals("POST") ? Call.post(uri, "new") : Call.put(uri, "new");
    }

    @ParameterizedTest
    @EnumSource
    void aHeadHasAnAnswerOfItsOwn(Style style) {
        URI uri = server.uri("/head?" + style);
        server.play(ScriptedResponse.respond(200, "body"), ScriptedResponse.respond(200, "other body"))
                .otherwise(ScriptedResponse.respond(503, "busy"));
        style.call(Call.of("HEAD", uri));
        assertThat(style.call(Call.get(uri)).text()).isEqualTo("other body");
        CallResult callResult = style.call(Call.of("HEAD", uri));
        isKept(callResult, "");
        assertThat(callResult.headers().get("content-length")).containsExactly("4");
        isKept(style.call(Call.get(uri)), "other body");
    }
}
