package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.CacheRequest;
import java.net.CacheResponse;
import java.net.CookieHandler;
import java.net.HttpURLConnection;
import java.net.ResponseCache;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The defaults that a connection took from the JVM when it was opened hold for its whole call, whatever the JVM's
 * defaults are later.
 */
class CapturedDefaultsTest {
    private final ScriptedServer server = ScriptedServer.http();
    private final SSLSocketFactory jvmsFactory = HttpsURLConnection.getDefaultSSLSocketFactory();
    private final HostnameVerifier jvmsVerifier = HttpsURLConnection.getDefaultHostnameVerifier();

    @AfterEach
    void restore() {
        server.close();
        CookieHandler.setDefault(null);
        ResponseCache.setDefault(null);
        HttpURLConnection.setFollowRedirects(true);
        URLConnection.setDefaultUseCaches("http", true);
        HttpsURLConnection.setDefaultSSLSocketFactory(jvmsFactory);
        HttpsURLConnection.setDefaultHostnameVerifier(jvmsVerifier);
    }

    /** Connections that Holdfast opens beside the application's. */
    enum Further {
        RETRY(
                server -> Policies.retry()
                        .backoff(new Backoff(1_000_000L, 1_000_000L, 1.0, Jitter.NONE))
                        .policy(),
                ScriptedResponse.respond(503, "busy")),
        HEDGE(
                server -> Policies.retry()
                        .hedge(new HedgePolicy(true, TimeUnit.MILLISECONDS.toNanos(20)))
                        .policy(),
                ScriptedResponse.afterRequest(ScriptedResponse.Cut.HANG)),
        DEGRADED(
                server -> Policies.retry()
                        .maxRetries(0)
                        .fallback(Fallbacks.degraded("http://localhost:" + server.port() + "/stand-in"))
                        .policy(),
                ScriptedResponse.respond(503, "busy"));

        private final Function<ScriptedServer, Policy> policy;
        private final ScriptedResponse first;

        Further(Function<ScriptedServer, Policy> policy, ScriptedResponse first) {
            this.policy = policy;
            this.first = first;
        }

        HttpURLConnection open(ScriptedServer server) throws IOException {
            server.play(first);
            return new WovenConnections(policy.apply(server)).open(server.uri("/"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionOpenedWithoutCookiesSendsNone(Further further) throws IOException {
        HttpURLConnection connection = further.open(server);
        CookieHandler.setDefault(new Cookies("later"));

        assertThat(connection.getResponseCode()).isEqualTo(200);
        assertThat(server.requests())
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.header("Cookie")).isEmpty());
    }

    @ParameterizedTest
    @EnumSource(names = {"RETRY", "HEDGE"})
    void everyAttemptAsksTheCookieHandlerThatTheConnectionWasOpenedWith(Further further) throws IOException {
        CookieHandler.setDefault(new Cookies("mine"));
        HttpURLConnection connection = further.open(server);
        CookieHandler.setDefault(new Cookies("of another user"));

        assertThat(connection.getResponseCode()).isEqualTo(200);
        assertThat(server.requests())
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.header("Cookie")).contains("who=mine"));
    }

    /** Credentials do not go to another origin unless the file says so. */
    @Test
    void whoHasCookiesFromTheStartIsNotSentToAnotherOrigin() throws IOException {
        CookieHandler.setDefault(new Cookies("mine"));
        HttpURLConnection connection = Further.DEGRADED.open(server);
        CookieHandler.setDefault(null);

        assertThat(connection.getResponseCode()).isEqualTo(503);
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void redirectsAreFollowedAsTheConnectionWasOpened(Further further) throws IOException {
        HttpURLConnection.setFollowRedirects(false);
        HttpURLConnection connection = further.open(server);
        server.play(ScriptedResponse.respond(302).header("Location", "/elsewhere"));
        HttpURLConnection.setFollowRedirects(true);

        assertThat(connection.getResponseCode()).isEqualTo(302);
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void everyAttemptAsksTheResponseCacheThatTheConnectionWasOpenedWith(Further further) throws IOException {
        Cache mine = new Cache();
        Cache later = new Cache();
        ResponseCache.setDefault(mine);
        HttpURLConnection connection = further.open(server);
        ResponseCache.setDefault(later);

        assertThat(connection.getResponseCode()).isEqualTo(200);
        assertThat(mine.asked).hasSize(2);
        assertThat(later.asked).isEmpty();
    }

    @Test
    void aConnectionOpenedNotToUseCachesUsesNone() throws IOException {
        Cache cache = new Cache();
        ResponseCache.setDefault(cache);
        URLConnection.setDefaultUseCaches("http", false);
        HttpURLConnection connection = Further.RETRY.open(server);
        URLConnection.setDefaultUseCaches("http", true);

        assertThat(connection.getResponseCode()).isEqualTo(200);
        assertThat(server.requests()).hasSize(2);
        assertThat(cache.asked).isEmpty();
    }

    @Test
    void everyAttemptTrustsAsTheConnectionWasOpened() throws IOException {
        try (ScriptedServer secure = ScriptedServer.https("127.0.0.1")) {
            HttpsURLConnection.setDefaultSSLSocketFactory(
                    LoopbackTls.clientContext().getSocketFactory());
            HttpsURLConnection.setDefaultHostnameVerifier((host, session) -> true);
            HttpURLConnection connection = Further.RETRY.open(secure);
            secure.play(ScriptedResponse.respond(503, "busy").closing());
            HttpsURLConnection.setDefaultSSLSocketFactory(jvmsFactory);
            HttpsURLConnection.setDefaultHostnameVerifier((host, session) -> false);

            assertThat(connection.getResponseCode()).isEqualTo(200);
            assertThat(new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("ok");
            assertThat(secure.requests()).hasSize(3);
        }
    }

    private static final class Cookies extends CookieHandler {
        private final String who;

        Cookies(String who) {
            this.who = who;
        }

        @Override
        public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers) {
            return Map.of("Cookie", List.of("who=" + who));
        }

        @Override
        public void put(URI uri, Map<String, List<String>> headers) {}
    }

    private static final class Cache extends ResponseCache {
        private final List<URI> asked = new CopyOnWriteArrayList<>();

        @Override
        public CacheResponse get(URI uri, String method, Map<String, List<String>> headers) {
            asked.add(uri);
            return null;
        }

        @Override
        public CacheRequest put(URI uri, URLConnection connection) {
            return null;
        }
    }
}
