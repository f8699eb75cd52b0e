package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.client.HttpClient;
import org.apache.http.client.HttpRequestRetryHandler;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.concurrent.Cancellable;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.DefaultHttpRequestRetryHandler;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.client.RequestWrapper;
import org.apache.http.impl.conn.BasicHttpClientConnectionManager;
import org.apache.http.impl.conn.PoolingClientConnectionManager;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.message.BasicHttpRequest;
import org.apache.http.protocol.HttpContext;
import org.apache.http.util.EntityUtils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The program's own request of Apache HttpClient 4 and 5 while it is under way, or waits for its retry: each attempt
 * sends it, to abort or cancel it ends the call, and to reset it ends what is under way alone, which the client then
 * sends again by itself.
 */
@SuppressWarnings("deprecation") // programs use what is old
class RequestUnderWayContract {
    private static final ScriptedResponse BUSY = ScriptedResponse.respond(503, "busy");
    private static final ScriptedResponse SILENT = ScriptedResponse.afterRequest(Cut.HANG);
    private static final ScriptedResponse OK = ScriptedResponse.respond(200, "ok");

    /** The client says when it sends a request again, as after a reset. */
    private static final List<Logger> RETRIES = List.of(
            Logger.getLogger("org.apache.http.impl.execchain.RetryExec"),
            Logger.getLogger("org.apache.http.impl.client.DefaultHttpClient"));

    private static final ScriptedResponse[] ONE = {SILENT};
    private static final ScriptedResponse[] TWO = {SILENT, SILENT};

    private final PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
    private final PoolingClientConnectionManager oldPool = new PoolingClientConnectionManager();
    private final org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager pool5 =
            new org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager();
    private final List<Object> originals = Collections.synchronizedList(new ArrayList<>());
    private final org.apache.http.impl.client.CloseableHttpClient client = HttpClients.custom()
            .setConnectionManager(pool)
            .addInterceptorFirst((org.apache.http.HttpRequestInterceptor)
                    (request, context) -> originals.add(((HttpRequestWrapper) request).getOriginal()))
            .build();
    private final DefaultHttpClient old = new DefaultHttpClient(oldPool);
    private final CloseableHttpClient client5 = org.apache.hc.client5.http.impl.classic.HttpClients.custom()
            .setConnectionManager(pool5)
            .build();

    /** The clients, and what their requests can do. */
    private enum Kind {
        APACHE4,
        APACHE4_OLD,
        APACHE5
    }

    /** A request, and the call that sends it. */
    private static final class Sent {
        private final Runnable abort;
        private final Runnable reset;
        private final FutureTask<String> result;
        private final Thread thread;

        Sent(Callable<String> call, Runnable abort, Runnable reset) {
            this.abort = abort;
            this.reset = reset;
            this.result = new FutureTask<>(call);
            this.thread = new Thread(result, "caller");
            thread.start();
        }

        void awaitWait() {
            Awaitility.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        }

        String result() throws Exception {
            return result.get(10, TimeUnit.SECONDS);
        }

        /** Ends in whatever the client says of a closed connection, which depends on what it is about to do with it. */
        void assertEnds() {
            assertThatThrownBy(this::result).isInstanceOf(ExecutionException.class);
        }
    }

    RequestUnderWayContract() {
        for (Logger retries : RETRIES) {
            retries.setLevel(Level.WARNING);
        }
        old.addRequestInterceptor((request, context) -> originals.add(((RequestWrapper) request).getOriginal()));
    }

    @AfterEach
    void close() throws IOException {
        pool.shutdown();
        oldPool.shutdown();
        client5.close();
        for (Logger retries : RETRIES) {
            retries.setLevel(null);
        }
    }

    private Sent send(Kind kind, URI uri) {
        if (kind == Kind.APACHE5) {
            var get = new org.apache.hc.client5.http.classic.methods.HttpGet(uri);
            return new Sent(
                    () -> client5.execute(
                            get,
                            response -> response.getCode() + " "
                                    + org.apache.hc.core5.http.io.entity.EntityUtils.toString(response.getEntity())),
                    get::cancel,
                    get::reset);
        }
        HttpGet get = new HttpGet(uri);
        return new Sent(() -> call(kind == Kind.APACHE4 ? client : old, null, get), get::abort, get::reset);
    }

    private static String call(HttpClient client, HttpHost host, HttpRequest request) throws IOException {
        org.apache.http.HttpResponse response = host == null
                ? client.execute((org.apache.http.client.methods.HttpUriRequest) request)
                : client.execute(host, request);
        return response.getStatusLine().getStatusCode() + " " + EntityUtils.toString(response.getEntity());
    }

