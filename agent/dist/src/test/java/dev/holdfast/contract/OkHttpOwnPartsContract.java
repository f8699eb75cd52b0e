package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Authenticator;
import okhttp3.Cache;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OkHttp's own cache and authenticators, each of which sends requests by itself, do their part in each attempt. */
class OkHttpOwnPartsContract {
    private static final ScriptedResponse BUSY = ScriptedResponse.respond(503, "busy");
    private static final ScriptedResponse WHO =
            ScriptedResponse.respond(401, "who is there").header("WWW-Authenticate", "Basic realm=\"r\"");

    @TempDir
    Path directory;

    private OkHttpClient client = new OkHttpClient();

    @AfterEach
    void stop() throws Exception {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
        Cache cache = client.cache();
        if (cache != null) {
            cache.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_stored_response_is_validated_by_each_attempt(boolean enqueued) throws Exception {
        client = new OkHttpClient.Builder()
                .cache(new Cache(directory.toFile(), 1 << 20))
                .build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)
                .play(
                        ScriptedResponse.respond(200, "stored")
                                .header("ETag", "\"v1\"")
                                .header("Cache-Control", "max-age=0"),
                        BUSY,
                        ScriptedResponse.respond(304).header("ETag", "\"v1\""))) {
            assertThat(call(server, enqueued)).isEqualTo("200 stored");
            assertThat(call(server, enqueued)).isEqualTo("200 stored");

            assertThat(server.requests())
                    .extracting(request -> request.header("If-None-Match").orElse("none"))
                    .containsExactly("none", "\"v1\"", "\"v1\"");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_fresh_response_of_the_cache_sends_nothing_and_a_failed_attempt_leaves_it_there(boolean enqueued)
            throws Exception {
        client = new OkHttpClient.Builder()
                .cache(new Cache(directory.toFile(), 1 << 20))
                .build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)
                .play(BUSY, ScriptedResponse.respond(200, "fresh").header("Cache-Control", "max-age=600"))) {
            for (int i = 0; i < 3; i++) {
                assertThat(call(server, enqueued)).isEqualTo("200 fresh");
            }

            assertThat(server.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_attempt_asks_for_credentials_as_the_call_would(boolean enqueued) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        client = new OkHttpClient.Builder().authenticator(answering(asked)).build();
        try (ScriptedServer server =
                ScriptedServer.http(Hosts.QUICK).play(BUSY, WHO, BUSY, WHO, ScriptedResponse.respond(200, "let in"))) {
            assertThat(call(server, enqueued)).isEqualTo("200 let in");

            assertThat(server.requests())
                    .extracting(OkHttpOwnPartsContract::credentials)
                    .containsExactly("none", "none", "secret 1", "none", "secret 2");
        }
        assertThat(asked).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void credentials_that_are_refused_for_ever_end_the_call_as_the_library_ends_it(boolean enqueued) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        client = new OkHttpClient.Builder().authenticator(answering(asked)).build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).otherwise(WHO)) {
            assertThatThrownBy(() -> call(server, enqueued))
                    .satisfiesAnyOf(
                            error -> assertThat(error).isInstanceOf(ProtocolException.class),
                            error -> assertThat(error).hasCauseInstanceOf(ProtocolException.class));

            assertThat(server.requests()).hasSize(21); // the library's limit of follow-ups, and no retry on top
        }
        assertThat(asked).hasValue(21);
    }

    /** A request counts as sent on whatever thread the library writes it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_post_that_an_interceptor_sends_on_another_thread_is_sent_once(boolean enqueued) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            assertThat(call(server, enqueued)).isEqualTo("200 ok"); // the library has been seen to send
        }
        client = client.newBuilder()
                .retryOnConnectionFailure(false)
                .addNetworkInterceptor(OkHttpOwnPartsContract::elsewhere)
                .build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).play(ScriptedResponse.afterRequest(Cut.RESET))) {
            Request post = OkHttpProbe.get(server)
                    .newBuilder()
                    .post(RequestBody.create("order", null))
                    .build();
            assertThatThrownBy(() -> OkHttpProbe.call(client, post, enqueued)).isNotNull();
            assertThat(server.requests()).extracting(ReceivedRequest::method).containsExactly("POST");
        }
    }

    private static Response elsewhere(Interceptor.Chain chain) throws IOException {
        FutureTask<Response> task = new FutureTask<>(() -> chain.proceed(chain.request()));
        new Thread(task, "elsewhere").start();
        try {
            return task.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client made of another one shares its dispatcher: calls that wait for a retry take no slots of it. */
    @Test
    void waits_take_no_slots_of_a_client_that_shares_the_dispatcher() throws Exception {
        client.dispatcher().setMaxRequests(2);
        OkHttpClient other = client.newBuilder().followRedirects(false).build();
        try (ScriptedServer busy = ScriptedServer.http(Hosts.PATIENT).otherwise(BUSY);
                ScriptedServer well = ScriptedServer.http(Hosts.BARE)) {
            List<Call> waiting = List.of(client.newCall(OkHttpProbe.get(busy)), client.newCall(OkHttpProbe.get(busy)));
            for (Call call : waiting) {
                call.enqueue(new OkHttpProbe.Got());
            }
            busy.awaitRequests(2);

            assertThat(OkHttpProbe.call(other, OkHttpProbe.get(well), true)).isEqualTo("200 ok");

            waiting.forEach(Call::cancel);
            assertThat(busy.requests()).hasSize(2);
        }
    }

    private String call(ScriptedServer server, boolean enqueued) throws Exception {
        return OkHttpProbe.call(client, OkHttpProbe.get(server), enqueued);
    }

    private static String credentials(ReceivedRequest request) {
        return request.header("Authorization").orElse("none");
    }

    private static Authenticator answering(AtomicInteger asked) {
        return (route, response) -> {
            Request request = response.request();
            return request.newBuilder()
                    .header("Authorization", "secret " + asked.incrementAndGet())
                    .build();
        };
    }
}
