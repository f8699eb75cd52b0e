package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.util.Timeout;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Apache HttpClient 5 with a pool of one connection: leases, cancellation, and what interceptors and elements see. */
class Apache5Contract {
    private final PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
            .setMaxConnPerRoute(1)
            .setMaxConnTotal(1)
            .build();
    private CloseableHttpClient client = client(builder -> builder);

    private CloseableHttpClient client(UnaryOperator<HttpClientBuilder> options) {
        return options.apply(HttpClients.custom()
                        .setConnectionManager(pool)
                        .disableAutomaticRetries()
                        .setDefaultRequestConfig(RequestConfig.custom()
                                .setConnectionRequestTimeout(Timeout.ofSeconds(2))
                                .build()))
                .build();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
    }

    @Test
    void aPoolOfOneConnectionServesAllAttemptsAndHasNoneLeasedInTheEnd() throws IOException {
        for (int i = 0; i < 30; i++) {
            try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) { // with a budget of its own
                server.play(
                        ScriptedResponse.respond(503, "x".repeat(i * 3000)),
                        ScriptedResponse.respond(502, "chunk by chunk").chunked(),
                        i % 2 == 0 ? ScriptedResponse.afterRequest(Cut.RESET) : ScriptedResponse.respond(500),
                        ScriptedResponse.respond(200, "good"));

                assertThat(text(new HttpGet(server.uri("/")))).isEqualTo("200 good");

                assertThat(server.requests()).hasSize(4);
                PoolStats stats = pool.getTotalStats();
                assertThat(stats.getLeased()).isZero();
                assertThat(stats.getPending()).isZero();
                assertThat(stats.getAvailable()).isEqualTo(1);
            }
        }
    }

    @Test
    void aPoolThatIsFullIsNoFailureOfTheOrigin() throws IOException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.BREAKING)) {
            HttpHost host = HttpHost.create(server.uri("/"));
            try (ClassicHttpResponse open = client.executeOpen(host, new HttpGet(server.uri("/")), null)) {
                for (int i = 0; i < 4; i++) {
                    HttpGet get = new HttpGet(server.uri("/"));
                    get.setConfig(RequestConfig.custom()
                            .setConnectionRequestTimeout(Timeout.ofMilliseconds(10))
                            .build());
                    assertThatThrownBy(() -> text(get))
                            .isExactlyInstanceOf(ConnectionRequestTimeoutException.class)
                            .hasNoSuppressedExceptions();
                }
                assertThat(open.getCode()).isEqualTo(200);
            }
            assertThat(text(new HttpGet(server.uri("/")))).isEqualTo("200 ok");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void theWaitForAConnectionIsNoTimeOfAnAttempt() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUEUED)) {
            HttpHost host = HttpHost.create(server.uri("/"));
            RequestConfig patient = RequestConfig.custom()
                    .setConnectionRequestTimeout(Timeout.ofMinutes(1))
                    .build();
            CompletableFuture<String> call;
            try (ClassicHttpResponse open = client.executeOpen(host, new HttpGet(server.uri("/open")), null)) {
                HttpGet get = new HttpGet(server.uri("/"));
                get.setConfig(patient);
                call = CompletableFuture.supplyAsync(() -> textOf(get));
                Awaitility.await().until(() -> pool.getTotalStats().getPending() == 1);
                Awaitility.await().during(Duration.ofMillis(1500)).until(() -> !call.isDone());
                assertThat(open.getCode()).isEqualTo(200);
            }
            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo("200 ok");
            assertThat(server.requests()).extracting(ReceivedRequest::target).containsExactly("/open", "/");
        }
    }

    @Test
    void theDeadlineEndsTheWaitForAConnection() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEADLINE)) {
            HttpHost host = HttpHost.create(server.uri("/"));
            try (ClassicHttpResponse open = client.executeOpen(host, new HttpGet(server.uri("/open")), null)) {
                HttpGet get = new HttpGet(server.uri("/"));
                get.setConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.ofMinutes(1))
                        .build());
                assertThatThrownBy(() -> text(get)).isExactlyInstanceOf(SocketTimeoutException.class);
                assertThat(get.isAborted()).isFalse();
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                assertThat(open.getCode()).isEqualTo(200);
            }
            assertThat(server.requests()).hasSize(1);
            assertThat(pool.getTotalStats().getLeased()).isZero();
        }
    }

    @Test
    void aWholeAddressInAQueryIsNoAddressOfTheRequest() throws Exception {
        String path = "/r?u=http://x.example/y";
        client = HttpClients.createDefault();
        try (ScriptedServer first = ScriptedServer.http(Hosts.CACHED);
                ScriptedServer second = ScriptedServer.http(Hosts.CACHED)) {
            first.play(ScriptedResponse.respond(200, "first")).otherwise(ScriptedResponse.respond(503, "busy"));
            second.otherwise(ScriptedResponse.respond(503, "second"));

            assertThat(text(new HttpGet(first.uri(path)))).isEqualTo("200 first");
            assertThat(text(new HttpGet(first.uri(path)))).isEqualTo("200 first");
            assertThat(text(new HttpGet(second.uri(path)))).isEqualTo("503 second");
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
                ClassicHttpRequest request = new BasicClassicHttpRequest("GET", HttpHost.create(server.uri("/")), line);
                String got = client.execute(request, Apache5Contract::seen);
                assertThat(got)
                        .as(host)
                        .isEqualTo(host.equals(Hosts.DEFAULTED) ? "203 in place of it: \u00e9\n" : "503 busy");
                assertThat(server.requests())
                        .allSatisfy(sent -> assertThat(sent.target()).isEqualTo(line));
            }
        }
    }

    @Test
    void anAbortDuringTheWaitEndsTheCallInTheClientsException() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT)) {
            server.play(ScriptedResponse.respond(503, "busy"));
            HttpGet get = new HttpGet(server.uri("/"));
            CompletableFuture<String> call = CompletableFuture.supplyAsync(() -> {
                try {
                    return text(get);
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            server.awaitRequests(1);
            Awaitility.await().until(() -> pool.getTotalStats().getLeased() == 0);

            get.abort();

            assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseExactlyInstanceOf(RequestFailedException.class);
            assertThat(get.isAborted()).isTrue();
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void interceptorsElementsAndTheContextAreThoseOfTheProgramInEachAttempt() throws IOException {
        List<Object> originals = new ArrayList<>();
        List<Object> contexts = new ArrayList<>();
        client = client(builder -> builder.addExecInterceptorFirst("own", (request, scope, chain) -> {
                    originals.add(scope.originalRequest);
                    return chain.proceed(request, scope);
                })
                .addRequestInterceptorLast((request, entity, context) -> {
                    contexts.add(context.getAttribute("mine"));
                    request.addHeader("X-Seen", Integer.toString(contexts.size()));
                }));
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(503));
            HttpPut put = new HttpPut(server.uri("/"));
            HttpEntity entity =
                    new InputStreamEntity(new ByteArrayInputStream("whole".getBytes(StandardCharsets.US_ASCII)), null);
            put.setEntity(entity);
            HttpClientContext context = HttpClientContext.create();
            context.setAttribute("mine", "yes");

            int status = client.execute(put, context, response -> response.getCode());

            assertThat(status).isEqualTo(200);
            assertThat(originals)
                    .hasSize(2)
                    .allSatisfy(original -> assertThat(original).isSameAs(put));
            assertThat(contexts).containsExactly("yes", "yes");
            assertThat(context.getResponse().getCode()).isEqualTo(200);
            assertThat(put.getEntity()).isSameAs(entity);
            assertThat(put.containsHeader("X-Seen")).isFalse();
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("whole", "whole");
            assertThat(server.requests())
                    .extracting(request -> request.headers("X-Seen"))
                    .containsExactly(List.of("1"), List.of("2"));
        }
    }

    @Test
    void anAttemptThatIsCutOffLeavesTheProgramsRequestAsItIs() throws IOException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT)) {
            server.play(ScriptedResponse.afterRequest(Cut.HANG));
            HttpGet get = new HttpGet(server.uri("/"));

            assertThat(text(get)).isEqualTo("200 ok");

            assertThat(get.isAborted()).isFalse();
            assertThat(server.requests()).hasSize(2);
            assertThat(pool.getTotalStats().getLeased()).isZero();
        }
    }

    private String textOf(HttpUriRequestBase request) {
        try {
            return text(request);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private String text(HttpUriRequestBase request) throws IOException {
        return client.execute(request, Apache5Contract::seen);
    }

    private static String seen(ClassicHttpResponse response) throws IOException {
        HttpEntity entity = response.getEntity();
        return response.getCode()
                + " "
                + (entity == null ? "" : new String(entity.getContent().readAllBytes(), StandardCharsets.UTF_8));
    }
}