    private void assertNothingLeased() {
        Awaitility.await()
                .until(() -> pool.getTotalStats().getLeased()
                                + oldPool.getTotalStats().getLeased()
                                + pool5.getTotalStats().getLeased()
                        == 0);
    }

    // ---- what is sent

    @ParameterizedTest
    @ValueSource(strings = {Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT, Hosts.LONG_DEADLINE, Hosts.HEDGED})
    void an_interceptor_finds_the_programs_own_request(String host) throws Exception {
        for (HttpClient used : new HttpClient[] {client, old}) {
            try (ScriptedServer server = ScriptedServer.http(host).play(BUSY, OK)) {
                HttpGet mine = new HttpGet(server.uri("/")) {};
                assertThat(call(used, null, mine)).isEqualTo("200 ok");
                assertThat(server.requests()).hasSize(2);
                assertThat(originals)
                        .hasSize(2)
                        .allSatisfy(original -> assertThat(original).isSameAs(mine));
                originals.clear();
            }
        }
    }

    /** The client's retry handler is told that the request is over, whatever has the connection. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_attempt_that_is_cut_off_is_not_sent_again_by_the_client(boolean pooled) throws Exception {
        List<Boolean> retries = Collections.synchronizedList(new ArrayList<>());
        HttpRequestRetryHandler handler = new DefaultHttpRequestRetryHandler() {
            @Override
            public boolean retryRequest(IOException error, int count, HttpContext context) {
                retries.add(super.retryRequest(error, count, context));
                return retries.get(retries.size() - 1);
            }
        };
        HttpClientContext context = HttpClientContext.create();
        try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT).play(SILENT, SILENT, OK);
                BasicHttpClientConnectionManager single = new BasicHttpClientConnectionManager()) {
            HttpClient used = HttpClients.custom()
                    .setRetryHandler(handler)
                    .setConnectionManager(pooled ? pool : single)
                    .build();
            HttpGet get = new HttpGet(server.uri("/"));
            assertThat(EntityUtils.toString(used.execute(get, context).getEntity()))
                    .isEqualTo("ok");
            assertThat(server.requests()).hasSize(3);
            assertThat(((HttpRequestWrapper) context.getRequest()).getOriginal())
                    .isSameAs(get);
        }
        assertThat(retries).containsOnly(false);
        assertNothingLeased();
    }

    // ---- the program ends it

    @ParameterizedTest
    @EnumSource
    void to_abort_it_while_it_is_sent_ends_the_call(Kind kind) throws Exception {
        for (String host : List.of(Hosts.BARE, Hosts.QUICK, Hosts.LONG_DEADLINE, Hosts.HEDGED)) {
            try (ScriptedServer server = ScriptedServer.http(host).otherwise(SILENT)) {
                Sent sent = send(kind, server.uri("/"));
                server.awaitRequests(host.equals(Hosts.HEDGED) ? 2 : 1);
                sent.abort.run();
                sent.assertEnds();
                assertNothingLeased();
                server.awaitOpen(0);
                assertThat(server.requests()).hasSize(host.equals(Hosts.HEDGED) ? 2 : 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void to_abort_it_in_a_wait_ends_the_call(Kind kind) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT).otherwise(BUSY)) {
            Sent sent = send(kind, server.uri("/"));
            server.awaitRequests(1);
            sent.awaitWait();
            sent.abort.run();
            sent.assertEnds();
            assertNothingLeased();
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void to_reset_it_while_it_is_sent_has_the_client_send_it_again(Kind kind) throws Exception {
        for (String host : List.of(Hosts.BARE, Hosts.QUICK, Hosts.LONG_DEADLINE, Hosts.HEDGED)) {
            boolean hedged = host.equals(Hosts.HEDGED);
            try (ScriptedServer server = ScriptedServer.http(host).play(hedged ? TWO : ONE)) {
                Sent sent = send(kind, server.uri("/"));
                server.awaitRequests(hedged ? 2 : 1);
                sent.reset.run();
                // Where the client is about to use the connection again, it says that it is closed: not the call.
                Throwable end = catchThrowable(() -> assertThat(sent.result()).isEqualTo("200 ok"));
                if (end != null) {
                    assertThat(end).isInstanceOf(ExecutionException.class).hasMessageNotContaining("aborted");
                }
                assertNothingLeased();
            }
        }
    }

    /** A POST is neither sent again nor hedged: what follows from its reset is the client's to decide. */
    @ParameterizedTest
    @ValueSource(strings = {Hosts.QUICK, Hosts.LONG_DEADLINE, Hosts.HEDGED})
    void a_post_that_is_reset_while_it_is_written_is_sent_as_often_as_without_a_policy(String host) throws Exception {
        for (Kind kind : List.of(Kind.APACHE4, Kind.APACHE5)) {
            assertThat(resetWhileWritten(kind, host)).as(kind.name()).isEqualTo(resetWhileWritten(kind, Hosts.BARE));
        }
    }

