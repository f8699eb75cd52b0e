package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Answer;
import dev.holdfast.testkit.Answer.Cut;
import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ScriptedServer;
import java.net.URI;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the application gets of the last good answers. */
class CacheContract {
    private final ScriptedServer server = ScriptedServer.http(Hosts.CACHED);

    @AfterEach
    void close() {
        server.close();
    }

    private static void isKept(Seen seen, String text) {
        assertThat(seen.status()).as("%s", seen).isEqualTo(200);
        assertThat(seen.text()).isEqualTo(text);
        assertThat(seen.headers().get("holdfast-fallback")).containsExactly("cache");
        assertThat(seen.headers().get("age")).hasSize(1);
        assertThat(seen.headers().get("cache-status"))
                .singleElement()
                .satisfies(status -> assertThat(status).startsWith("holdfast; hit; ttl="));
    }

    @ParameterizedTest
    @EnumSource
    void theLastGoodAnswerStandsInForABadOne(Style style) {
        URI uri = server.uri("/last?" + style);
        String large = "good ".repeat(10_000);
        server.play(
                Answer.respond(200, "first"),
                Answer.respond(200, large).header("X-From", "server").chunked(),
                Answer.respond(404, "not here"),
                Answer.respond(503, "busy"));
        assertThat(style.call(Call.get(uri)).text()).isEqualTo("first");
        Seen live = style.call(Call.get(uri));
        assertThat(live.text()).isEqualTo(large);
        assertThat(live.headers()).doesNotContainKey("holdfast-fallback");
        assertThat(style.call(Call.get(uri)).status()).isEqualTo(404);
        Seen seen = style.call(Call.get(uri));
        isKept(seen, large);
        assertThat(seen.headers().get("x-from")).containsExactly("server");
        assertThat(seen.headers().get("content-length")).containsExactly("50000");
        assertThat(seen.headers()).doesNotContainKey("transfer-encoding");
        server.close();
        isKept(style.call(Call.get(uri)), large);
    }

    @ParameterizedTest
    @EnumSource
    void oneUsersAnswerIsNeverAnothers(Style style) {
        for (String header : new String[] {"Authorization", "Cookie", "X-Api-Key"}) {
            Call call = Call.get(server.uri("/users?" + style + header));
            server.reset();
            server.play(Answer.respond(200, "of alice")).otherwise(Answer.respond(503, "busy"));
            assertThat(style.call(call.header(header, "alice")).text()).isEqualTo("of alice");
            assertThat(style.call(call.header(header, "bob")).text()).isEqualTo("busy");
            assertThat(style.call(call).text()).isEqualTo("busy");
            isKept(style.call(call.header(header, "alice")), "of alice");
            server.play(Answer.respond(200, "of bob"), Answer.respond(200, "of nobody"));
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
            secure.play(Answer.respond(200, "of alice")).otherwise(Answer.respond(503, "busy"));
            Style.trust(alice);
            assertThat(style.call(call).text()).isEqualTo("of alice");
            Style.trust(bob);
            assertThat(style.call(call).text()).isEqualTo("busy");
            secure.play(Answer.respond(200, "of bob"));
            assertThat(style.call(call).text()).isEqualTo("of bob");
            isKept(style.call(call), "of bob");
            Style.trust(alice);
            isKept(style.call(call), "of alice");
        } finally {
            Style.trust(null);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatMayNotBeKeptIsNot(Style style) {
        int i = 0;
        for (Answer answer : new Answer[] {
            Answer.respond(200, "secret").header("Cache-Control", "no-store"),
            Answer.respond(200, "any").header("Vary", "*"),
            Answer.respond(200, "large ".repeat(11_000)),
            Answer.respond(200, "large ".repeat(11_000)).chunked(),
            Answer.respond(200, "session").header("Set-Cookie", "s=1"),
            Answer.respond(200, "half of it").cutInBody(4, Cut.RESET)
        }) {
            URI uri = server.uri("/not/" + style + i++);
            server.reset();
            server.play(answer).otherwise(Answer.respond(503, "busy"));
            style.call(Call.get(uri));
            assertThat(style.call(Call.get(uri)).text()).as("%s", answer).isEqualTo("busy");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeadHasAnAnswerOfItsOwn(Style style) {
        URI uri = server.uri("/head?" + style);
        server.play(Answer.respond(200, "body"), Answer.respond(200, "other body"))
                .otherwise(Answer.respond(503, "busy"));
        style.call(Call.of("HEAD", uri));
        assertThat(style.call(Call.get(uri)).text()).isEqualTo("other body");
        Seen seen = style.call(Call.of("HEAD", uri));
        isKept(seen, "");
        assertThat(seen.headers().get("content-length")).containsExactly("4");
        isKept(style.call(Call.get(uri)), "other body");
    }
}
