package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.impl.classic.FutureRequestExecutionService;
import org.apache.http.client.methods.HttpGet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The handlers that a program hands to Apache HttpClient 5 and 4: each sees the one response that the call ends with,
 * and an exception of its own is no failure of the origin.
 */
class ResponseHandlerContract {
    private static final ScriptedResponse BUSY = ScriptedResponse.respond(503, "busy");

    private final List<Integer> seen = new ArrayList<>();

    private int seen(int status) {
        seen.add(status);
        return status;
    }

    @ParameterizedTest
    @ValueSource(strings = {Hosts.BARE, Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT})
    void an_exception_of_a_handler_of_apache_5_ends_the_call(String host) throws IOException {
        var pool = new org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager();
        try (ScriptedServer server = ScriptedServer.http(host);
                var client = org.apache.hc.client5.http.impl.classic.HttpClients.custom()
                        .setConnectionManager(pool)
                        .build()) {
            var get = new org.apache.hc.client5.http.classic.methods.HttpGet(server.uri("/"));
            for (Exception own : List.of(new IOException("own"), new IllegalStateException("own"))) {
                assertThatThrownBy(() -> client.execute(get, response -> {
                            seen(response.getCode());
                            if (own instanceof IOException io) {
                                throw io;
                            }
                            throw (RuntimeException) own;
                        }))
                        .isSameAs(own)
                        .hasNoSuppressedExceptions();
            }
            assertThat(server.requests()).hasSize(2);
            assertThat(pool.getTotalStats().getLeased()).isZero();
        }
        assertThat(seen).containsExactly(200, 200);
    }

    @ParameterizedTest
    @ValueSource(strings = {Hosts.BARE, Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT})
    void an_exception_of_a_handler_of_apache_4_ends_the_call(String host) throws IOException {
        var pool = new org.apache.http.impl.conn.PoolingHttpClientConnectionManager();
        try (ScriptedServer server = ScriptedServer.http(host);
                var client = org.apache.http.impl.client.HttpClients.custom()
                        .setConnectionManager(pool)
                        .build()) {
            HttpGet get = new HttpGet(server.uri("/"));
            for (Exception own : List.of(new IOException("own"), new IllegalStateException("own"))) {
                assertThatThrownBy(() -> client.execute(get, response -> {
                            seen(response.getStatusLine().getStatusCode());
                            if (own instanceof IOException io) {
                                throw io;
                            }
                            throw (RuntimeException) own;
                        }))
                        .isSameAs(own)
                        .hasNoSuppressedExceptions();
            }
            assertThat(server.requests()).hasSize(2);
            assertThat(pool.getTotalStats().getLeased()).isZero();
        }
        assertThat(seen).containsExactly(200, 200);
    }

    @Test
    void a_handler_on_a_thread_of_the_librarys_sees_the_last_response() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (var five = org.apache.hc.client5.http.impl.classic.HttpClients.createDefault();
                var futures5 = new FutureRequestExecutionService(five, threads);
                ScriptedServer server = ScriptedServer.http(Hosts.QUICK).play(BUSY, BUSY)) {
            var get = new org.apache.hc.client5.http.classic.methods.HttpGet(server.uri("/"));
            assertThat(futures5.execute(get, null, response -> seen(response.getCode()))
                            .get(10, TimeUnit.SECONDS))
                    .isEqualTo(200);
            assertThat(server.requests()).hasSize(3);
        }
        threads = Executors.newSingleThreadExecutor(); // such a service shuts its own down
        try (var four = org.apache.http.impl.client.HttpClients.createDefault();
                var futures4 = new org.apache.http.impl.client.FutureRequestExecutionService(four, threads);
                ScriptedServer server = ScriptedServer.http(Hosts.QUICK).play(BUSY, BUSY)) {
            assertThat(futures4.execute(
                                    new HttpGet(server.uri("/")),
                                    null,
                                    response -> seen(response.getStatusLine().getStatusCode()))
                            .get(10, TimeUnit.SECONDS))
                    .isEqualTo(200);
            assertThat(server.requests()).hasSize(3);
        }
        assertThat(seen).containsExactly(200, 200);
    }
}
