package dev.holdfast.client.apache4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import javax.net.ssl.SSLException;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.HttpClient;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.conn.scheme.Scheme;
import org.apache.http.conn.ssl.SSLSocketFactory;
import org.apache.http.impl.client.BasicCookieStore;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.impl.cookie.BasicClientCookie;
import org.apache.http.message.BasicHeader;
import org.apache.http.protocol.HttpContext;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation") // programs use what is old
class Apache4CredentialFreeTest {
    private static final String OTHER = "http://other.example/a";

    @Test
    void it_trusts_what_the_programs_client_trusts() throws IOException {
        try (ScriptedServer server = ScriptedServer.https("127.0.0.1")) {
            CloseableHttpClient trusting = HttpClients.custom()
                    .setSSLContext(LoopbackTls.clientContext())
                    .build();
            DefaultHttpClient old = new DefaultHttpClient();
            old.getConnectionManager()
                    .getSchemeRegistry()
                    .register(new Scheme("https", 443, new SSLSocketFactory(LoopbackTls.clientContext())));

            assertThat(status(old, server.uri("/old"))).isEqualTo(200);
            assertThat(status(trusting, server.uri("/a"))).isEqualTo(200);
            assertThatThrownBy(() -> status(HttpClients.createDefault(), server.uri("/a")))
                    .isInstanceOf(SSLException.class);
            assertThat(server.requests()).extracting(ReceivedRequest::target).containsExactly("/old", "/a");
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

            DefaultHttpClient old = new DefaultHttpClient();
            old.addRequestInterceptor((request, context) -> request.addHeader("X-Token", "s3cret"));
            old.getParams()
                    .setParameter("http.route.default-proxy", address)
                    .setParameter("http.default-headers", List.of(new BasicHeader("X-Key", "s3cret")));
            assertThat(status(old, URI.create(OTHER))).isEqualTo(200);

            HttpClientContext context = HttpClientContext.create();
            context.setRequestConfig(config(address));
            assertThat(status(withUser(proxy).build(), new HttpGet(OTHER), context))
                    .isEqualTo(200);
            HttpGet withParameters = new HttpGet(OTHER);
            withParameters.getParams().setParameter("http.route.default-proxy", address);
            assertThat(status(withUser(proxy).build(), withParameters, context)).isEqualTo(200);

            HttpHost programs = new HttpHost("programs.example", 80);
            HttpGet forced = new HttpGet(OTHER);
            forced.getParams().setParameter("http.route.forced-route", new HttpRoute(programs, null, address, false));
            assertThat(status(new DefaultHttpClient(), forced)).isEqualTo(200);

            assertThat(proxy.requests()).hasSize(7).allSatisfy(request -> {
                assertThat(request.target()).isEqualTo(OTHER);
                assertThat(request.headers().toString()).doesNotContain("s3cret");
            });
        }
    }

    @Test
    void a_forced_route_says_the_way_and_not_the_target() throws IOException {
        try (ScriptedServer server = ScriptedServer.http();
                ScriptedServer proxy = ScriptedServer.http()) {
            DefaultHttpClient old = new DefaultHttpClient();
            old.getParams()
                    .setParameter("http.route.default-proxy", new HttpHost("127.0.0.1", proxy.port()))
                    .setParameter("http.route.forced-route", new HttpRoute(new HttpHost("programs.example", 80)));

            assertThat(status(old, server.uri("/a"))).isEqualTo(200);

            assertThat(server.requests()).hasSize(1);
            assertThat(proxy.requests()).isEmpty();
        }
    }

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
        PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
        pool.setMaxTotal(1);
        try (ScriptedServer server = ScriptedServer.http();
                CloseableHttpClient client =
                        HttpClients.custom().setConnectionManager(pool).build();
                CloseableHttpResponse open = client.execute(new HttpGet(server.uri("/open")))) {
            assertThat(open.getStatusLine().getStatusCode()).isEqualTo(200);
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
                new AuthScope("127.0.0.1", server.port()), new UsernamePasswordCredentials("user", "s3cret"));
        return HttpClients.custom()
                .setDefaultCookieStore(cookies)
                .setDefaultCredentialsProvider(credentials)
                .setDefaultHeaders(List.of(new BasicHeader("X-Key", "s3cret")))
                .addInterceptorLast(
                        (HttpRequest request, HttpContext context) -> request.addHeader("X-Token", "s3cret"));
    }

    private static int status(HttpClient client, URI uri) throws IOException {
        return status(client, new HttpGet(uri));
    }

    private static String origin(URI uri) {
        return uri.getScheme() + "://" + uri.getAuthority();
    }

    private static int status(HttpClient client, HttpGet request) throws IOException {
        return status(client, request, null);
    }

    private static int status(HttpClient client, HttpGet request, HttpContext context) throws IOException {
        return CredentialFreeClients.like(client, request, context, HttpHost.create(origin(request.getURI())))
                .execute(
                        new HttpGet(request.getURI()),
                        response -> response.getStatusLine().getStatusCode());
    }
}
