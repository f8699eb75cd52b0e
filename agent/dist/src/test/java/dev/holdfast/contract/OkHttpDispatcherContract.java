package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds for asynchronous calls of OkHttp: to the program, and to its dispatcher, a call that waits for its next attempt
 * is one that runs, but for the thread and the slot.
 */
class OkHttpDispatcherContract {
    private static final ScriptedResponse BUSY = ScriptedResponse.respond(503, "busy");
    private static final ScriptedResponse OK = ScriptedResponse.respond(200, "ok");

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private OkHttpClient client;
    private Dispatcher dispatcher;

    @BeforeEach
    void begin() {
        dispatcher = new Dispatcher();
        client = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .retryOnConnectionFailure(false)
                .build();
        dispatcher.setIdleCallback(() -> events.add("idle"));
    }

    @AfterEach
    void stop() {
        dispatcher.executorService().shutdown();
        client.connectionPool().evictAll();
    }

    // ---- what a dispatcher says of a call that waits

    @Test
    void a_call_that_waits_is_a_running_one_without_a_thread_and_a_slot() throws Exception {
        dispatcher.setMaxRequests(2);
        try (ScriptedServer busy = ScriptedServer.http(Hosts.PATIENT).otherwise(BUSY);
                ScriptedServer other = ScriptedServer.http(Hosts.BARE).otherwise(OK)) {
            Call waiting = client.newCall(get(busy));
            Call second = client.newCall(get(busy));
            Got got = enqueue(waiting);
            Got secondGot = enqueue(second);
            busy.awaitRequests(2);

            assertThat(enqueue(client.newCall(get(other))).result()).isEqualTo("200 ok");

            awaitLeft();
            assertThat(dispatcher.runningCalls()).containsExactlyInAnyOrder(waiting, second);
            assertThat(dispatcher.runningCallsCount()).isEqualTo(2);
            assertThat(dispatcher.queuedCalls()).isEmpty();
            assertThat(dispatcher.queuedCallsCount()).isZero();
            assertThat(events).containsExactly("200 ok");
            waiting.cancel();
            assertThat(got.result()).isEqualTo("java.io.IOException: Canceled");
            second.cancel();
            assertThat(secondGot.result()).isEqualTo("java.io.IOException: Canceled");
            awaitIdle();
            assertThat(events)
                    .containsExactly(
                            "200 ok", "java.io.IOException: Canceled", "java.io.IOException: Canceled", "idle");
            assertThat(busy.requests()).hasSize(2);
        }
    }

    // ---- the queue of a dispatcher

    /** A dispatcher that runs one call at a time promises that they follow each other, callbacks included. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void calls_that_follow_each_other_do_so_with_retries(boolean perHost) throws Exception {
        if (perHost) {
            dispatcher.setMaxRequestsPerHost(1);
        } else {
            dispatcher.setMaxRequests(1);
        }
        for (String host : List.of(Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT)) {
            try (ScriptedServer server =
                    ScriptedServer.http(host).play(BUSY, BUSY, OK, BUSY, OK).otherwise(OK)) {
                List<Got> all = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    all.add(enqueue(client.newCall(get(server, "/" + i))));
                }
                for (Got got : all) {
                    assertThat(got.result()).isEqualTo("200 ok");
                }
                assertThat(server.requests())
                        .extracting(ReceivedRequest::target)
                        .containsExactly("/0", "/0", "/0", "/1", "/1", "/2", "/3");
            }
        }
    }

    @Test
    void a_first_attempt_with_a_time_limit_does_not_queue_once_more() throws Exception {
        dispatcher.setMaxRequests(2);
        try (ScriptedServer other = ScriptedServer.http(Hosts.BARE).otherwise(OK.held());
                ScriptedServer server =
                        ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT).otherwise(OK)) {
            Got blocking = enqueue(client.newCall(get(other)));
            Got got = enqueue(client.newCall(get(server)));
            Got behind = enqueue(client.newCall(get(other)));

            assertThat(got.result()).isEqualTo("200 ok");

            assertThat(server.requests()).hasSize(1);
            other.awaitRequests(2);
            other.release();
            assertThat(blocking.result()).isEqualTo("200 ok");
            assertThat(behind.result()).isEqualTo("200 ok");
        }
    }

    /** A retry that is queued behind other calls: these are no slow answers of its origin. */
    @Test
    void the_time_in_the_queue_is_no_time_of_an_attempt() throws Exception {
        dispatcher.setMaxRequests(2);
        try (ScriptedServer other = ScriptedServer.http(Hosts.BARE).otherwise(OK.held());
                ScriptedServer server = ScriptedServer.http(Hosts.QUEUED)) {
            for (int i = 0; i < 3; i++) {
                server.play(BUSY, OK);
                int before = server.requests().size();
                Got blocking = enqueue(client.newCall(get(other)));
                Got got = enqueue(client.newCall(get(server)));
                Got next = enqueue(client.newCall(get(other)));
                server.awaitRequests(before + 1);
                other.awaitRequests(2 * i + 2);

                Awaitility.await().during(Duration.ofMillis(1500)).until(() -> !got.result.isDone());
                other.release();

                assertThat(got.result()).isEqualTo("200 ok");
                assertThat(blocking.result()).isEqualTo("200 ok");
                assertThat(next.result()).isEqualTo("200 ok");
            }
            assertThat(server.requests()).hasSize(6);
        }
    }

