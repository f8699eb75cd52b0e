package dev.holdfast.client.apache5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.cookie.BasicClientCookie;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.junit.jupiter.api.Test;

class Apache5CredentialFreeTest {
    private static final String OTHER = "http://other.example/a";

    @Test
    void it_trusts_what_the_programs_client_trusts() throws IOException {
        try (ScriptedServer server = ScriptedServer.https("127.0.0.1")) {
            CloseableHttpClient trusting = HttpClients.custom()
                    .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                            .setTlsSocketStrategy(new DefaultClientTlsStrategy(LoopbackTls.clientContext()))
                            .build())
                    .build();

            assertThat(status(trusting, server.uri("/a"))).isEqualTo(200);
            assertThatThrownBy(() -> status(HttpClients.createDefault(), server.uri("/a")))
                    .isInstanceOf(SSLException.class);
            assertThat(server.requests()).extracting(ReceivedRequest::target).containsExactly("/a");
        }
    }

    @Test
    void it_goes_through_the_programs_proxy_without_anything_of_its_user() throws IOException {
        try (ScriptedServer proxy = ScriptedServer.http()) {
            HttpHost address = new HttpHost("127.0.0.1", proxy.port());

            assertThat(status(withUser(proxy).setProxy(address).build(), URI.create(OTHER)))
                    .isEqualTo(200);
            HttpGet configured = new HttpGet(OTHER);
            configured.setConfig(config(address));
            assertThat(status(withUser(proxy).build(), configured)).isEqualTo(200);
            assertThat(status(
                            withUser(proxy)
                                    .setDefaultRequestConfig(config(address))
                                    .build(),
                            URI.create(OTHER)))
                    .isEqualTo(200);

            HttpClientContext context = HttpClientContext.create();
            context.setRequestConfig(config(address));
            assertThat(status(
                            withUser(proxy)
                                    .setDefaultRequestConfig(RequestConfig.DEFAULT)
                                    .build(),
                            new HttpGet(OTHER),
                            context))
                    .isEqualTo(200);

            assertThat(proxy.requests()).hasSize(4).allSatisfy(request -> {
                assertThat(request.target()).isEqualTo(OTHER);
                assertThat(request.headers().toString()).doesNotContain("s3cret");
            });
        }
    }

    @SuppressWarnings("deprecation") // a program may do it
    private static RequestConfig config(HttpHost proxy) {
        return RequestConfig.custom().setProxy(proxy).build();
    }

    @Test
    void a_wish_for_a_password_is_not_met() throws IOException {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(401, "who").header("WWW-Authenticate", "Basic realm=\"r\""));

            assertThat(status(withUser(server).build(), server.uri("/a"))).isEqualTo(401);

            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void each_request_has_a_connection_of_its_own_and_none_of_the_programs_pool() throws IOException {
        PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(1)
                .build();
        try (ScriptedServer server = ScriptedServer.http();
                CloseableHttpClient client =
                        HttpClients.custom().setConnectionManager(pool).build();
                ClassicHttpResponse open =
                        client.executeOpen(HttpHost.create(server.uri("/")), new HttpGet(server.uri("/open")), null)) {
            assertThat(open.getCode()).isEqualTo(200);
            assertThat(status(client, server.uri("/a"))).isEqualTo(200);
            assertThat(status(client, server.uri("/b"))).isEqualTo(200);

            assertThat(server.requests()).extracting(ReceivedRequest::target).containsExactly("/open", "/a", "/b");
            assertThat(server.accepted()).isEqualTo(3);
            server.awaitOpen(1);
            assertThat(pool.getTotalStats().getLeased()).isEqualTo(1);
        }
    }

    private static HttpClientBuilder withUser(ScriptedServer server) {
        BasicCookieStore cookies = new BasicCookieStore();
        for (String domain : List.of("other.example", "127.0.0.1")) {
            BasicClientCookie cookie = new BasicClientCookie("session", "s3cret");
            cookie.setDomain(domain);
            cookie.setPath("/");
            cookies.addCookie(cookie);
        }
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(
                new AuthScope("127.0.0.1", server.port()),
                new UsernamePasswordCredentials("user", "s3cret".toCharArray()));
        return HttpClients.custom()
                .setDefaultCookieStore(cookies)
                .setDefaultCredentialsProvider(credentials)
                .setDefaultHeaders(List.of(new BasicHeader("X-Key", "s3cret")))
                .addRequestInterceptorLast((request, entity, context) -> request.addHeader("X-Token", "s3cret"));
    }

    private static int status(CloseableHttpClient client, URI uri) throws IOException {
        return status(client, new HttpGet(uri));
    }

    private static int status(CloseableHttpClient client, HttpGet request) throws IOException {
        return status(client, request, null);
    }

    private static int status(CloseableHttpClient client, HttpGet request, HttpContext context) throws IOException {
        try {
            return CredentialFreeClients.like(client, request, context)
                    .execute(new HttpGet(request.getUri()), ClassicHttpResponse::getCode);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
