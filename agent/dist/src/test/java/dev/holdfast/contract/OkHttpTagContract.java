package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The tags of OkHttp's requests and calls: each attempt has them, those that an interceptor sets included, and the
 * program finds them at its own call.
 */
class OkHttpTagContract {
    private record Tenant(String name) {}

    private record Trace(String id) {}

    private record Sent(int times) {}

    private OkHttpClient client = new OkHttpClient();

    @AfterEach
    void stop() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    @ParameterizedTest
    @CsvSource({
        Hosts.BARE + ", false, 1",
        Hosts.QUICK + ", false, 2",
        Hosts.QUICK + ", true, 2",
        Hosts.ATTEMPT_TIMEOUT + ", false, 2",
        Hosts.ATTEMPT_TIMEOUT + ", true, 2",
        Hosts.NUMBERED_HEDGED + ", false, 2"
    })
    void each_attempt_has_the_tags_of_request_and_call(String host, boolean enqueued, int attempts) throws Exception {
        List<Object> seen = Collections.synchronizedList(new ArrayList<>());
        List<Call> calls = Collections.synchronizedList(new ArrayList<>());
        client = client.newBuilder()
                .addNetworkInterceptor(chain -> {
                    calls.add(chain.call());
                    seen.add(chain.request().tag());
                    seen.add(chain.request().tag(Tenant.class));
                    seen.add(chain.call().tag(Tenant.class));
                    seen.add(chain.call().tag(Trace.class, () -> new Trace("computed")));
                    Sent unused = chain.call().tag(Sent.class, () -> new Sent(attempts));
                    return chain.proceed(chain.request());
                })
                .build();
        Tenant tenant = new Tenant("shop");
        try (ScriptedServer server = ScriptedServer.http(host)) {
            if (attempts > 1) {
                server.play(ScriptedResponse.respond(503));
            }
            Call call = client.newCall(new Request.Builder()
                    .url(server.uri("/").toString())
                    .tag("untyped")
                    .tag(Tenant.class, tenant)
                    .build());
            Trace trace = new Trace("set before");
            assertThat(call.tag(Trace.class, () -> trace)).isSameAs(trace);

            Request answered = enqueued ? enqueued(call) : executed(call);

            assertThat(server.requests()).hasSize(attempts);
            assertThat(answered.tag()).isEqualTo("untyped");
            assertThat(answered.tag(Tenant.class)).isSameAs(tenant);
            assertThat(call.tag(Trace.class)).isSameAs(trace);
            assertThat(call.tag(Sent.class)).isEqualTo(new Sent(attempts));
            assertThat(calls)
                    .hasSize(attempts)
                    .allSatisfy(one -> assertThat(one).isSameAs(call));
            List<Object> expected = new ArrayList<>();
            for (int i = 0; i < attempts; i++) {
                expected.addAll(List.of("untyped", tenant, tenant, trace));
            }
            assertThat(seen).isEqualTo(expected);
        }
    }

    private static Request executed(Call call) throws Exception {
        try (Response response = call.execute()) {
            return response.request();
        }
    }

    private static Request enqueued(Call call) throws Exception {
        CompletableFuture<Request> got = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, java.io.IOException e) {
                got.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call answered, Response response) {
                response.close();
                got.complete(response.request());
            }
        });
        return got.get(10, TimeUnit.SECONDS);
    }
}