    @Test
    void the_deadline_ends_an_attempt_that_is_queued() throws Exception {
        dispatcher.setMaxRequests(2);
        try (ScriptedServer other = ScriptedServer.http(Hosts.BARE).otherwise(OK.held());
                ScriptedServer server = ScriptedServer.http(Hosts.DEADLINE).otherwise(BUSY)) {
            Got blocking = enqueue(client.newCall(get(other)));
            Call call = client.newCall(get(server));
            Got got = enqueue(call);
            Got next = enqueue(client.newCall(get(other)));

            assertThat(got.result()).isEqualTo("503 busy");

            assertThat(got.thread.getName()).startsWith("OkHttp");
            assertThat(call.isCanceled()).isFalse();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(dispatcher.runningCalls()).doesNotContain(call));
            other.release();
            assertThat(blocking.result()).isEqualTo("200 ok");
            assertThat(next.result()).isEqualTo("200 ok");
            awaitIdle();
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT})
    void a_dispatcher_is_idle_once_behind_the_callback(String host) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(host).play(BUSY, BUSY, OK)) {
            assertThat(enqueue(client.newCall(get(server))).result()).isEqualTo("200 ok");
            awaitIdle();
            assertThat(events).containsExactly("200 ok", "idle");
            assertThat(dispatcher.runningCallsCount()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Hosts.BARE, Hosts.ATTEMPT_TIMEOUT})
    void an_attempt_stands_for_its_call(String host) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(host).otherwise(OK.held())) {
            Call blocking = client.newCall(get(server));
            CompletableFuture<String> executed = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    executed.complete(seen(blocking.execute()));
                } catch (IOException e) {
                    executed.completeExceptionally(e);
                }
            });
            thread.start();
            server.awaitRequests(1);
            Call enqueued = client.newCall(get(server));
            Got got = enqueue(enqueued);
            server.awaitRequests(2);

            Awaitility.await().untilAsserted(() -> {
                assertThat(dispatcher.runningCalls()).containsExactlyInAnyOrder(blocking, enqueued);
                assertThat(dispatcher.runningCallsCount()).isEqualTo(2);
                assertThat(dispatcher.queuedCallsCount()).isZero();
            });

            server.release();
            assertThat(executed.get(10, TimeUnit.SECONDS)).isEqualTo("200 ok");
            assertThat(got.result()).isEqualTo("200 ok");
        }
    }

    @Test
    void a_call_that_is_enqueued_once_more_goes_on_as_it_was() throws Exception {
        dispatcher.setMaxRequests(1);
        try (ScriptedServer other = ScriptedServer.http(Hosts.BARE).otherwise(OK.held());
                ScriptedServer server = ScriptedServer.http(Hosts.QUICK).play(BUSY, OK)) {
            Got before = enqueue(client.newCall(get(other)));
            Call call = client.newCall(get(server)); // which has not begun when it is enqueued once more
            Got got = enqueue(call);
            Got refused = new Got();

            assertThatThrownBy(() -> call.enqueue(refused)).isExactlyInstanceOf(IllegalStateException.class);

            other.awaitRequests(1);
            other.release();
            assertThat(before.result()).isEqualTo("200 ok");
            assertThat(got.result()).isEqualTo("200 ok");
            awaitIdle();
            assertThat(events).filteredOn(event -> !event.equals("idle")).containsExactly("200 ok", "200 ok");
            assertThat(server.requests()).hasSize(2);
        }
    }

    // ---- the program ends it

    @Test
    void all_calls_of_a_dispatcher_are_cancelled_and_those_that_wait_too() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT).otherwise(BUSY)) {
            Call first = client.newCall(get(server));
            Call second = client.newCall(get(server));
            Got firstGot = enqueue(first);
            Got secondGot = enqueue(second);
            awaitLeft();

            dispatcher.cancelAll();

            assertThat(firstGot.result()).isEqualTo("java.io.IOException: Canceled");
            assertThat(secondGot.result()).isEqualTo("java.io.IOException: Canceled");
            assertThat(first.isCanceled()).isTrue();
            assertThat(second.isCanceled()).isTrue();
            awaitIdle();
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void to_cancel_the_call_that_carries_an_attempt_cancels_the_whole() throws Exception {
        OkHttpClient cancelling = client.newBuilder()
                .addNetworkInterceptor(chain -> {
                    if (events.contains("cancel")) {
                        chain.call().cancel();
                    }
                    events.add("cancel");
                    return chain.proceed(chain.request());
                })
                .build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).otherwise(BUSY)) {
            Call call = cancelling.newCall(get(server));
            assertThat(enqueue(call).result()).doesNotStartWith("503");
            assertThat(call.isCanceled()).isTrue();
            assertThat(server.requests()).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void to_cancel_a_call_that_waits_runs_its_callback_on_another_thread() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT).otherwise(BUSY)) {
            CountDownLatch cancelled = new CountDownLatch(1);
            Got got = new Got() {
                @Override
                public void onFailure(Call call, IOException e) {
                    try {
                        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException interrupted) {
                        throw new IllegalStateException(interrupted);
                    }
                    super.onFailure(call, e);
                }
            };
            Call call = client.newCall(get(server));
            call.enqueue(got);
            awaitLeft();

            call.cancel();

            cancelled.countDown();
            assertThat(got.result()).isEqualTo("java.io.IOException: Canceled");
            assertThat(got.thread).isNotSameAs(Thread.currentThread());
        }
    }

    // ---- executors

    @Test
    void where_the_executor_is_shut_down_during_the_wait_the_response_before_it_is_delivered() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).otherwise(request -> {
            dispatcher.executorService().shutdown();
            return BUSY;
        })) {
            assertThat(enqueue(client.newCall(get(server))).result()).isEqualTo("503 busy");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void where_the_executor_is_shut_down_during_the_wait_the_failure_before_it_is_delivered() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).otherwise(request -> {
            dispatcher.executorService().shutdown();
            return ScriptedResponse.afterRequest(Cut.CLOSE);
        })) {
            assertThat(enqueue(client.newCall(get(server))).result()).contains("unexpected end of stream");
            assertThat(server.requests()).hasSize(1);
        }
    }

    /** A call that runs is not touched by it without a policy either. */
    @Test
    void an_attempt_with_a_time_limit_is_sent_though_the_executor_is_shut_down_before_it() throws Exception {
        dispatcher = new Dispatcher(new ThreadPoolExecutor(0, 10, 1, TimeUnit.SECONDS, new SynchronousQueue<>()) {
            @Override
            protected void beforeExecute(Thread thread, Runnable call) {
                shutdown();
            }
        });
        client = client.newBuilder().dispatcher(dispatcher).build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT).otherwise(OK)) {
            assertThat(enqueue(client.newCall(get(server))).result()).isEqualTo("200 ok");
            assertThat(server.requests()).hasSize(1);
        }
    }

    // ---- how calls are made

    private static Request get(ScriptedServer server) {
        return get(server, "/");
    }

    private static Request get(ScriptedServer server, String path) {
        return new Request.Builder().url(server.uri(path).toString()).build();
    }

    private Got enqueue(Call call) {
        Got got = new Got();
        call.enqueue(got);
        return got;
    }

    /** Waits until no thread carries out a call, though some wait. */
    private void awaitLeft() {
        Awaitility.await()
                .until(() -> dispatcher.runningCallsCount() > 0
                        && Thread.getAllStackTraces().keySet().stream()
                                .noneMatch(thread -> thread.getName().startsWith("OkHttp http")));
    }

    private void awaitIdle() {
        Awaitility.await().until(() -> events.contains("idle"));
    }

    private static String seen(Response response) throws IOException {
        try (response) {
            return response.code() + " " + response.body().string();
        }
    }

    /** A callback that says what it got, and where. */
    private class Got implements Callback {
        private final CompletableFuture<String> result = new CompletableFuture<>();
        private volatile Thread thread;

        String result() throws Exception {
            return result.get(10, TimeUnit.SECONDS);
        }

        @Override
        public void onFailure(Call call, IOException e) {
            ended(e.toString());
        }

        @Override
        public void onResponse(Call call, Response response) throws IOException {
            ended(seen(response));
        }

        private void ended(String now) {
            thread = Thread.currentThread();
            events.add(now);
            assertThat(result.complete(now)).isTrue();
        }
    }
}
