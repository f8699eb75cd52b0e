package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.util.Timeout;
import org.apache.http.client.HttpClient;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.AbortableHttpRequest;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.PoolingClientConnectionManager;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The program's own request of Apache HttpClient 4 and 5 behind the head of a response: to abort, cancel, reset or
 * release it closes the connection and gives it back, whatever the attempt was sent with.
 */
@SuppressWarnings("deprecation") // programs use what is old
class AbortedRequestContract {
    private static final ScriptedResponse LONG = ScriptedResponse.respond(404, "x".repeat(3000));
    private static final ScriptedResponse STUCK =
            ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.HANG);
    private static final int CALLS = 3;

    private final PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
    private final PoolingClientConnectionManager oldPool = new PoolingClientConnectionManager();
    private final org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager pool5 =
            new org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager();
    private final HttpClient client = HttpClients.custom()
            .setConnectionManager(pool)
            .setDefaultRequestConfig(
                    RequestConfig.custom().setConnectionRequestTimeout(2000).build())
            .build();
    private final DefaultHttpClient old = new DefaultHttpClient(oldPool);
    private final CloseableHttpClient client5 = org.apache.hc.client5.http.impl.classic.HttpClients.custom()
            .setConnectionManager(pool5)
            .setDefaultRequestConfig(org.apache.hc.client5.http.config.RequestConfig.custom()
                    .setConnectionRequestTimeout(Timeout.ofSeconds(2))
                    .build())
            .build();

    AbortedRequestContract() {
        pool.setMaxTotal(2);
        oldPool.setMaxTotal(2);
        pool5.setMaxTotal(2);
        old.getParams().setParameter("http.conn-manager.timeout", 2000L);
    }

    @AfterEach
    void close() throws IOException {
        pool.shutdown();
        oldPool.shutdown();
        client5.close();
    }

    private int leased() {
        return pool.getTotalStats().getLeased()
                + oldPool.getTotalStats().getLeased()
                + pool5.getTotalStats().getLeased();
    }

    @ParameterizedTest
    @ValueSource(strings = {Hosts.BARE, Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT, Hosts.LONG_DEADLINE, Hosts.HEDGED})
    void a_released_request_of_apache_4_gives_its_connection_back(String host) throws IOException {
        for (HttpClient used : new HttpClient[] {client, old}) {
            for (Consumer<HttpRequestBase> end : List.<Consumer<HttpRequestBase>>of(
                    HttpRequestBase::releaseConnection, HttpRequestBase::reset, HttpRequestBase::abort)) {
                try (ScriptedServer server = ScriptedServer.http(host).otherwise(LONG)) {
                    List<String> paths = new ArrayList<>();
                    for (int i = 0; i < CALLS; i++) {
                        HttpGet get = new HttpGet(server.uri("/" + i));
                        paths.add("/" + i);
                        assertThat(used.execute(get).getStatusLine().getStatusCode())
                                .isEqualTo(404);
                        end.accept(get);
                        assertThat(leased()).isZero();
                    }
                    assertThat(server.requests())
                            .extracting(ReceivedRequest::target)
                            .containsExactlyElementsOf(paths);
                    server.awaitOpen(0);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Hosts.BARE, Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT, Hosts.LONG_DEADLINE, Hosts.HEDGED})
    void a_released_request_of_apache_5_gives_its_connection_back(String host) throws IOException {
        for (Consumer<org.apache.hc.client5.http.classic.methods.HttpGet> end :
                List.<Consumer<org.apache.hc.client5.http.classic.methods.HttpGet>>of(
                        get -> get.reset(), get -> get.cancel())) {
            try (ScriptedServer server = ScriptedServer.http(host).otherwise(LONG)) {
                List<String> paths = new ArrayList<>();
                for (int i = 0; i < CALLS; i++) {
                    var get = new org.apache.hc.client5.http.classic.methods.HttpGet(server.uri("/" + i));
                    paths.add("/" + i);
                    assertThat(client5.execute(get).getCode()).isEqualTo(404);
                    end.accept(get);
                    assertThat(leased()).isZero();
                }
                assertThat(server.requests())
                        .extracting(ReceivedRequest::target)
                        .containsExactlyElementsOf(paths);
                server.awaitOpen(0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Hosts.BARE, Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT, Hosts.LONG_DEADLINE, Hosts.HEDGED})
    void an_abort_ends_the_reading_of_a_body(String host) throws Exception {
        for (HttpClient used : new HttpClient[] {client, old}) {
            try (ScriptedServer server = ScriptedServer.http(host).play(STUCK)) {
                HttpGet get = new HttpGet(server.uri("/"));
                assertEnds(used.execute(get).getEntity().getContent(), get::abort);
                server.awaitOpen(0);
                assertThat(server.requests()).hasSize(1);
            }
        }
        try (ScriptedServer server = ScriptedServer.http(host).play(STUCK)) {
            var get = new org.apache.hc.client5.http.classic.methods.HttpGet(server.uri("/"));
            assertEnds(client5.execute(get).getEntity().getContent(), get::cancel);
            server.awaitOpen(0);
            assertThat(server.requests()).hasSize(1);
        }
    }

    /** The response of an alternate origin is the program's, too. */
    @Test
    void an_abort_ends_the_reading_of_the_body_of_an_alternate_origin() throws Exception {
        for (HttpClient used : new HttpClient[] {client, old}) {
            try (ScriptedServer server = ScriptedServer.http(Hosts.DEGRADED);
                    ScriptedServer other =
                            ScriptedServer.http(Hosts.OTHER_ORIGIN, Integer.getInteger("contract.otherPort", 0))) {
                server.otherwise(ScriptedResponse.respond(503));
                other.play(STUCK);
                HttpGet get = new HttpGet(server.uri("/"));
                assertEnds(used.execute(get).getEntity().getContent(), get::abort);
                other.awaitOpen(0);
                assertThat(other.requests()).hasSize(1);
            }
        }
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEGRADED);
                ScriptedServer other =
                        ScriptedServer.http(Hosts.OTHER_ORIGIN, Integer.getInteger("contract.otherPort", 0))) {
            server.otherwise(ScriptedResponse.respond(503));
            other.play(STUCK);
            var get = new org.apache.hc.client5.http.classic.methods.HttpGet(server.uri("/"));
            assertEnds(client5.execute(get).getEntity().getContent(), get::cancel);
            other.awaitOpen(0);
            assertThat(other.requests()).hasSize(1);
        }
    }

    private void assertEnds(InputStream body, Runnable abort) throws Exception {
        assertThat(body.read()).isEqualTo('0');
        CompletableFuture<Throwable> read = CompletableFuture.supplyAsync(() -> catchThrowable(body::readAllBytes));
        abort.run();
        assertThat(read.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(leased()).isZero();
    }

    /** Requests of 4.0 to 4.2 say by an exception of their own that they were aborted before. */
    @Test
    void a_request_that_was_aborted_before_ends_the_call_in_its_own_exception() throws IOException {
        for (String host : List.of(Hosts.BARE, Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT, Hosts.HEDGED)) {
            try (ScriptedServer server = ScriptedServer.http(host)) {
                IOException own = new IOException("Request already aborted");
                HttpGet get = new HttpGet(server.uri("/"));
                get.abort();
                HttpUriRequest aborted = (HttpUriRequest) Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {HttpUriRequest.class, AbortableHttpRequest.class},
                        (proxy, method, arguments) -> {
                            if (method.getDeclaringClass() == AbortableHttpRequest.class) {
                                throw own;
                            }
                            try {
                                return method.invoke(get, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
                assertThatThrownBy(() -> old.execute(aborted)).as(host).isSameAs(own);
                assertThat(server.requests()).isEmpty();
                assertThat(leased()).isZero();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
    }
}