    private String resetWhileWritten(Kind kind, String host) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(host)) {
            String end;
            try {
                end = kind == Kind.APACHE4 ? post4(server.uri("/")) : post5(server.uri("/"));
            } catch (IOException e) {
                end = e.getClass().getName();
            }
            assertNothingLeased();
            return end + ", received " + server.requests().size();
        }
    }

    private String post4(URI uri) throws IOException {
        HttpPost post = new HttpPost(uri);
        AtomicBoolean reset = new AtomicBoolean();
        post.setEntity(new StringEntity("order", StandardCharsets.US_ASCII) {
            @Override
            public void writeTo(OutputStream out) throws IOException {
                super.writeTo(out);
                out.flush();
                if (reset.compareAndSet(false, true)) {
                    post.reset();
                }
            }
        });
        return EntityUtils.toString(client.execute(post).getEntity());
    }

    private String post5(URI uri) throws IOException {
        var post = new org.apache.hc.client5.http.classic.methods.HttpPost(uri);
        AtomicBoolean reset = new AtomicBoolean();
        post.setEntity(new HttpEntityWrapper(new org.apache.hc.core5.http.io.entity.StringEntity("order")) {
            @Override
            public void writeTo(OutputStream out) throws IOException {
                super.writeTo(out);
                out.flush();
                if (reset.compareAndSet(false, true)) {
                    post.reset();
                }
            }
        });
        return client5.execute(
                post, response -> org.apache.hc.core5.http.io.entity.EntityUtils.toString(response.getEntity()));
    }

    @ParameterizedTest
    @EnumSource
    void to_reset_it_in_a_wait_changes_nothing(Kind kind) throws Exception {
        for (String host : List.of(Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT, Hosts.LONG_DEADLINE, Hosts.HEDGED)) {
            try (ScriptedServer server = ScriptedServer.http(host)
                    .play(
                            ScriptedResponse.respond(503, "busy").header("Retry-After", "1"),
                            ScriptedResponse.respond(200, "fine"))) {
                Sent sent = send(kind, server.uri("/"));
                server.awaitRequests(1);
                sent.awaitWait();
                sent.reset.run();
                assertThat(sent.result()).isEqualTo("200 fine");
                assertThat(server.requests()).hasSize(2);
                assertNothingLeased();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void to_abort_it_behind_a_reset_in_the_same_wait_ends_the_call(Kind kind) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT).otherwise(BUSY)) {
            Sent sent = send(kind, server.uri("/"));
            server.awaitRequests(1);
            sent.awaitWait();
            for (int i = 0; i < 3; i++) {
                sent.reset.run();
            }
            sent.abort.run();
            sent.assertEnds();
            assertThat(server.requests()).hasSize(1);
        }
    }

    // ---- a request of the program's own class, which the client does not know as one that can be aborted

    private static final class Aware extends BasicHttpRequest implements HttpExecutionAware {
        private final AtomicReference<Cancellable> underWay = new AtomicReference<>();
        private volatile boolean aborted;

        Aware() {
            super("GET", "/");
        }

        void abort() {
            aborted = true;
            Cancellable known = underWay.get();
            if (known != null) {
                known.cancel();
            }
        }

        @Override
        public boolean isAborted() {
            return aborted;
        }

        @Override
        public void setCancellable(Cancellable cancellable) {
            underWay.set(cancellable);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Hosts.BARE, Hosts.QUICK, Hosts.LONG_DEADLINE, Hosts.HEDGED, Hosts.PATIENT})
    void a_request_that_takes_what_is_to_be_cancelled_ends_its_call(String host) throws Exception {
        boolean waits = host.equals(Hosts.PATIENT);
        try (ScriptedServer server = ScriptedServer.http(host).otherwise(waits ? BUSY : SILENT)) {
            Aware request = new Aware();
            HttpHost target = new HttpHost(server.uri("/").getHost(), server.port());
            Sent sent = new Sent(() -> call(client, target, request), request::abort, () -> {});
            server.awaitRequests(host.equals(Hosts.HEDGED) ? 2 : 1);
            if (waits) {
                sent.awaitWait();
            }
            sent.abort.run();
            sent.assertEnds();
            assertNothingLeased();
            assertThat(server.requests()).hasSize(host.equals(Hosts.HEDGED) ? 2 : 1);
        }
        assertThat(originals).allSatisfy(original -> assertThat(original).isSameAs(originals.get(0)));
    }
}
