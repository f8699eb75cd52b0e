package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the caller's identity, as far as the client and the request tell. */
class JdkCallerIdentityTest {
    private static final HttpRequest REQUEST =
            HttpRequest.newBuilder(URI.create("https://127.0.0.1/")).build();

    private final FallbackStrategies fallbackStrategies = new FallbackStrategies((what, why) -> {});

    /** A request to a host that is an address carries the server name of its parameters. */
    @Test
    void whoAsksForAnotherServerNameIsAnother() {
        assertThat(identity("a.example")).isEqualTo(identity("a.example")).isNotEqualTo(identity("b.example"));
        assertThat(identity("a.example"))
                .isNotEqualTo(JdkCallerIdentity.identity(HttpClient.newHttpClient(), REQUEST, fallbackStrategies));
    }

    private @Nullable Identity identity(String serverName) {
        SSLParameters parameters = new SSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        return JdkCallerIdentity.identity(
                HttpClient.newBuilder().sslParameters(parameters).build(), REQUEST, fallbackStrategies);
    }

    /** A client takes the JVM's selector when it is made, and does not show which. */
    @Test
    void whoseProxyMayBeAnEarlierDefaultIsUnknown() {
        ProxySelector before = ProxySelector.getDefault();
        try {
            ProxySelector.setDefault(ProxySelector.of(new InetSocketAddress("127.0.0.1", 1)));
            HttpClient client = HttpClient.newHttpClient();
            assertThat(JdkCallerIdentity.identity(client, REQUEST, fallbackStrategies))
                    .isNotNull();
            ProxySelector.setDefault(ProxySelector.of(new InetSocketAddress("127.0.0.1", 2)));
            assertThat(JdkCallerIdentity.identity(client, REQUEST, fallbackStrategies))
                    .isNull();
            assertThat(JdkCallerIdentity.identity(HttpClient.newHttpClient(), REQUEST, fallbackStrategies))
                    .isNull();
            HttpClient own =
                    HttpClient.newBuilder().proxy(ProxySelector.getDefault()).build();
            assertThat(JdkCallerIdentity.identity(own, REQUEST, fallbackStrategies))
                    .isNotNull();
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    /** A request of the application's own class may say other headers to whom asks later, or on another thread. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatARequestOfAnotherClassIsAnsweredIsNotKept(boolean async) throws Exception {
        WovenClient client =
                new WovenClient(HttpClient.newHttpClient(), TestPolicy.QUICK, dev.holdfast.policy.Fallbacks.cache());
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(200, "of alice")).otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(client.call(async, ofThisThread(server), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("of alice");
            assertThat(client.call(async, ofThisThread(server), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("busy");
        }
    }

    private static HttpRequest ofThisThread(ScriptedServer server) {
        Thread asking = Thread.currentThread();
        return new OwnRequest("GET", HttpRequest.newBuilder(server.uri("/")).build()) {
            @Override
            public HttpHeaders headers() {
                String user = Thread.currentThread() == asking ? "alice" : "nobody";
                return HttpHeaders.of(Map.of("X-User", List.of(user)), (name, value) -> true);
            }
        };
    }
}
