package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.TimeValue;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The requests of a client that retries by itself, as Apache HttpClient 5 does unless it is told otherwise: once, after
 * a second, on 429 and 503 for any method; once, at once, on a broken connection for idempotent ones.
 */
class OwnRetriesContract {
    private final CloseableHttpClient client = HttpClients.createDefault();

    @AfterEach
    void close() throws IOException {
        client.close();
    }

    @Test
    void aStatusThatThePolicyRetriesIsSentAgainByThePolicyAlone() throws IOException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));

            assertThat(status(new HttpGet(server.uri("/")))).isEqualTo(503);

            assertThat(server.requests()).as("one request an attempt").hasSize(4);
        }
    }

    @Test
    void aBodyThatIsReplayedGoesOutOncePerAttempt() throws IOException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(503), ScriptedResponse.respond(429));
            HttpPut put = new HttpPut(server.uri("/"));
            put.setEntity(new InputStreamEntity(bytes("whole"), null));

            assertThat(status(put)).isEqualTo(200);

            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("whole", "whole", "whole");
        }
    }

    @Test
    void aStatusThatThePolicyDoesNotRetryIsLeftToTheClient() throws IOException {
        try (CloseableHttpClient own = HttpClients.custom()
                        .setRetryStrategy(
                                new DefaultHttpRequestRetryStrategy(
                                        2, TimeValue.ZERO_MILLISECONDS, List.of(), List.of(404)) {})
                        .build();
                ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(404), ScriptedResponse.respond(404));

            int status = own.execute(new HttpGet(server.uri("/")), response -> response.getCode());

            assertThat(status).isEqualTo(200);

            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void aPostThatThePolicyDoesNotRetryIsWhatTheClientMakesOfIt() throws IOException {
        for (String host : List.of(Hosts.BARE, Hosts.QUICK, Hosts.OBSERVED)) {
            try (ScriptedServer server = ScriptedServer.http(host)) {
                server.otherwise(ScriptedResponse.respond(503, "busy"));
                HttpPost post = new HttpPost(server.uri("/"));
                post.setEntity(new StringEntity("order"));

                assertThat(status(post)).as(host).isEqualTo(503);

                assertThat(server.requests())
                        .as(host)
                        .extracting(ReceivedRequest::text)
                        .containsExactly("order", "order");
            }
        }
    }

    @Test
    void aBrokenConnectionIsRetriedByTheClientWithinEachAttempt() throws IOException {
        try (ScriptedServer bare = ScriptedServer.http(Hosts.BARE);
                ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            ScriptedResponse broken = ScriptedResponse.afterRequest(Cut.CLOSE);
            bare.otherwise(broken);
            server.otherwise(broken);

            Assertions.assertThatThrownBy(() -> status(new HttpGet(bare.uri("/"))))
                    .isExactlyInstanceOf(NoHttpResponseException.class)
                    .hasMessage("127.0.0.1:" + bare.port() + " failed to respond");
            Assertions.assertThatThrownBy(() -> status(new HttpGet(server.uri("/"))))
                    .isExactlyInstanceOf(NoHttpResponseException.class)
                    .hasMessage("127.0.0.2:" + server.port() + " failed to respond");

            assertThat(bare.requests()).hasSize(2);
            assertThat(server.requests()).hasSize(8);
        }
    }

    private int status(HttpUriRequestBase request) throws IOException {
        return client.execute(request, response -> response.getCode());
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
