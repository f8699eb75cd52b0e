package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ConnectProxy;
import dev.holdfast.testkit.ConnectProxy.Does;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls to a host without a policy that an attempt of Apache HttpClient 5 makes: they are no part of the attempt. */
class Apache5NestedCallContract {
    /** The code that makes them. */
    enum From {
        REQUEST_INTERCEPTOR,
        RESPONSE_INTERCEPTOR,
        ELEMENT,
        ELEMENT_BEHIND
    }

    private static final String PATH = "/own";

    private final ScriptedServer tokens = ScriptedServer.http(Hosts.BARE);
    private CloseableHttpClient client = HttpClients.createDefault();
    private ClassicHttpRequest within = new HttpGet(tokens.uri("/token"));
    private CloseableHttpClient sender = client;

    /** The client makes them with itself, or with another one. */
    private void makesCalls(From from, boolean itself) {
        HttpClientBuilder builder = HttpClients.custom().disableAutomaticRetries();
        switch (from) {
            case REQUEST_INTERCEPTOR ->
                builder.addRequestInterceptorLast((request, entity, context) -> {
                    if (isOwn(request)) {
                        call();
                    }
                });
            case RESPONSE_INTERCEPTOR ->
                builder.addResponseInterceptorLast((response, entity, context) -> {
                    if (response.getFirstHeader("X-Within") == null) {
                        call();
                    }
                });
            case ELEMENT ->
                builder.addExecInterceptorFirst("own", (request, scope, chain) -> {
                    if (isOwn(request)) {
                        call();
                    }
                    return chain.proceed(request, scope);
                });
            default ->
                builder.addExecInterceptorLast("own", (request, scope, chain) -> {
                    ClassicHttpResponse response = chain.proceed(request, scope);
                    if (isOwn(request)) {
                        call();
                    }
                    return response;
                });
        }
        client = builder.build();
        if (itself) {
            sender = client;
        }
    }

    private static boolean isOwn(HttpRequest request) {
        return Objects.equals(request.getPath(), PATH);
    }

    private void call() {
        try {
            sender.execute(within, response -> response.getCode());
        } catch (IOException e) {
            // It says nothing about the call around it.
        }
    }

    @BeforeEach
    void answersSayWhoseTheyAre() {
        tokens.otherwise(ScriptedResponse.respond(200, "token").header("X-Within", "yes"));
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        sender.close();
        tokens.close();
    }

    @ParameterizedTest
    @EnumSource
    void aTunnelThatOneDoesNotGetIsNoFailureOfTheAttempt(From from) throws IOException {
        try (ConnectProxy proxy = new ConnectProxy().otherwise(Does.UNAVAILABLE);
                ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            sender = HttpClients.custom()
                    .disableAutomaticRetries()
                    .setProxy(new HttpHost("127.0.0.1", proxy.address().getPort()))
                    .build();
            within = new HttpGet(URI.create("https://" + Hosts.BARE + "/audit"));
            makesCalls(from, false);
            HttpPut put = new HttpPut(server.uri(PATH));
            put.setEntity(new StringEntity("order"));
            server.otherwise(ScriptedResponse.respond(404, "none"));

            int status = client.execute(put, response -> response.getCode());

            assertThat(status).isEqualTo(404);
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("order");
            assertThat(proxy.asked()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REQUEST_INTERCEPTOR", "ELEMENT"})
    void theAttemptIsCutOffAtItsOwnConnection(From from) throws IOException {
        for (boolean itself : new boolean[] {true, false}) {
            try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT)) {
                server.play(ScriptedResponse.afterRequest(Cut.HANG));
                makesCalls(from, itself);

                int status = client.execute(new HttpGet(server.uri(PATH)), response -> response.getCode());

                assertThat(status).isEqualTo(200);
                assertThat(server.requests()).hasSize(2);
                assertThat(tokens.requests()).hasSize(2);
                tokens.reset();
                answersSayWhoseTheyAre();
            }
        }
    }

    @Test
    void thatOneWasSentDoesNotMeanThatTheAttemptWas() {
        try (Unreachable refusing = Unreachable.refusing(Hosts.QUICK)) {
            makesCalls(From.ELEMENT, true);
            HttpPost post = new HttpPost(refusing.uri(PATH));
            post.setEntity(new StringEntity("order"));

            assertThatThrownBy(() -> client.execute(post, response -> response.getCode()))
                    .isInstanceOf(ConnectException.class)
                    .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(3));
            assertThat(tokens.requests())
                    .extracting(ReceivedRequest::target)
                    .isEqualTo(List.of("/token", "/token", "/token", "/token"));
        }
    }
}
