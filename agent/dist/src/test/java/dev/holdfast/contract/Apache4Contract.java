package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.http.HttpHost;
import org.apache.http.HttpResponse;
import org.apache.http.client.HttpClient;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.conn.ConnectionPoolTimeoutException;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.PoolingClientConnectionManager;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.impl.execchain.RequestAbortedException;
import org.apache.http.message.BasicHttpRequest;
import org.apache.http.pool.PoolStats;
import org.apache.http.util.EntityUtils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Apache HttpClient 4, old clients too, with a pool of one connection: leases, cancellation and default hosts. */
@SuppressWarnings("deprecation") // programs use what is old
class Apache4Contract {
    private static final int SHORT = 10;

    private final PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
    private final CloseableHttpClient client = HttpClients.custom()
            .setConnectionManager(pool)
            .disableAutomaticRetries()
            .setDefaultRequestConfig(
                    RequestConfig.custom().setConnectionRequestTimeout(2000).build())
            .build();
    private final PoolingClientConnectionManager oldPool = new PoolingClientConnectionManager();
    private final DefaultHttpClient old = new DefaultHttpClient(oldPool);

    Apache4Contract() {
        pool.setMaxTotal(1);
        oldPool.setMaxTotal(1);
        old.setHttpRequestRetryHandler((error, count, context) -> false);
        old.getParams().setParameter("http.conn-manager.timeout", 2000L);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        old.getConnectionManager().shutdown();
    }

