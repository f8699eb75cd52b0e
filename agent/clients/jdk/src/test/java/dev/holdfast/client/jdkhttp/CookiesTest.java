package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Fallbacks;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the caller's identity where a client's own cookies tell it. */
class CookiesTest {
    /** The attempt that is answered has a cookie that the call did not begin with. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAnswerToACookieThatCameBetweenTheAttemptsIsNotKeptForThoseWhoHaveNone(boolean async) throws Exception {
        CookieManager cookies = new CookieManager();
        WovenClient client = new WovenClient(
                HttpClient.newBuilder().cookieHandler(cookies).build(),
                TestPolicy.QUICK.maxRetries(1),
                Fallbacks.cache());
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "busy").header("Set-Cookie", "session=alice; Path=/"))
                    .play(ScriptedResponse.respond(200, "of alice"))
                    .otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(body(client, async, server)).isEqualTo("of alice");
            assertThat(server.requests().get(1).header("Cookie")).contains("session=alice");
            cookies.getCookieStore().removeAll();
            assertThat(body(client, async, server)).isEqualTo("busy");
            assertThat(client.defects).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCookieStoreThatFailsCostsNoAnswer(boolean async) throws Exception {
        AtomicBoolean fails = new AtomicBoolean();
        Store store = new Store(fails);
        WovenClient client = new WovenClient(
                HttpClient.newBuilder()
                        .cookieHandler(new CookieManager(store, null))
                        .build(),
                TestPolicy.QUICK,
                Fallbacks.cache());
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(request -> {
                fails.set(true);
                return ScriptedResponse.respond(200, "good");
            });
            assertThat(body(client, async, server)).isEqualTo("good");
            assertThat(client.defects)
                    .singleElement()
                    .satisfies(defect -> assertThat(defect).startsWith("a response is not stored"));
        }
    }

    private static String body(WovenClient client, boolean async, ScriptedServer server) throws Exception {
        return client.call(async, HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString())
                .body();
    }

    /** An application's own. */
    private static final class Store implements java.net.CookieStore {
        private final AtomicBoolean fails;

        Store(AtomicBoolean fails) {
            this.fails = fails;
        }

        @Override
        public List<HttpCookie> get(URI uri) {
            if (fails.get()) {
                throw new IllegalStateException("no cookies today");
            }
            return List.of();
        }

        @Override
        public void add(URI uri, HttpCookie cookie) {}

        @Override
        public List<HttpCookie> getCookies() {
            return List.of();
        }

        @Override
        public List<URI> getURIs() {
            return List.of();
        }

        @Override
        public boolean remove(URI uri, HttpCookie cookie) {
            return false;
        }

        @Override
        public boolean removeAll() {
            return false;
        }
    }
}
