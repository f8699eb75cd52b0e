package dev.holdfast.client.apache4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.apache.http.Header;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.auth.AuthSchemeProvider;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.HttpClient;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.config.RegistryBuilder;
import org.apache.http.impl.auth.BasicScheme;
import org.apache.http.impl.client.BasicAuthCache;
import org.apache.http.impl.client.BasicCookieStore;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.cookie.BasicClientCookie;
import org.apache.http.message.BasicHeader;
import org.apache.http.message.BasicHttpRequest;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation") // programs use what is old
class Apache4CallerTest {
    private static final String PLAIN = "http://shop.example/stock";

    private final Apache4Caller callers = new Apache4Caller(new FallbackStrategies((what, why) -> {}));

    @Test
    void clients_of_the_librarys_own_parts_speak_for_nobody_in_particular() {
        Identity identity = identity(HttpClients.createDefault(), null);

        assertThat(identity).isNotNull();
        assertThat(identity.lasting()).isTrue();
        assertThat(identity(HttpClients.custom().build(), null)).isEqualTo(identity);
        assertThat(identity(HttpClients.custom().build(), HttpClientContext.create()))
                .isEqualTo(identity);
        assertThat(identity(HttpClients.custom().build(), new BasicHttpContext()))
                .isEqualTo(identity);
    }

    @Test
    void old_clients_are_callers_of_their_own_before_and_after_they_have_made_their_parts() {
        DefaultHttpClient client = new DefaultHttpClient();
        Identity before = identity(client, null);
        client.getParams();
        client.getCookieStore();
        client.getCredentialsProvider();
        client.getRoutePlanner();
        client.getConnectionManager();
        client.getAuthSchemes();
        client.getCookieSpecs();
        client.addResponseInterceptor((response, context) -> {});

        assertThat(before).isNotNull();
        assertThat(identity(client, null)).isEqualTo(before);
        assertThat(identity(new DefaultHttpClient(), null)).isNotNull().isNotEqualTo(before);
        client.getParams().setParameter("http.default-headers", List.of(new BasicHeader("X-Tenant", "a")));
        assertThat(identity(client, null)).isNotNull().isNotEqualTo(before);
        client.getParams().setParameter("http.virtual-host", new HttpHost("other.example"));
        assertThat(identity(client, null)).isNull();
        DefaultHttpClient intercepted = new DefaultHttpClient();
        intercepted.addRequestInterceptor((request, context) -> {});
        assertThat(identity(intercepted, null)).isNull();
        assertThat(identity(new DefaultHttpClient() {}, null)).isNull();
    }

    @Test
    void parts_of_the_programs_own_may_add_anything() {
        HttpClientBuilder intercepted =
                HttpClients.custom().addInterceptorLast((HttpRequest request, HttpContext context) -> {});
        assertThat(identity(intercepted.build(), null)).isNull();
        assertThat(identity(
                        HttpClients.custom()
                                .setRoutePlanner((target, request, context) -> null)
                                .build(),
                        null))
                .isNull();
        assertThat(identity(
                        HttpClients.custom()
                                .setDefaultCookieStore(new BasicCookieStore() {})
                                .build(),
                        null))
                .isNull();
        assertThat(identity(
                        HttpClients.custom()
                                .setDefaultAuthSchemeRegistry(RegistryBuilder.<AuthSchemeProvider>create()
                                        .register("own", context -> new BasicScheme())
                                        .build())
                                .build(),
                        null))
                .isNull();
        assertThat(identity(HttpClients.createMinimal(), null)).isNull();
        assertThat(callers.identity(HttpClients.createDefault(), new Reporting(), null, PLAIN))
                .isEqualTo(identity(HttpClients.createDefault(), null));
        assertThat(callers.identity(HttpClients.createDefault(), new Signing(), null, PLAIN))
                .isNull();
        // What only decides whether a request is sent again adds nothing.
        assertThat(identity(
                        HttpClients.custom()
                                .setRetryHandler((error, count, context) -> false)
                                .build(),
                        null))
                .isNotNull();
    }

