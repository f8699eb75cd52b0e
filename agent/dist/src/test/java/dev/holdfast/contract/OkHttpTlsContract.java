package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.client.jdkhttp.Http2Server;
import dev.holdfast.client.jdkhttp.Http2Server.Does;
import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.CertificatePinner;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.internal.http2.ErrorCode;
import okhttp3.internal.http2.StreamResetException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OkHttp over TLS: the streams of HTTP/2, which a server can reset one by one, and pinned certificates. */
class OkHttpTlsContract {
    private OkHttpClient client = new OkHttpClient.Builder()
            .sslSocketFactory(LoopbackTls.clientContext().getSocketFactory(), LoopbackTls.trustManager())
            .build();

    @AfterEach
    void stop() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    /** Its own repeats are off: one attempt is one stream. */
    private void sendsOnce() {
        client = client.newBuilder().retryOnConnectionFailure(false).build();
    }

    private String call(Http2Server server, boolean post, boolean enqueued) throws Exception {
        Request.Builder request = new Request.Builder().url(server.uri().toString());
        if (post) {
            request.post(RequestBody.create("order", null));
        }
        Call call = client.newCall(request.build());
        Response answered = enqueued ? enqueued(call) : call.execute();
        try (Response response = answered) {
            assertThat(response.protocol()).isEqualTo(Protocol.HTTP_2);
            return response.code() + " " + response.body().string();
        }
    }

    private static Response enqueued(Call call) throws Exception {
        CompletableFuture<Response> got = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                got.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call answered, Response response) {
                got.complete(response);
            }
        });
        try {
            return got.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private static List<String> bodies(Http2Server server) {
        return server.bodies().stream()
                .map(body -> new String(body, StandardCharsets.UTF_8))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void streams_that_are_answered_503_are_sent_again_on_the_same_connection(boolean enqueued) throws Exception {
        for (String host : List.of(Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT)) {
            try (Http2Server server = new Http2Server(host, Does.BUSY, Does.BUSY, Does.ANSWER)) {
                assertThat(call(server, false, enqueued)).as(host).isEqualTo("200 ok");
                assertThat(bodies(server)).as(host).containsExactly("", "", "");
                assertThat(server.connections()).as(host).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_get_whose_stream_is_reset_is_sent_again(boolean enqueued) throws Exception {
        sendsOnce();
        try (Http2Server server = new Http2Server(Hosts.QUICK, Does.RESET, Does.REFUSE, Does.ANSWER)) {
            assertThat(call(server, false, enqueued)).isEqualTo("200 ok");
            assertThat(bodies(server)).containsExactly("", "", "");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_post_that_was_not_processed_is_sent_again(boolean enqueued) throws Exception {
        sendsOnce();
        try (Http2Server server = new Http2Server(Hosts.QUICK, Does.REFUSE, Does.REFUSE, Does.ANSWER)) {
            assertThat(call(server, true, enqueued)).isEqualTo("200 ok");
            assertThat(bodies(server)).containsExactly("order", "order", "order");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_post_that_may_have_been_processed_is_sent_once(boolean enqueued) throws Exception {
        for (String host : List.of(Hosts.BARE, Hosts.QUICK)) {
            for (Does does : List.of(Does.RESET, Does.CANCEL)) {
                try (Http2Server server = new Http2Server(host, does)) {
                    ErrorCode code = does == Does.RESET ? ErrorCode.INTERNAL_ERROR : ErrorCode.CANCEL;
                    assertThatThrownBy(() -> call(server, true, enqueued))
                            .as("%s %s", host, does)
                            .isExactlyInstanceOf(StreamResetException.class)
                            .hasFieldOrPropertyWithValue("errorCode", code);
                    assertThat(bodies(server)).as("%s %s", host, does).containsExactly("order");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_certificate_that_is_not_pinned_is_an_error_at_once(boolean enqueued) throws Exception {
        for (String host : List.of(Hosts.BARE, Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT)) {
            client = client.newBuilder()
                    .certificatePinner(new CertificatePinner.Builder()
                            .add(host, "sha256/" + "A".repeat(43) + "=")
                            .build())
                    .build();
            try (ScriptedServer server = ScriptedServer.https(host)) {
                Call call = client.newCall(
                        new Request.Builder().url(server.uri("/").toString()).build());
                assertThatThrownBy(() -> {
                            try (Response unused = enqueued ? enqueued(call) : call.execute()) {}
                        })
                        .as(host)
                        .isExactlyInstanceOf(SSLPeerUnverifiedException.class)
                        .hasMessageStartingWith("Certificate pinning failure!")
                        .hasNoSuppressedExceptions();
                assertThat(server.requests()).as(host).isEmpty();
                assertThat(server.accepted()).as(host).isEqualTo(1);
            }
        }
    }
}
