package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * OkHttp sends no second request along the chain of a call while the response to the first one is open. Interceptors of
 * the program leave responses open, or send requests again themselves.
 */
class OkHttpOpenResponseContract {
    private static final ScriptedResponse BUSY = ScriptedResponse.respond(503, "busy");
    private static final ScriptedResponse OK = ScriptedResponse.respond(200, "ok");

    private OkHttpClient client = new OkHttpClient();

    @AfterEach
    void stop() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    private String get(ScriptedServer server) throws IOException {
        Request request = new Request.Builder().url(server.uri("/").toString()).build();
        try (Response response = client.newCall(request).execute()) {
            return response.code() + " " + response.body().string();
        }
    }

    private static Response replaced(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        return response.newBuilder().body(ResponseBody.create("replaced", null)).build();
    }

    @ParameterizedTest
    @ValueSource(strings = {Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT, Hosts.LONG_DEADLINE})
    void a_retry_is_sent_where_a_network_interceptor_never_closes_what_it_replaces(String host) throws IOException {
        client = client.newBuilder()
                .addNetworkInterceptor(OkHttpOpenResponseContract::replaced)
                .build();
        try (ScriptedServer server = ScriptedServer.http(host).play(BUSY, BUSY, OK)) {
            assertThat(get(server)).isEqualTo("200 replaced");
            assertThat(server.requests()).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Hosts.BARE, Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT, Hosts.NUMBERED_HEDGED})
    void an_interceptor_that_closes_a_response_can_send_again(String host) throws IOException {
        client = client.newBuilder()
                .addInterceptor(chain -> {
                    chain.proceed(chain.request()).close();
                    return chain.proceed(chain.request());
                })
                .build();
        try (ScriptedServer server = ScriptedServer.http(host).otherwise(OK)) {
            assertThat(get(server)).isEqualTo("200 ok");
            assertThat(server.requests()).hasSize(2);
        }
    }

    /** An attempt with a time limit is a call of its own, of which the chain knows no response. */
    @ParameterizedTest
    @ValueSource(strings = {Hosts.BARE, Hosts.QUICK, Hosts.OBSERVED})
    void an_interceptor_that_leaves_a_response_open_hears_so_when_it_sends_again(String host) {
        client = client.newBuilder()
                .addInterceptor(chain -> {
                    Response unused = chain.proceed(chain.request());
                    return chain.proceed(chain.request());
                })
                .build();
        try (ScriptedServer server = ScriptedServer.http(host).otherwise(OK)) {
            assertThatThrownBy(() -> get(server))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("previous response is still open");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Hosts.BARE, Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT, Hosts.NUMBERED_HEDGED})
    void a_network_interceptor_that_sends_twice_hears_so(String host) {
        client = client.newBuilder()
                .addNetworkInterceptor(chain -> {
                    chain.proceed(chain.request()).close();
                    return chain.proceed(chain.request());
                })
                .build();
        try (ScriptedServer server = ScriptedServer.http(host).otherwise(OK)) {
            assertThatThrownBy(() -> get(server))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("must call proceed() exactly once");
            assertThat(server.requests()).hasSize(1);
        }
    }
}
