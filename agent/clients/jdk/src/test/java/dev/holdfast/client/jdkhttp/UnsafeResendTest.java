package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.io.IOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.PasswordAuthentication;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that the origin may have applied, and that is not idempotent, is sent once, however the attempt ends. */
class UnsafeResendTest {
    private static final List<BodyPublisher> BODIES =
            List.of(BodyPublishers.ofString("order"), BodyPublishers.noBody(), new Opaque("order"));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereARedirectLeadsToAServerThatRefuses(boolean async) {
        HttpClient client =
                HttpClient.newBuilder().followRedirects(Redirect.ALWAYS).build();
        for (BodyPublisher body : BODIES) {
            for (int status : new int[] {302, 307}) {
                try (ScriptedServer server = ScriptedServer.http();
                        Unreachable refusing = Unreachable.refusing("127.0.0.1")) {
                    server.otherwise(ScriptedResponse.respond(status)
                            .header("Location", refusing.uri("/next").toString()));
                    assertThatThrownBy(() -> new WovenClient(client, TestPolicy.QUICK)
                                    .call(async, post(server, body), BodyHandlers.ofString()))
                            .as("%s %s", status, body)
                            .isInstanceOf(ConnectException.class);
                    assertThat(server.requests()).hasSize(1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereAMethodThatThePolicyDoesNotNameHasNoBodyToBeWatched(boolean async) {
        HttpClient client =
                HttpClient.newBuilder().followRedirects(Redirect.ALWAYS).build();
        try (ScriptedServer server = ScriptedServer.http();
                Unreachable refusing = Unreachable.refusing("127.0.0.1")) {
            server.otherwise(ScriptedResponse.respond(307)
                    .header("Location", refusing.uri("/next").toString()));
            HttpRequest request = new OwnRequest(
                    "POST", HttpRequest.newBuilder(server.uri("/")).build());
            assertThatThrownBy(() ->
                            new WovenClient(client, TestPolicy.QUICK).call(async, request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereTheServerIsGoneWhenItsChallengeIsAnswered(boolean async) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .authenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return new PasswordAuthentication("user", "secret".toCharArray());
                    }
                })
                .build();
        for (BodyPublisher body : BODIES) {
            try (ScriptedServer server = ScriptedServer.http()) {
                server.play(
                        ScriptedResponse.respond(401)
                                .header("WWW-Authenticate", "Basic realm=\"r\"")
                                .closing(),
                        ScriptedResponse.onAccept(Cut.RESET),
                        ScriptedResponse.onAccept(Cut.RESET));
                assertThatThrownBy(() -> new WovenClient(client, TestPolicy.QUICK)
                                .call(async, post(server, body), BodyHandlers.ofString()))
                        .as("%s", body)
                        .isInstanceOf(IOException.class);
                assertThat(server.requests())
                        .extracting(ReceivedRequest::method)
                        .containsExactly("POST");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void butOneThatWasRefusedAtOnceIsTriedAgain(boolean async) {
        HttpClient client =
                HttpClient.newBuilder().followRedirects(Redirect.ALWAYS).build();
        for (BodyPublisher body : BODIES) {
            try (Unreachable refusing = Unreachable.refusing("127.0.0.1")) {
                HttpRequest request =
                        HttpRequest.newBuilder(refusing.uri("/")).POST(body).build();
                assertThatThrownBy(() ->
                                new WovenClient(client, TestPolicy.QUICK).call(async, request, BodyHandlers.ofString()))
                        .as("%s", body)
                        .isInstanceOf(ConnectException.class)
                        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(3));
            }
        }
    }

    private static HttpRequest post(ScriptedServer server, BodyPublisher body) {
        return HttpRequest.newBuilder(server.uri("/")).POST(body).build();
    }

    /** A publisher that is not the JDK's. */
    private record Opaque(String text) implements BodyPublisher {
        @Override
        public long contentLength() {
            return text.length();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            BodyPublishers.ofString(text).subscribe(subscriber);
        }
    }
}