    @Test
    void aPoolOfOneConnectionServesAllAttemptsAndHasNoneLeasedInTheEnd() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) { // with a budget of its own
                server.play(
                        ScriptedResponse.respond(503, "x".repeat(i * 3000)),
                        ScriptedResponse.respond(502, "chunk by chunk").chunked(),
                        i % 2 == 0 ? ScriptedResponse.afterRequest(Cut.RESET) : ScriptedResponse.respond(500),
                        ScriptedResponse.respond(200, "good"));

                assertThat(text(i % 4 < 2 ? client : old, new HttpGet(server.uri("/"))))
                        .isEqualTo("200 good");

                assertThat(server.requests()).hasSize(4);
                for (PoolStats stats : new PoolStats[] {pool.getTotalStats(), oldPool.getTotalStats()}) {
                    assertThat(stats.getLeased()).isZero();
                    assertThat(stats.getPending()).isZero();
                }
            }
        }
    }

    @Test
    void aPoolThatIsFullIsNoFailureOfTheOrigin() throws IOException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.BREAKING)) {
            try (CloseableHttpResponse open = client.execute(new HttpGet(server.uri("/")))) {
                for (int i = 0; i < 4; i++) {
                    HttpGet get = new HttpGet(server.uri("/"));
                    get.setConfig(RequestConfig.custom()
                            .setConnectionRequestTimeout(SHORT)
                            .build());
                    assertThatThrownBy(() -> text(client, get))
                            .isExactlyInstanceOf(ConnectionPoolTimeoutException.class)
                            .hasNoSuppressedExceptions();
                }
                assertThat(open.getStatusLine().getStatusCode()).isEqualTo(200);
            }
            HttpResponse open = old.execute(new HttpGet(server.uri("/")));
            for (int i = 0; i < 4; i++) {
                HttpGet get = new HttpGet(server.uri("/"));
                get.getParams().setParameter("http.conn-manager.timeout", (long) SHORT);
                assertThatThrownBy(() -> text(old, get))
                        .isExactlyInstanceOf(ConnectionPoolTimeoutException.class)
                        .hasNoSuppressedExceptions();
            }
            EntityUtils.consume(open.getEntity());
            assertThat(text(client, new HttpGet(server.uri("/")))).isEqualTo("200 ok");
            assertThat(text(old, new HttpGet(server.uri("/")))).isEqualTo("200 ok");
            assertThat(server.requests()).hasSize(4);
        }
    }

    /** The client sends it as it is, and so do we. */
    @Test
    void aRequestLineThatIsNoUriHasItsPolicy() throws IOException {
        String line = "/a|b?c=^";
        for (String host : List.of(Hosts.DEFAULTED, Hosts.CACHED, Hosts.DEGRADED, Hosts.ATTEMPT_TIMEOUT)) {
            try (ScriptedServer server = ScriptedServer.http(host).otherwise(ScriptedResponse.respond(503, "busy"))) {
                if (host.equals(Hosts.ATTEMPT_TIMEOUT)) {
                    server.play(ScriptedResponse.afterRequest(Cut.HANG));
                }
                HttpHost origin = new HttpHost(host, server.port());
                assertThat(text(client.execute(origin, new BasicHttpRequest("GET", line))))
                        .as(host)
                        .startsWith(host.equals(Hosts.DEFAULTED) ? "203 in place of it" : "503 busy");
                assertThat(server.requests())
                        .allSatisfy(sent -> assertThat(sent.target()).isEqualTo(line));
            }
        }
    }

    /** A client without interceptors changes none, be it a URI. */
    @Test
    void aMinimalClientSendsTheProgramsRequestLine() throws IOException {
        try (CloseableHttpClient minimal = HttpClients.createMinimal();
                ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT)) {
            HttpHost origin = new HttpHost(Hosts.ATTEMPT_TIMEOUT, server.port());
            for (String line : List.of("/a|b?c=^", "//a/../b", "/a", "/c#d")) {
                server.reset();
                server.play(ScriptedResponse.respond(503, "busy"));
                assertThat(text(minimal.execute(origin, new BasicHttpRequest("GET", line))))
                        .isEqualTo("200 ok");
                assertThat(server.requests())
                        .extracting(ReceivedRequest::target)
                        .containsExactly(line, line);
            }
            server.reset();
            server.play(ScriptedResponse.afterRequest(Cut.HANG));
            assertThat(text(minimal.execute(origin, new BasicHttpRequest("GET", "/a?b"))))
                    .isEqualTo("200 ok");
            assertThat(server.requests()).hasSize(2);
        }
    }

    /** The library takes it for an interrupt, with the agent and without: it logs that, and sets the flag again. */
    @Test
    void anAbortOfTheProgramsLeavesTheInterruptThatTheLibraryLeaves() throws Exception {
        old.getParams().setParameter("http.conn-manager.timeout", 60_000L);
        Logger log = Logger.getLogger(PoolingClientConnectionManager.class.getName());
        log.setLevel(Level.OFF);
        List<Boolean> interrupted = new ArrayList<>();
        for (String host : List.of(Hosts.BARE, Hosts.ATTEMPT_TIMEOUT)) {
            try (ScriptedServer server = ScriptedServer.http(host)) {
                HttpResponse open = old.execute(new HttpGet(server.uri("/open")));
                HttpGet get = new HttpGet(server.uri("/"));
                CompletableFuture<Boolean> call = CompletableFuture.supplyAsync(() -> {
                    assertThatThrownBy(() -> text(old, get)).isInstanceOf(IOException.class);
                    return Thread.interrupted();
                });
                Awaitility.await().until(() -> pending() == 1);
                get.abort();
                interrupted.add(call.get(20, TimeUnit.SECONDS));
                EntityUtils.consume(open.getEntity());
            }
        }
        log.setLevel(null);
        assertThat(interrupted).containsExactly(true, true);
    }

    @Test
    void anAbortDuringTheWaitEndsTheCallInTheClientsException() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT)) {
            for (HttpClient used : new HttpClient[] {client, old}) {
                server.reset();
                server.play(ScriptedResponse.respond(503, "busy"));
                HttpGet get = new HttpGet(server.uri("/"));
                CompletableFuture<String> call = CompletableFuture.supplyAsync(() -> {
                    try {
                        return text(used, get);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                });
                server.awaitRequests(1);
                Awaitility.await()
                        .until(() -> pool.getTotalStats().getLeased()
                                        + oldPool.getTotalStats().getLeased()
                                == 0);

                get.abort();

                assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseExactlyInstanceOf(RequestAbortedException.class);
                assertThat(server.requests()).hasSize(1);
            }
        }
    }

    @Test
    void theWaitForAConnectionIsNoTimeOfAnAttempt() throws Exception {
        old.getParams().setParameter("http.conn-manager.timeout", 60_000L);
        RequestConfig patient =
                RequestConfig.custom().setConnectionRequestTimeout(60_000).build();
        for (HttpClient used : new HttpClient[] {client, old}) {
            try (ScriptedServer server = ScriptedServer.http(Hosts.QUEUED)) {
                HttpResponse open = used.execute(new HttpGet(server.uri("/open")));
                HttpGet get = new HttpGet(server.uri("/"));
                if (used == client) {
                    get.setConfig(patient);
                }
                CompletableFuture<String> call = CompletableFuture.supplyAsync(() -> textOf(used, get));
                Awaitility.await().until(() -> pending() == 1);
                Awaitility.await().during(Duration.ofMillis(1500)).until(() -> !call.isDone());
                EntityUtils.consume(open.getEntity());
                assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo("200 ok");
                assertThat(server.requests())
                        .extracting(ReceivedRequest::target)
                        .containsExactly("/open", "/");
            }
        }
    }

    @Test
    void theDeadlineEndsTheWaitForAConnection() throws IOException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEADLINE)) {
            HttpResponse open = client.execute(new HttpGet(server.uri("/open")));
            HttpGet get = new HttpGet(server.uri("/"));
            get.setConfig(
                    RequestConfig.custom().setConnectionRequestTimeout(60_000).build());
            assertThatThrownBy(() -> text(client, get)).isExactlyInstanceOf(SocketTimeoutException.class);
            assertThat(get.isAborted()).isFalse();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            EntityUtils.consume(open.getEntity());
            assertThat(server.requests()).hasSize(1);
            assertThat(pending()).isZero();
        }
    }

    /** The library takes the end of the wait for an interrupt, and logs it. */
    @Test
    void noInterruptIsLeftBehindWhereTheDeadlineEndsTheWait() throws IOException {
        old.getParams().setParameter("http.conn-manager.timeout", 60_000L);
        Logger log = Logger.getLogger(PoolingClientConnectionManager.class.getName());
        log.setLevel(Level.OFF);
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEADLINE)) {
            HttpResponse open = old.execute(new HttpGet(server.uri("/open")));
            assertThatThrownBy(() -> text(old, new HttpGet(server.uri("/"))))
                    .isExactlyInstanceOf(SocketTimeoutException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            EntityUtils.consume(open.getEntity());
            assertThat(server.requests()).hasSize(1);
        } finally {
            log.setLevel(null);
        }
    }

    private int pending() {
        return pool.getTotalStats().getPending() + oldPool.getTotalStats().getPending();
    }

    @Test
    void aDefaultHostOfTheClientOrTheRequestHasItsPolicy() throws IOException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            HttpHost host = new HttpHost(Hosts.QUICK, server.port());
            server.play(ScriptedResponse.respond(503));
            BasicHttpRequest request = new BasicHttpRequest("GET", "/request");
            request.getParams().setParameter("http.default-host", host);
            assertThat(text(old.execute((HttpHost) null, request))).isEqualTo("200 ok");

            server.play(ScriptedResponse.respond(503));
            old.getParams().setParameter("http.default-host", host);
            assertThat(text(old.execute((HttpHost) null, new BasicHttpRequest("GET", "/client"))))
                    .isEqualTo("200 ok");

            assertThat(server.requests())
                    .extracting(ReceivedRequest::target)
                    .containsExactly("/request", "/request", "/client", "/client");
        }
    }

    private static String textOf(HttpClient client, HttpUriRequest request) {
        try {
            return text(client, request);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static String text(HttpClient client, HttpUriRequest request) throws IOException {
        return text(client.execute(request));
    }

    private static String text(HttpResponse response) throws IOException {
        return response.getStatusLine().getStatusCode() + " " + EntityUtils.toString(response.getEntity());
    }
}
