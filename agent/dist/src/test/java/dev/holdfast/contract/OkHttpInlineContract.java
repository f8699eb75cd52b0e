package dev.holdfast.contract;

import static dev.holdfast.contract.OkHttpProbe.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Call;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds for calls of OkHttp whose dispatcher has an executor that runs them on the thread that enqueues them. */
class OkHttpInlineContract {
    private static final ScriptedResponse BUSY = ScriptedResponse.respond(503, "busy");
    private static final ScriptedResponse OK = ScriptedResponse.respond(200, "ok");

    private final SameThread executor = new SameThread();
    private final OkHttpClient client =
            new OkHttpClient.Builder().dispatcher(new Dispatcher(executor)).build();

    @AfterEach
    void stop() {
        client.connectionPool().evictAll();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64})
    void where_calls_run_within_enqueue_the_callback_is_called_before_it_returns(int maxRequests) throws Exception {
        client.dispatcher().setMaxRequests(maxRequests);
        for (String host : List.of(Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT)) {
            try (ScriptedServer server = ScriptedServer.http(host).play(BUSY, BUSY, OK)) {
                Got got = new Got();
                client.newCall(get(server)).enqueue(got);
                assertThat(got.calls.get()).isEqualTo(1);
                assertThat(got.result()).isEqualTo("200 ok");
                assertThat(got.thread.get()).isSameAs(Thread.currentThread());
                assertThat(server.requests()).hasSize(3);
            }
        }
    }

    @Test
    void a_call_within_the_callback_of_one_is_over_before_its_enqueue_returns() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).play(BUSY, OK, BUSY, OK)) {
            Got inner = new Got();
            Got outer = new Got() {
                @Override
                public void onResponse(Call call, Response response) throws IOException {
                    client.newCall(get(server)).enqueue(inner);
                    assertThat(inner.calls.get()).isEqualTo(1);
                    super.onResponse(call, response);
                }
            };
            client.newCall(get(server)).enqueue(outer);
            assertThat(outer.calls.get()).isEqualTo(1);
            assertThat(inner.result()).isEqualTo("200 ok");
            assertThat(outer.result()).isEqualTo("200 ok");
        }
    }

    @Test
    void a_call_that_begins_behind_its_enqueue_leaves_the_same_thread_for_its_wait() throws Exception {
        executor.keeps = true;
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT).play(BUSY)) {
            Got got = new Got();
            Call call = client.newCall(get(server));
            call.enqueue(got);
            executor.keeps = false;
            executor.runKept();
            assertThat(got.calls.get()).isZero();
            assertThat(server.requests()).hasSize(1);
            call.cancel();
            assertThatThrownBy(got::result).hasMessageContaining("Canceled");
        }
    }

    /** A callback that says on which thread it was called. */
    private static class Got extends OkHttpProbe.Got {
        final AtomicReference<Thread> thread = new AtomicReference<>();

        @Override
        public void onResponse(Call call, Response response) throws IOException {
            thread.set(Thread.currentThread());
            super.onResponse(call, response);
        }
    }

    /** Runs what it is given on the calling thread, at once or when it is told to. */
    private static final class SameThread extends AbstractExecutorService {
        private final Queue<Runnable> kept = new ArrayDeque<>();
        private boolean keeps;

        @Override
        public void execute(Runnable command) {
            if (keeps) {
                kept.add(command);
            } else {
                command.run();
            }
        }

        void runKept() {
            for (Runnable task = kept.poll(); task != null; task = kept.poll()) {
                task.run();
            }
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }
}