    @Test
    void credentials_are_not_looked_at() {
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        HttpClient client =
                HttpClients.custom().setDefaultCredentialsProvider(credentials).build();
        assertThat(identity(client, null)).isNotNull();
        credentials.setCredentials(AuthScope.ANY, new UsernamePasswordCredentials("user", "x"));
        assertThat(identity(client, null)).isNull();

        HttpClient plain = HttpClients.createDefault();
        HttpClientContext context = HttpClientContext.create();
        context.setCredentialsProvider(credentials);
        assertThat(identity(plain, context)).isNull();

        HttpClientContext preemptive = HttpClientContext.create();
        BasicAuthCache cache = new BasicAuthCache();
        preemptive.setAuthCache(cache);
        assertThat(identity(plain, preemptive)).isNotNull();
        cache.put(new HttpHost("shop.example"), new BasicScheme());
        assertThat(identity(plain, preemptive)).isNull();

        assertThat(callers.identity(plain, new HttpGet("http://user:x@shop.example/stock"), null, PLAIN))
                .isNull();
        assertThat(callers.identity(
                        plain, new BasicHttpRequest("GET", "http://user:x@shop.example/stock"), null, PLAIN))
                .isNull();
    }

    @Test
    void an_attribute_of_a_context_that_is_not_known_to_be_harmless_may_be_of_use_to_anybody() {
        HttpClient client = HttpClients.createDefault();
        HttpClientContext unknown = HttpClientContext.create();
        unknown.setAttribute("mine", "yes");
        assertThat(identity(client, unknown)).isNull();
        HttpClientContext user = HttpClientContext.create();
        user.setUserToken("alice");
        assertThat(identity(client, user)).isNull();
        BasicHttpContext behind = new BasicHttpContext();
        behind.setAttribute("mine", "yes");
        assertThat(identity(client, new BasicHttpContext(behind))).isNull();
        assertThat(identity(client, new HttpClientContext(behind))).isNull();
        assertThat(identity(client, new BasicHttpContext() {})).isNull();
    }

    @Test
    void cookies_headers_proxies_and_own_addresses_tell_callers_apart() throws Exception {
        HttpClient client = HttpClients.createDefault();
        Identity nobody = identity(client, null);
        BasicCookieStore cookies = new BasicCookieStore();
        HttpClientContext context = HttpClientContext.create();
        context.setCookieStore(cookies);
        assertThat(identity(client, context)).isEqualTo(nobody);
        cookies.addCookie(new BasicClientCookie("session", "1"));
        assertThat(identity(client, context)).isNotNull().isNotEqualTo(nobody);

        HttpClient tenant = HttpClients.custom()
                .setDefaultHeaders(List.of(new BasicHeader("X-Tenant", "a")))
                .build();
        assertThat(identity(tenant, null)).isNotNull().isNotEqualTo(nobody);
        HttpClient proxied = HttpClients.custom()
                .setProxy(new HttpHost("proxy.example", 3128))
                .build();
        assertThat(identity(proxied, null)).isNotNull().isNotEqualTo(nobody);

        HttpGet configured = new HttpGet(PLAIN);
        configured.setConfig(
                RequestConfig.custom().setProxy(new HttpHost("p.example")).build());
        assertThat(callers.identity(client, configured, null, PLAIN))
                .isNotNull()
                .isNotEqualTo(nobody);
        configured.setConfig(RequestConfig.custom()
                .setLocalAddress(InetAddress.getByName("127.0.0.9"))
                .build());
        assertThat(callers.identity(client, configured, null, PLAIN))
                .isNotNull()
                .isNotEqualTo(nobody);
        HttpGet unknown = new HttpGet(PLAIN);
        unknown.getParams().setParameter("http.socket.timeout", 10);
        assertThat(callers.identity(client, unknown, null, PLAIN)).isEqualTo(nobody);
        unknown.getParams().setParameter("mine", "yes");
        assertThat(callers.identity(client, unknown, null, PLAIN)).isNull();
    }

    @Test
    void over_tls_each_client_is_another_caller() {
        HttpClient one = HttpClients.createDefault();
        String secure = "https://shop.example/stock";
        Identity identity = callers.identity(one, new HttpGet(secure), null, secure);

        assertThat(identity).isNotNull();
        assertThat(identity.lasting()).isFalse();
        assertThat(callers.identity(one, new HttpGet(secure), null, secure)).isEqualTo(identity);
        assertThat(callers.identity(HttpClients.createDefault(), new HttpGet(secure), null, secure))
                .isNotEqualTo(identity);
    }

    /** A request as programs make them for methods that the library has no class for. */
    private static class Reporting extends HttpRequestBase {
        Reporting() {
            setURI(URI.create(PLAIN));
        }

        @Override
        public String getMethod() {
            return "REPORT";
        }
    }

    private static final class Signing extends Reporting {
        @Override
        public Header[] getAllHeaders() {
            return new Header[0];
        }
    }

    private @Nullable Identity identity(HttpClient client, @Nullable HttpContext context) {
        return callers.identity(client, new HttpGet(PLAIN), context, PLAIN);
    }
}
