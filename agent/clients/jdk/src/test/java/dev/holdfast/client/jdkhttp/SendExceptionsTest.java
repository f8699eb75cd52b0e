package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An asynchronous failure is made anew as the client's own {@code send} makes it. */
@Timeout(30)
class SendExceptionsTest {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofMillis(300))
            .build();

    private static void compare(URI uri, BodyHandler<?> handler) {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofMillis(900)).build();
        String sent = CallEnd.of(() -> CLIENT.send(request, handler));
        assertThat(sent).startsWith("threw ");
        assertThat(CallEnd.of(() -> {
                    try {
                        return CLIENT.sendAsync(request, handler).join();
                    } catch (CompletionException e) {
                        throw SendExceptions.of(e);
                    }
                }))
                .isEqualTo(sent);
    }

    @Test
    void ofAServerThatBreaks() {
        for (ScriptedResponse response : new ScriptedResponse[] {
            ScriptedResponse.afterRequest(Cut.RESET),
            ScriptedResponse.afterRequest(Cut.CLOSE),
            ScriptedResponse.afterRequest(Cut.HANG),
            ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.CLOSE)
        }) {
            try (ScriptedServer server = ScriptedServer.http()) {
                server.otherwise(response);
                compare(server.uri("/"), BodyHandlers.ofString());
            }
        }
    }

    @Test
    void ofAServerThatCannotBeReached() {
        try (Unreachable refusing = Unreachable.refusing("127.0.0.1")) {
            compare(refusing.uri("/"), BodyHandlers.ofString());
        }
        try (Unreachable silent = Unreachable.silent("127.0.0.1")) {
            compare(silent.uri("/"), BodyHandlers.ofString());
        }
        compare(URI.create("http://" + Unreachable.UNRESOLVABLE_HOST + "/"), BodyHandlers.ofString());
    }

    @Test
    void ofAServerThatIsNotTrusted() {
        try (ScriptedServer server = ScriptedServer.https("localhost")) {
            compare(server.uri("/"), BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofAHandlerThatFails(boolean late) {
        for (Supplier<RuntimeException> failure : java.util.List.<Supplier<RuntimeException>>of(
                () -> new IllegalStateException("no"),
                () -> new IllegalArgumentException("no"),
                () -> new SecurityException("no"))) {
            try (ScriptedServer server = ScriptedServer.http()) {
                compare(server.uri("/"), head -> {
                    if (late) {
                        return BodySubscribers.mapping(BodySubscribers.discarding(), nothing -> {
                            throw failure.get();
                        });
                    }
                    throw failure.get();
                });
            }
        }
    }
}
