package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.net.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests when the application gets a static response, and when the original one. */
class FallbackContract {
    private static final String BODY = "in place of it: \u00e9\n";

    private final ScriptedServer server = ScriptedServer.http(Hosts.DEFAULTED);

    @AfterEach
    void close() {
        server.close();
    }

    private static void isTheDefault(CallResult callResult) {
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(203);
        assertThat(callResult.text()).isEqualTo(BODY);
        assertThat(callResult.headers().get("x-many")).containsExactlyInAnyOrder("a", "b");
        assertThat(callResult.headers().get("content-type")).containsExactly("text/plain; charset=utf-8");
        assertThat(callResult.headers().get("content-length")).containsExactly("19");
        assertThat(callResult.headers().get("holdfast-fallback")).containsExactly("default_value");
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatStaysBusyIsAnsweredForOnceTheRetriesAreUsedUp(Style style) {
        server.otherwise(ScriptedResponse.respond(503, "busy").header("X-From", "server"));
        CallResult callResult = style.call(Call.get(server.uri("/a")));
        isTheDefault(callResult);
        assertThat(callResult.headers()).doesNotContainKey("x-from");
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatIsNotThereIsAnsweredFor(Style style) {
        try (Unreachable nobody = Unreachable.refusing(Hosts.DEFAULTED)) {
            isTheDefault(style.call(Call.get(nobody.uri("/"))));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeadGetsTheHeadersAlone(Style style) {
        server.otherwise(ScriptedResponse.respond(503, "busy"));
        CallResult callResult = style.call(Call.of("HEAD", server.uri("/a")));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(203);
        assertThat(callResult.body()).isEmpty();
        assertThat(callResult.headers().get("content-length")).containsExactly("19");
    }

    @ParameterizedTest
    @EnumSource
    void aPathMayHaveAnAnswerOfItsOwn(Style style) {
        server.otherwise(ScriptedResponse.respond(500, "broken"));
        CallResult callResult = style.call(Call.get(server.uri("/special/x.json?q=1")));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
        assertThat(callResult.text()).isEqualTo("{}");
        CallResult posted = style.call(Call.post(server.uri("/special/x.json"), "order"));
        assertThat(posted.text()).isEqualTo("{}");
    }

    @ParameterizedTest
    @EnumSource
    void whatNobodyListedIsTheApplications(Style style) {
        server.otherwise(ScriptedResponse.respond(404, "not here").header("X-From", "server"));
        CallResult callResult = style.call(Call.get(server.uri("/a")));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(404);
        assertThat(callResult.text()).isEqualTo("not here");
        assertThat(callResult.headers().get("x-from")).containsExactly("server");
        assertThat(callResult.headers()).doesNotContainKey("holdfast-fallback");
    }

    @ParameterizedTest
    @EnumSource
    void aCallWithoutAnAnswerEndsAsItWouldWithout(Style style) {
        String large = "busy ".repeat(50_000);
        server.otherwise(ScriptedResponse.respond(503, large).header("X-From", "server"));
        CallResult callResult = style.call(Call.post(server.uri("/a"), "order"));
        assertThat(callResult.status()).as("%s", callResult.status()).isEqualTo(503);
        assertThat(callResult.text()).isEqualTo(large);
        assertThat(callResult.headers().get("x-from")).containsExactly("server");
        assertThat(server.requests()).hasSize(1);

        try (Unreachable nobody = Unreachable.refusing(Hosts.DEFAULTED)) {
            CallResult refused = style.call(Call.post(nobody.uri("/"), "order"));
            assertThat(refused.thrown()).isInstanceOf(ConnectException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOpenBreakerIsAnsweredFor(Style style) {
        try (ScriptedServer breaking = ScriptedServer.http(Hosts.DEFAULTED_BREAKING)) {
            breaking.otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(style.call(Call.get(breaking.uri("/"))).text()).isEqualTo("nothing");
            CallResult callResult = style.call(Call.get(breaking.uri("/")));
            assertThat(callResult.text()).isEqualTo("nothing");
            assertThat(callResult.headers().get("holdfast-fallback")).containsExactly("default_value");
            assertThat(breaking.requests()).hasSize(1);
            CallResult rejected = style.call(Call.post(breaking.uri("/"), "order"));
            assertThat(rejected.thrown()).isInstanceOf(ConnectException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatBrokeWhileItWasHeldBackIsAnsweredFor(Style style) {
        try (ScriptedServer breaking = ScriptedServer.http(Hosts.DEFAULTED_BREAKING)) {
            breaking.otherwise(ScriptedResponse.respond(200, "half of it").cutInBody(4, Cut.RESET));
            assertThat(style.call(Call.get(breaking.uri("/"))).text()).isEqualTo("nothing");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SEND", "SEND_ASYNC"})
    void theConnectionsOfDiscardedAnswersAreUsedAgain(Style style) {
        server.otherwise(ScriptedResponse.respond(503, "busy"));
        for (int i = 0; i < 5; i++) {
            isTheDefault(style.call(Call.get(server.uri("/a"))));
        }
        assertThat(server.requests()).hasSize(10);
        assertThat(server.accepted()).isLessThan(10);
    }
}
