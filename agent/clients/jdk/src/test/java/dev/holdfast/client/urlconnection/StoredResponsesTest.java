package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Fallbacks;
import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpURLConnection;
import java.net.PasswordAuthentication;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests which responses are stored, and for whom. */
class StoredResponsesTest {
    @Test
    void anAnswerToACookieThatCameBetweenTheAttemptsIsNotKeptForThoseWhoHaveNone() throws IOException {
        CookieManager cookies = new CookieManager();
        CookieHandler.setDefault(cookies);
        try (ScriptedServer server = ScriptedServer.http()) {
            WovenConnections wovenConnections = new WovenConnections(
                    Policies.retry().fallback(Fallbacks.cache()).policy());
            server.play(ScriptedResponse.respond(503, "busy").header("Set-Cookie", "session=alice; Path=/"))
                    .play(ScriptedResponse.respond(200, "of alice"))
                    .otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(text(wovenConnections.open(server.uri("/")))).isEqualTo("of alice");
            assertThat(server.requests().get(1).header("Cookie")).contains("session=alice");
            cookies.getCookieStore().removeAll();
            assertThat(wovenConnections.open(server.uri("/")).getResponseCode()).isEqualTo(503);
            assertThat(wovenConnections.defects).isEmpty();
        } finally {
            CookieHandler.setDefault(null);
        }
    }

    /** The JDK sends a password that it was once given for as long as it runs. */
    @Test
    void anAnswerToAPasswordIsNotKeptEvenWhenWhoGaveItIsGone() throws IOException {
        try (ScriptedServer server = ScriptedServer.http()) {
            WovenConnections wovenConnections = new WovenConnections(
                    Policies.retry().maxRetries(0).fallback(Fallbacks.cache()).policy());
            server.play(
                            ScriptedResponse.respond(401).header("WWW-Authenticate", "Basic realm=\"r\""),
                            ScriptedResponse.respond(200, "of alice"),
                            ScriptedResponse.respond(200, "of alice"))
                    .otherwise(ScriptedResponse.respond(503, "busy"));
            Authenticator.setDefault(new Authenticator() {
                @Override
                protected PasswordAuthentication getPasswordAuthentication() {
                    return new PasswordAuthentication("alice", "s3cret".toCharArray());
                }
            });
            assertThat(text(wovenConnections.open(server.uri("/")))).isEqualTo("of alice");
            Authenticator.setDefault(null);
            assertThat(text(wovenConnections.open(server.uri("/")))).isEqualTo("of alice");
            assertThat(server.requests().get(2).header("Authorization")).isPresent();
            assertThat(wovenConnections.open(server.uri("/")).getResponseCode()).isEqualTo(503);
        } finally {
            Authenticator.setDefault(null);
        }
    }

    @Test
    void aLineThatIsNoHeaderHidesNothingOfWhatFollows() throws IOException {
        try (ScriptedServer server = ScriptedServer.http()) {
            WovenConnections wovenConnections = new WovenConnections(
                    Policies.retry().maxRetries(0).fallback(Fallbacks.cache()).policy());
            server.play(ScriptedResponse.respond(200, "secret")
                            .header("X-First", "1\r\nthis is no header")
                            .header("Cache-Control", "no-store"))
                    .otherwise(ScriptedResponse.respond(503, "busy"));
            HttpURLConnection live = wovenConnections.open(server.uri("/"));
            assertThat(text(live)).isEqualTo("secret");
            assertThat(live.getHeaderField("Cache-Control")).isEqualTo("no-store");
            assertThat(wovenConnections.open(server.uri("/")).getResponseCode()).isEqualTo(503);
        }
    }

    /** A connection takes it for a line without a name. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Cache-Control | no-store",
                "Cache-Control | private",
                "Pragma | no-cache",
                "Vary | *",
                "Set-Cookie | s=1"
            })
    void whatABlankBeforeTheColonHidesForbidsToKeepIt(String name, String value) throws IOException {
        try (ScriptedServer server = ScriptedServer.http()) {
            WovenConnections wovenConnections = new WovenConnections(
                    Policies.retry().maxRetries(0).fallback(Fallbacks.cache()).policy());
            server.play(ScriptedResponse.respond(200, "secret").header(name + ' ', value))
                    .otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(text(wovenConnections.open(server.uri("/")))).isEqualTo("secret");
            assertThat(wovenConnections.open(server.uri("/")).getResponseCode()).isEqualTo(503);
        }
    }

    /** A connection replaces the last of the values, and sends the others. */
    @Test
    void whoSetsAHeaderThatWasAddedTwiceIsStillWhoAddedIt() throws IOException {
        try (ScriptedServer server = ScriptedServer.http()) {
            WovenConnections wovenConnections = new WovenConnections(
                    Policies.retry().maxRetries(0).fallback(Fallbacks.cache()).policy());
            server.play(ScriptedResponse.respond(200, "of alice")).otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(text(asked(wovenConnections, server, "alice"))).isEqualTo("of alice");
            assertThat(server.requests().get(0).headers("X-User")).containsExactly("alice", "service");
            assertThat(asked(wovenConnections, server, "bob").getResponseCode()).isEqualTo(503);
            assertThat(text(asked(wovenConnections, server, "alice"))).isEqualTo("of alice");
        }
    }

    private static HttpURLConnection asked(WovenConnections wovenConnections, ScriptedServer server, String user)
            throws IOException {
        HttpURLConnection connection = wovenConnections.open(server.uri("/"));
        connection.addRequestProperty("X-User", user);
        connection.addRequestProperty("X-User", "any");
        connection.setRequestProperty("X-User", "service");
        return connection;
    }

    @Test
    void namesThatDifferByCaseAreOneHeader() throws IOException {
        try (ScriptedServer server = ScriptedServer.http()) {
            WovenConnections wovenConnections = new WovenConnections(
                    Policies.retry().maxRetries(0).fallback(Fallbacks.cache()).policy());
            server.play(ScriptedResponse.respond(200, "good")
                            .header("X-Many", "a")
                            .header("x-many", "b"))
                    .otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(text(wovenConnections.open(server.uri("/")))).isEqualTo("good");
            HttpURLConnection kept = wovenConnections.open(server.uri("/"));
            assertThat(text(kept)).isEqualTo("good");
            assertThat(kept.getHeaderFields().get("X-Many")).containsExactly("a", "b");
        }
    }

    private static String text(HttpURLConnection connection) throws IOException {
        try (InputStream body = connection.getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
