package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.BasicHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.protocol.BasicHttpContext;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Two attempts of a call with a context of the program's own: each has one of its own, and the program's says what
 * became of the one that won. Where a context has more than the client's own settings, the call has one attempt at a
 * time.
 */
class HedgedContextContract {
    private static final ScriptedResponse SLOW = ScriptedResponse.respond(200, "slow")
            .header("Set-Cookie", "from=slow")
            .held();
    private static final ScriptedResponse QUICK =
            ScriptedResponse.respond(203, "quick").header("Set-Cookie", "from=quick");

    @Test
    void theContextOfApache5IsThatOfTheAttemptThatWon() throws IOException {
        try (CloseableHttpClient client = HttpClients.createDefault();
                ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            HttpClientContext context = HttpClientContext.create();
            BasicCookieStore cookies = new BasicCookieStore();
            context.setCookieStore(cookies);
            for (int i = 1; i <= 2; i++) {
                server.play(SLOW, QUICK);

                assertThat(text(client, server, context)).isEqualTo("quick");

                assertThat(context.getResponse().getCode()).isEqualTo(203);
                assertThat(context.getRequest().getPath()).isEqualTo("/a");
                assertThat(context.getHttpRoute().getTargetHost().getPort()).isEqualTo(server.port());
                assertThat(context.getCookieStore()).isSameAs(cookies);
                assertThat(cookies.getCookies())
                        .singleElement()
                        .satisfies(cookie -> assertThat(cookie.getValue()).isEqualTo("quick"));
                server.awaitOpen(1);
            }
            assertThat(server.requests())
                    .extracting(request -> request.header("Cookie").orElse(""))
                    .containsExactly("", "", "from=quick", "from=quick");
            HttpContext basic = new BasicHttpContext();
            server.play(SLOW, QUICK);
            assertThat(text(client, server, basic)).isEqualTo("quick");
            assertThat(HttpClientContext.cast(basic).getResponse().getCode()).isEqualTo(203);
        }
    }

    @Test
    void aSecondAttemptForWhichThereIsNoConnectionLeavesTheFirstOneAlone() throws Exception {
        ScriptedResponse late = ScriptedResponse.respond(200, "late").delayed(Duration.ofMillis(300));
        try (CloseableHttpClient five = HttpClients.custom()
                        .setConnectionManager(new BasicHttpClientConnectionManager())
                        .build();
                org.apache.http.impl.client.CloseableHttpClient four = org.apache.http.impl.client.HttpClients.custom()
                        .setConnectionManager(new org.apache.http.impl.conn.BasicHttpClientConnectionManager())
                        .build();
                ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            server.play(late, late);

            assertThat(text(five, server, null)).isEqualTo("late");
            String text = four.execute(
                    new org.apache.http.client.methods.HttpGet(server.uri("/a")),
                    response -> org.apache.http.util.EntityUtils.toString(response.getEntity()));

            assertThat(text).isEqualTo("late");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void aPoolWithoutARestLeavesTheFirstAttemptAlone() throws Exception {
        ScriptedResponse late = ScriptedResponse.respond(200, "late").delayed(Duration.ofMillis(600));
        try (PoolingHttpClientConnectionManager one = new PoolingHttpClientConnectionManager();
                ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            one.setMaxTotal(1);
            try (CloseableHttpClient client = HttpClients.custom()
                    .setConnectionManager(one)
                    .setDefaultRequestConfig(RequestConfig.custom()
                            .setConnectionRequestTimeout(Timeout.ofMilliseconds(10))
                            .build())
                    .build()) {
                server.play(late);

                assertThat(text(client, server, null)).isEqualTo("late");
                assertThat(server.requests()).hasSize(1);
            }
        }
    }

    @Test
    void theContextOfApache4IsThatOfTheAttemptThatWon() throws IOException {
        try (org.apache.http.impl.client.CloseableHttpClient client =
                        org.apache.http.impl.client.HttpClients.createDefault();
                ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            org.apache.http.client.protocol.HttpClientContext context =
                    org.apache.http.client.protocol.HttpClientContext.create();
            context.setCookieStore(new org.apache.http.impl.client.BasicCookieStore());
            for (int i = 1; i <= 2; i++) {
                server.play(SLOW, QUICK);

                String text = client.execute(
                        new org.apache.http.client.methods.HttpGet(server.uri("/a")),
                        response -> org.apache.http.util.EntityUtils.toString(response.getEntity()),
                        context);

                assertThat(text).isEqualTo("quick");
                assertThat(context.getResponse().getStatusLine().getStatusCode())
                        .isEqualTo(203);
                assertThat(context.getHttpRoute().getTargetHost().getPort()).isEqualTo(server.port());
                server.awaitOpen(1);
            }
            assertThat(server.requests())
                    .extracting(request -> request.header("Cookie").orElse(""))
                    .containsExactly("", "", "from=quick", "from=quick");
        }
    }

    @Test
    void aContextWithMoreThanSettingsIsUsedByOneAttemptAtATime() throws IOException {
        try (CloseableHttpClient client = HttpClients.createDefault();
                ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            HttpClientContext context = HttpClientContext.create();
            context.setAttribute("mine", List.of());
            server.play(ScriptedResponse.respond(HttpStatus.SC_OK, "late").delayed(Duration.ofMillis(600)));

            assertThat(text(client, server, context)).isEqualTo("late");

            assertThat(server.requests()).extracting(ReceivedRequest::target).containsExactly("/a");
            assertThat(context.getResponse().getCode()).isEqualTo(200);
        }
    }

    /** The program's request knows of the attempt that asked for a connection last, which has ended here. */
    @Test
    void anAbortEndsTheFirstAttemptWhereTheSecondHasFailed() throws Exception {
        PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
        try (CloseableHttpClient client =
                        HttpClients.custom().setConnectionManager(pool).build();
                ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            server.play(SLOW, ScriptedResponse.respond(503, "broken"));
            HttpGet get = new HttpGet(server.uri("/a"));
            CompletableFuture<Integer> call = CompletableFuture.supplyAsync(() -> {
                try {
                    return client.execute(get, response -> response.getCode());
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            server.awaitRequests(2);
            Awaitility.await().until(() -> pool.getTotalStats().getLeased() == 1);

            get.abort();

            assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IOException.class);
            assertThat(server.requests()).hasSize(2);
        }
    }

    private static String text(CloseableHttpClient client, ScriptedServer server, HttpContext context)
            throws IOException {
        return client.execute(
                new HttpGet(server.uri("/a")), context, response -> EntityUtils.toString(response.getEntity()));
    }
}
