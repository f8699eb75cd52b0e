package dev.holdfast.contract;

import static dev.holdfast.contract.OkHttpProbe.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.OwnSockets;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.HostnameVerifier;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.CertificatePinner;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.Dns;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The settings of its client that an application interceptor of OkHttp replaces for one call: each attempt has them,
 * and what is kept for others is not.
 */
class OkHttpSettingsContract {
    private static final ScriptedResponse BUSY = ScriptedResponse.respond(503, "busy");
    private static final ScriptedResponse OK = ScriptedResponse.respond(200, "ok");

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private OkHttpClient client = new OkHttpClient();

    @AfterEach
    void stop() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    private String call(Request request, boolean enqueued) throws Exception {
        return OkHttpProbe.call(client, request, enqueued);
    }

    /** The client has no cookies, but the call has: its response is another user's. */
    @Test
    void no_response_is_kept_of_a_call_to_which_an_interceptor_gives_cookies() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.CACHED).play(OK, BUSY, OK, BUSY)) {
            OkHttpClient plain = client;
            client = plain.newBuilder()
                    .addInterceptor(chain ->
                            chain.withCookieJar(new OkHttpProbe.OneCookie()).proceed(chain.request()))
                    .build();
            assertThat(call(get(server), false)).isEqualTo("200 ok");
            assertThat(call(get(server), false)).isEqualTo("503 busy");
            assertThat(server.requests())
                    .allSatisfy(sent -> assertThat(sent.header("cookie")).contains("secret=1"));

            client = plain.newBuilder()
                    .addInterceptor(
                            chain -> chain.withReadTimeout(9, TimeUnit.SECONDS).proceed(chain.request()))
                    .build();
            assertThat(call(get(server), false)).isEqualTo("200 ok");
            assertThat(call(get(server), false))
                    .as("another time limit is no other user")
                    .isEqualTo("200 ok");
        }
    }

    @ParameterizedTest
    @CsvSource({
        Hosts.ATTEMPT_TIMEOUT + ", false",
        Hosts.ATTEMPT_TIMEOUT + ", true",
        Hosts.LONG_DEADLINE + ", false",
        Hosts.NUMBERED_HEDGED + ", false",
        Hosts.QUICK + ", false"
    })
    void each_attempt_has_what_an_interceptor_replaced(String host, boolean enqueued) throws Exception {
        Replacements replaced = new Replacements();
        client = client.newBuilder()
                .readTimeout(10, TimeUnit.SECONDS)
                .addInterceptor(chain -> replaced.in(chain).proceed(chain.request()))
                .addNetworkInterceptor(chain -> {
                    events.add(replaced.missingIn(chain).toString());
                    return chain.proceed(chain.request());
                })
                .build();
        try (ScriptedServer server = ScriptedServer.http(host).play(BUSY, OK)) {
            assertThat(call(get(server), enqueued)).isEqualTo("200 ok");
            assertThat(server.requests())
                    .hasSize(2)
                    .allSatisfy(sent -> assertThat(sent.header("cookie")).contains("secret=1"));
        } finally {
            replaced.pool.evictAll();
        }
        assertThat(events).containsExactly("[]", "[]");
    }

    @Test
    void requests_to_an_alternate_origin_keep_the_chains_proxy_and_no_cookies_of_it() throws Exception {
        int port = Integer.getInteger("contract.otherPort");
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEGRADED).otherwise(BUSY);
                ScriptedServer other =
                        ScriptedServer.http(Hosts.OTHER_ORIGIN, port).otherwise(BUSY);
                ScriptedServer proxy = ScriptedServer.http(Hosts.BARE).play(BUSY, BUSY, OK)) {
            Proxy through = new Proxy(
                    Proxy.Type.HTTP,
                    new InetSocketAddress(Hosts.BARE, proxy.uri("/").getPort()));
            client = client.newBuilder()
                    .addInterceptor(chain -> chain.withProxy(through)
                            .withCookieJar(new OkHttpProbe.OneCookie())
                            .proceed(chain.request()))
                    .build();
            assertThat(call(get(server), false)).isEqualTo("200 ok");
            assertThat(server.requests()).isEmpty();
            assertThat(other.requests()).isEmpty();
            assertThat(proxy.requests())
                    .extracting(sent -> sent.header("cookie").orElse("none"))
                    .containsExactly("secret=1", "secret=1", "none");
        }
    }

    /** A client's builder takes no TLS without a trust manager: no copy of the client can send like this call. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void settings_that_no_client_can_have_keep_each_attempt_on_the_programs_chain(boolean enqueued) throws Exception {
        List<Call> calls = new ArrayList<>();
        client = client.newBuilder()
                .addInterceptor(chain -> chain.withSslSocketFactory(null, null).proceed(chain.request()))
                .addNetworkInterceptor(chain -> {
                    calls.add(chain.call());
                    return chain.proceed(chain.request());
                })
                .build();
        for (String host : List.of(Hosts.ATTEMPT_TIMEOUT, Hosts.NUMBERED_HEDGED)) {
            calls.clear();
            try (ScriptedServer server = ScriptedServer.http(host).play(BUSY, OK)) {
                assertThat(call(get(server), enqueued)).isEqualTo("200 ok");
                assertThat(server.requests()).hasSize(2);
            }
            assertThat(calls).hasSize(2).containsOnly(calls.get(0));
        }
    }

    /** One of each kind that a chain takes, all of them as good as the client's. */
    private static final class Replacements {
        private final OkHttpClient own =
                new OkHttpClient.Builder().connectionPool(new ConnectionPool()).build();
        private final ConnectionPool pool = own.connectionPool();
        private final Dns dns = Dns.SYSTEM::lookup;
        private final CookieJar cookies = new OkHttpProbe.OneCookie();
        private final Authenticator authenticator = (route, response) -> null;
        private final Authenticator proxyAuthenticator = (route, response) -> null;
        private final CertificatePinner pinner = new CertificatePinner.Builder()
                .add("shop.example", "sha256/" + "A".repeat(43) + "=")
                .build();
        private final HostnameVerifier names = (name, session) -> false;
        private final SocketFactory sockets = new OwnSockets();

        Interceptor.Chain in(Interceptor.Chain chain) {
            return chain.withReadTimeout(9, TimeUnit.SECONDS)
                    .withWriteTimeout(8, TimeUnit.SECONDS)
                    .withConnectTimeout(7, TimeUnit.SECONDS)
                    .withConnectionPool(pool)
                    .withDns(dns)
                    .withCookieJar(cookies)
                    .withAuthenticator(authenticator)
                    .withProxyAuthenticator(proxyAuthenticator)
                    .withProxy(Proxy.NO_PROXY)
                    .withCertificatePinner(pinner)
                    .withHostnameVerifier(names)
                    .withSocketFactory(sockets)
                    .withSslSocketFactory(own.sslSocketFactory(), own.x509TrustManager())
                    .withRetryOnConnectionFailure(false);
        }

        List<String> missingIn(Interceptor.Chain chain) {
            Map<String, Boolean> there = new TreeMap<>();
            there.put("read timeout", chain.readTimeoutMillis() == 9000);
            there.put("write timeout", chain.writeTimeoutMillis() == 8000);
            there.put("connect timeout", chain.connectTimeoutMillis() == 7000);
            there.put("pool", chain.getConnectionPool() == pool);
            there.put("names", chain.getDns() == dns);
            there.put("cookies", chain.getCookieJar() == cookies);
            there.put("authenticator", chain.getAuthenticator() == authenticator);
            there.put("proxy authenticator", chain.getProxyAuthenticator() == proxyAuthenticator);
            there.put("proxy", chain.getProxy() == Proxy.NO_PROXY);
            there.put("pins", chain.getCertificatePinner().getPins().equals(pinner.getPins()));
            there.put("verifier", chain.getHostnameVerifier() == names);
            there.put("sockets", chain.getSocketFactory() == sockets);
            there.put("TLS", chain.getSslSocketFactoryOrNull() == own.sslSocketFactory());
            there.put("trust", chain.getX509TrustManagerOrNull() == own.x509TrustManager());
            there.put("repetition", !chain.getRetryOnConnectionFailure());
            return there.entrySet().stream()
                    .filter(one -> !one.getValue())
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }
}
