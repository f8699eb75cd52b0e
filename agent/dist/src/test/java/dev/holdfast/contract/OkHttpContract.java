package dev.holdfast.contract;

import static dev.holdfast.contract.OkHttpProbe.get;
import static dev.holdfast.contract.OkHttpProbe.seen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.CacheControl;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds for OkHttp alone: its dispatcher, its interceptors and listeners, its own ways to end a call. */
class OkHttpContract {
    private static final ScriptedResponse BUSY = ScriptedResponse.respond(503, "busy");
    private static final ScriptedResponse OK = ScriptedResponse.respond(200, "ok");

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private OkHttpClient client = new OkHttpClient();

    @AfterEach
    void stop() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    // ---- what the program's own parts of the client see

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void application_interceptors_run_once_and_network_interceptors_for_each_attempt(boolean enqueued)
            throws Exception {
        client = client.newBuilder()
                .addInterceptor(noting("application"))
                .addNetworkInterceptor(noting("network"))
                .build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).play(BUSY, BUSY, OK)) {
            assertThat(call(get(server), enqueued)).isEqualTo("200 ok");
            assertThat(server.requests()).hasSize(3);
        }
        assertThat(events).containsExactly("application", "network", "network", "network");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_listener_hears_of_one_call_with_several_requests(boolean enqueued) throws Exception {
        client = client.newBuilder().eventListener(new Listener()).build();
        Request request;
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).play(BUSY, OK)) {
            request = get(server);
            assertThat(call(request, enqueued)).isEqualTo("200 ok");
            Awaitility.await().until(() -> events.contains("callEnd"));
        }
        assertThat(events)
                .containsOnlyOnce("callStart", "callEnd")
                .doesNotContain("callFailed", "foreign call")
                .filteredOn("responseHeadersEnd"::equals)
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_listener_hears_of_an_attempt_that_has_a_time_limit_as_of_its_call(boolean enqueued) throws Exception {
        client = client.newBuilder().eventListener(new Listener()).build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT).play(OK)) {
            assertThat(call(get(server), enqueued)).isEqualTo("200 ok");
            Awaitility.await().until(() -> events.contains("callEnd"));
        }
        assertThat(events).containsExactly("callStart", "responseHeadersEnd", "responseBodyEnd", "callEnd");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_listener_hears_that_a_call_with_a_time_limit_failed_where_its_body_breaks(boolean enqueued) {
        client = client.newBuilder().eventListener(new Listener()).build();
        ScriptedResponse cut = ScriptedResponse.respond(200, "a long body").cutInBody(3, Cut.CLOSE);
        try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT).play(BUSY, cut)) {
            assertThatThrownBy(() -> call(get(server), enqueued)).isNotNull();
            Awaitility.await().until(() -> events.contains("callFailed"));
            assertThat(server.requests()).hasSize(2);
        }
        assertThat(events)
                .containsSubsequence("callStart", "responseHeadersEnd", "responseHeadersEnd", "callFailed")
                .endsWith("responseFailed", "callFailed")
                .doesNotContain("callEnd", "foreign call");
    }

    private String call(Request request, boolean enqueued) throws Exception {
        return OkHttpProbe.call(client, request, enqueued);
    }

    private Interceptor noting(String what) {
        return chain -> {
            events.add(what);
            return chain.proceed(chain.request());
        };
    }

    // ---- waits

    @Test
    void the_dispatcher_keeps_its_limit_for_the_attempts_of_many_calls() throws Exception {
        client.dispatcher().setMaxRequestsPerHost(2);
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            AtomicInteger received = new AtomicInteger();
            server.otherwise(request -> received.incrementAndGet() <= 10 ? BUSY : OK);
            List<OkHttpProbe.Got> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                OkHttpProbe.Got got = new OkHttpProbe.Got();
                all.add(got);
                client.newCall(get(server)).enqueue(got);
            }
            for (OkHttpProbe.Got got : all) {
                assertThat(got.result()).isEqualTo("200 ok");
                assertThat(got.calls.get()).isEqualTo(1);
            }
            assertThat(server.requests()).hasSize(20);
            assertThat(server.accepted()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void to_cancel_a_blocking_call_in_its_wait_ends_it_with_the_exception_of_the_library() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT).otherwise(BUSY)) {
            Call call = client.newCall(get(server));
            CompletableFuture<String> result = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    result.complete(seen(call.execute()));
                } catch (IOException e) {
                    result.complete(e.toString());
                }
            });
            thread.start();
            Awaitility.await()
                    .until(() -> List.of(thread.getStackTrace()).toString().contains("Semaphore"));
            call.cancel();
            assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo("java.io.IOException: Canceled");
            assertThat(call.isCanceled()).isTrue();
            assertThat(server.requests()).hasSize(1);
            assertThat(client.dispatcher().runningCallsCount()).isZero();
            assertThat(call.clone().isCanceled()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_wait_that_the_limit_of_the_whole_call_would_end_is_not_begun(boolean enqueued) throws Exception {
        client = client.newBuilder().callTimeout(Duration.ofSeconds(20)).build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT).otherwise(BUSY)) {
            assertThat(call(get(server), enqueued)).isEqualTo("503 busy");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_limit_of_the_whole_call_ends_a_later_attempt(boolean enqueued) {
        client = client.newBuilder().callTimeout(Duration.ofMillis(900)).build();
        for (String host : List.of(Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT)) {
            try (ScriptedServer server =
                    ScriptedServer.http(host).play(BUSY).otherwise(ScriptedResponse.afterRequest(Cut.HANG))) {
                assertThatThrownBy(() -> call(get(server), enqueued))
                        .as(host)
                        .satisfies(e -> assertThat(e instanceof ExecutionException ? e.getCause() : e)
                                .isExactlyInstanceOf(InterruptedIOException.class)
                                .hasMessage("timeout"));
                assertThat(server.requests()).hasSize(2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_limit_of_the_whole_call_bounds_the_reading_of_the_body(boolean enqueued) {
        client = client.newBuilder()
                .callTimeout(Duration.ofMillis(500))
                .readTimeout(Duration.ofMinutes(1))
                .build();
        for (String host : List.of(Hosts.BARE, Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT)) {
            try (ScriptedServer server = ScriptedServer.http(host)
                    .otherwise(ScriptedResponse.respond(200, "late").cutInBody(1, Cut.HANG))) {
                assertThatThrownBy(() -> call(get(server), enqueued))
                        .as(host)
                        .satisfies(e -> assertThat(e instanceof ExecutionException ? e.getCause() : e)
                                .isExactlyInstanceOf(InterruptedIOException.class)
                                .hasMessage("timeout"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_time_limit_of_an_attempt_ends_that_attempt_and_not_the_call(boolean enqueued) throws Exception {
        client = client.newBuilder().addNetworkInterceptor(noting("network")).build();
        try (ScriptedServer server =
                ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT).play(ScriptedResponse.afterRequest(Cut.HANG), OK)) {
            assertThat(call(get(server), enqueued)).isEqualTo("200 ok");
            assertThat(server.requests()).hasSize(2);
        }
        assertThat(events).containsExactly("network", "network");
    }

    @Test
    void to_cancel_a_call_cancels_the_attempt_that_has_a_time_limit() throws Exception {
        try (ScriptedServer server =
                ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT).otherwise(ScriptedResponse.afterRequest(Cut.HANG))) {
            for (boolean enqueued : new boolean[] {false, true}) {
                int before = server.requests().size();
                Call call = client.newCall(get(server));
                OkHttpProbe.Got got = new OkHttpProbe.Got();
                if (enqueued) {
                    call.enqueue(got);
                } else {
                    new Thread(() -> {
                                try {
                                    got.onResponse(call, call.execute());
                                } catch (IOException e) {
                                    got.onFailure(call, e);
                                }
                            })
                            .start();
                }
                server.awaitRequests(before + 1);
                call.cancel();
                assertThatThrownBy(got::result).hasCauseInstanceOf(IOException.class);
                server.awaitOpen(0);
                assertThat(server.requests()).hasSize(before + 1);
                assertThat(got.calls.get()).isEqualTo(1);
            }
        }
    }

    // ---- what is none of ours

    @Test
    void the_handshake_of_a_web_socket_passes() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).otherwise(BUSY)) {
            CountDownLatch failed = new CountDownLatch(1);
            WebSocket socket = client.newWebSocket(get(server), new WebSocketListener() {
                @Override
                public void onFailure(WebSocket of, Throwable error, Response response) {
                    failed.countDown();
                }
            });
            assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
            socket.cancel();
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void a_request_that_the_cache_alone_may_answer_is_no_failure_of_the_origin() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).otherwise(OK)) {
            Request request = get(server)
                    .newBuilder()
                    .cacheControl(CacheControl.FORCE_CACHE)
                    .build();
            assertThat(call(request, false)).startsWith("504");
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void cookies_of_the_client_do_not_go_to_an_alternate_origin() throws Exception {
        int port = Integer.getInteger("contract.otherPort");
        client = client.newBuilder().cookieJar(new OkHttpProbe.OneCookie()).build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEGRADED).otherwise(BUSY);
                ScriptedServer other =
                        ScriptedServer.http(Hosts.OTHER_ORIGIN, port).otherwise(OK)) {
            assertThat(call(get(server), false)).isEqualTo("200 ok");
            assertThat(server.requests())
                    .allSatisfy(sent -> assertThat(sent.header("cookie")).contains("secret=1"));
            assertThat(other.requests())
                    .singleElement()
                    .satisfies(sent -> assertThat(sent.header("cookie")).isEmpty());
        }
    }

    /** A call with interceptors keeps its slot: the one to the alternate origin cannot wait for a slot too. */
    @Test
    void an_alternate_origin_is_asked_while_calls_with_interceptors_hold_all_slots() throws Exception {
        int port = Integer.getInteger("contract.otherPort");
        client = client.newBuilder().addInterceptor(noting("application")).build();
        client.dispatcher().setMaxRequests(2);
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEGRADED).otherwise(BUSY);
                ScriptedServer other =
                        ScriptedServer.http(Hosts.OTHER_ORIGIN, port).otherwise(OK)) {
            List<OkHttpProbe.Got> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                OkHttpProbe.Got got = new OkHttpProbe.Got();
                all.add(got);
                client.newCall(get(server)).enqueue(got);
            }
            for (OkHttpProbe.Got got : all) {
                assertThat(got.result()).isEqualTo("200 ok");
                assertThat(got.calls.get()).isEqualTo(1);
            }
            assertThat(other.requests()).hasSize(4);
        }
    }

    /** Notes what it hears, and whether it is of one call. */
    private final class Listener extends EventListener {
        private volatile Call first;

        private void hears(String event, Call call) {
            if (first == null) {
                first = call;
            }
            events.add(event);
            if (first != call) {
                events.add("foreign call");
            }
        }

        @Override
        public void callStart(Call call) {
            hears("callStart", call);
        }

        @Override
        public void callEnd(Call call) {
            hears("callEnd", call);
        }

        @Override
        public void callFailed(Call call, IOException e) {
            hears("callFailed", call);
        }

        @Override
        public void responseHeadersEnd(Call call, Response response) {
            hears("responseHeadersEnd", call);
        }

        @Override
        public void responseFailed(Call call, IOException e) {
            hears("responseFailed", call);
        }

        @Override
        public void responseBodyEnd(Call call, long byteCount) {
            hears("responseBodyEnd", call);
        }
    }
}
