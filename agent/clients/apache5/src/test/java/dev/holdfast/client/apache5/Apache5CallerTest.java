package dev.holdfast.client.apache5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import java.util.List;
import org.apache.hc.client5.http.auth.AuthSchemeFactory;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.InMemoryDnsResolver;
import org.apache.hc.client5.http.impl.auth.BasicAuthCache;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.cookie.BasicClientCookie;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.protocol.BasicHttpContext;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class Apache5CallerTest {
    private static final String PLAIN = "http://shop.example/stock";

    private final Apache5Caller callers = new Apache5Caller(new FallbackStrategies((what, why) -> {}));

    @Test
    void clientsOfTheLibrarysOwnPartsSpeakForNobodyInParticular() {
        Identity identity = identity(HttpClients.createDefault(), null);

        assertThat(identity).isNotNull();
        assertThat(identity.lasting()).isTrue();
        assertThat(identity(builder().build(), null)).isEqualTo(identity);
        assertThat(identity(builder().build(), HttpClientContext.create())).isEqualTo(identity);
        assertThat(identity(builder().build(), new BasicHttpContext())).isEqualTo(identity);
    }

    @Test
    void partsOfTheProgramsOwnMayAddAnything() {
        assertThat(identity(
                        builder()
                                .addRequestInterceptorLast((request, entity, context) -> {})
                                .build(),
                        null))
                .isNull();
        assertThat(identity(
                        builder()
                                .addExecInterceptorFirst(
                                        "own", (request, scope, chain) -> chain.proceed(request, scope))
                                .build(),
                        null))
                .isNull();
        assertThat(identity(builder().setRoutePlanner((target, context) -> null).build(), null))
                .isNull();
        assertThat(identity(
                        builder()
                                .setDefaultCookieStore(new BasicCookieStore() {})
                                .build(),
                        null))
                .isNull();
        assertThat(identity(HttpClients.createMinimal(), null)).isNull();
        assertThat(identity(HttpClients.createDefault(), new BasicHttpContext() {}))
                .isNull();
        assertThat(callers.identity(HttpClients.createDefault(), new Signing(), null, PLAIN))
                .isNull();
    }

    @Test
    void credentialsAreNotLookedAt() {
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        CloseableHttpClient client =
                builder().setDefaultCredentialsProvider(credentials).build();
        assertThat(identity(client, null)).isNotNull();

        credentials.setCredentials(
                new AuthScope("shop.example", 80), new UsernamePasswordCredentials("user", "x".toCharArray()));
        assertThat(identity(client, null)).isNull();

        HttpClientContext context = HttpClientContext.create();
        context.setCredentialsProvider(credentials);
        assertThat(identity(HttpClients.createDefault(), context)).isNull();

        HttpClientContext preemptive = HttpClientContext.create();
        BasicAuthCache cache = new BasicAuthCache();
        preemptive.setAuthCache(cache);
        assertThat(identity(HttpClients.createDefault(), preemptive)).isNotNull();
        cache.put(new HttpHost("shop.example", 80), new BasicScheme());
        assertThat(identity(HttpClients.createDefault(), preemptive)).isNull();

        HttpClientContext challenged = HttpClientContext.create();
        challenged.getAuthExchange(new HttpHost("shop.example", 80));
        assertThat(identity(HttpClients.createDefault(), challenged)).isNotNull();
        challenged.getAuthExchange(new HttpHost("shop.example", 80)).select(new BasicScheme());
        assertThat(identity(HttpClients.createDefault(), challenged)).isNull();
    }

    @Test
    void anAttributeOfAContextThatIsNotKnownToBeHarmlessMayBeOfUseToAnybody() {
        CloseableHttpClient client = HttpClients.createDefault();
        HttpClientContext unknown = HttpClientContext.create();
        unknown.setAttribute("mine", "yes");
        assertThat(identity(client, unknown)).isNull();
        HttpClientContext user = HttpClientContext.create();
        user.setUserToken("alice");
        assertThat(identity(client, user)).isNull();
        HttpClientContext schemes = HttpClientContext.create();
        schemes.setAuthSchemeRegistry(RegistryBuilder.<AuthSchemeFactory>create()
                .register("own", context -> new BasicScheme())
                .build());
        assertThat(identity(client, schemes)).isNull();
        BasicHttpContext behind = new BasicHttpContext();
        behind.setAttribute("mine", "yes");
        assertThat(identity(client, new BasicHttpContext(behind))).isNull();
        assertThat(identity(client, new HttpClientContext(behind))).isNull();
    }

    @Test
    void whereverAContextKeepsItsCookiesTheyAreSeenAsTheClientSeesThem() {
        CloseableHttpClient client = HttpClients.createDefault();
        BasicCookieStore cookies = new BasicCookieStore();
        cookies.addCookie(new BasicClientCookie("session", "1"));
        HttpClientContext typed = HttpClientContext.create();
        typed.setCookieStore(cookies);
        BasicHttpContext named = new BasicHttpContext();
        named.setAttribute("http.cookie-store", cookies);

        assertThat(identity(client, typed)).isNotNull().isNotEqualTo(identity(client, null));
        assertThat(identity(client, named)).isEqualTo(identity(client, typed));
        // Since 5.4 a typed context does not read its attributes.
        HttpClientContext both = HttpClientContext.create();
        both.setAttribute("http.cookie-store", cookies);
        assertThat(identity(client, both)).isNull();
    }

    @Test
    void aClientWhoseConnectionsMayLeadElsewhereIsACallerOfItsOwn() {
        CloseableHttpClient client = builder()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new InMemoryDnsResolver())
                        .build())
                .build();

        assertThat(identity(client, null)).isNotNull().isNotEqualTo(identity(HttpClients.createDefault(), null));
        assertThat(identity(client, null)).isEqualTo(identity(client, null));
        assertThat(identity(client, null).lasting()).isFalse();
    }

    @Test
    void authenticationOfTheProgramsOwnMayAddCredentials() {
        assertThat(identity(
                        builder()
                                .setDefaultAuthSchemeRegistry(RegistryBuilder.<AuthSchemeFactory>create()
                                        .register("own", context -> new BasicScheme())
                                        .build())
                                .build(),
                        null))
                .isNull();
        assertThat(identity(
                        builder()
                                .setTargetAuthenticationStrategy((type, challenges, context) -> List.of())
                                .build(),
                        null))
                .isNull();
        // What only decides whether a request is sent again adds nothing.
        assertThat(identity(
                        builder()
                                .setRetryStrategy(new DefaultHttpRequestRetryStrategy() {})
                                .build(),
                        null))
                .isNotNull();
    }

    @Test
    void cookiesDefaultHeadersAndProxiesTellCallersApart() {
        Identity nobody = identity(HttpClients.createDefault(), null);
        BasicCookieStore cookies = new BasicCookieStore();
        CloseableHttpClient withCookies =
                builder().setDefaultCookieStore(cookies).build();
        assertThat(identity(withCookies, null)).isEqualTo(nobody);
        cookies.addCookie(new BasicClientCookie("session", "1"));
        Identity one = identity(withCookies, null);
        assertThat(one).isNotNull().isNotEqualTo(nobody);
        cookies.addCookie(new BasicClientCookie("session", "2"));
        assertThat(identity(withCookies, null)).isNotNull().isNotEqualTo(one).isNotEqualTo(nobody);

        HttpClientContext context = HttpClientContext.create();
        context.setCookieStore(new BasicCookieStore());
        assertThat(identity(withCookies, context)).isEqualTo(nobody);

        assertThat(identity(
                        builder()
                                .setDefaultHeaders(List.of(new BasicHeader("X-Tenant", "a")))
                                .build(),
                        null))
                .isNotNull()
                .isNotEqualTo(nobody);
        assertThat(identity(
                        builder().setProxy(new HttpHost("proxy.example", 3128)).build(), null))
                .isNotNull()
                .isNotEqualTo(nobody);
    }

    @Test
    @SuppressWarnings("deprecation") // a program may do it
    void theProxyOfARequestTellsCallersApart() {
        HttpGet request = new HttpGet(PLAIN);
        request.setConfig(RequestConfig.custom()
                .setProxy(new HttpHost("proxy.example", 3128))
                .build());
        CloseableHttpClient client = HttpClients.createDefault();

        assertThat(callers.identity(client, request, null, PLAIN)).isNotNull().isNotEqualTo(identity(client, null));
    }

    @Test
    void overTlsEachClientIsAnotherCaller() {
        CloseableHttpClient one = HttpClients.createDefault();
        String secure = "https://shop.example/stock";
        Identity identity = callers.identity(one, new HttpGet(secure), null, secure);

        assertThat(identity).isNotNull();
        assertThat(identity.lasting()).isFalse();
        assertThat(callers.identity(one, new HttpGet(secure), null, secure)).isEqualTo(identity);
        assertThat(callers.identity(HttpClients.createDefault(), new HttpGet(secure), null, secure))
                .isNotEqualTo(identity);
    }

    private static final class Signing extends BasicClassicHttpRequest {
        private static final long serialVersionUID = 1L;

        Signing() {
            super("GET", PLAIN);
        }

        @Override
        public Header[] getHeaders() {
            return new Header[0];
        }
    }

    private static HttpClientBuilder builder() {
        return HttpClients.custom();
    }

    private @Nullable Identity identity(CloseableHttpClient client, @Nullable HttpContext context) {
        return callers.identity(client, new HttpGet(PLAIN), context, PLAIN);
    }
}
