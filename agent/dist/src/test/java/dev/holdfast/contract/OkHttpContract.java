package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import javax.net.ssl.HostnameVerifier;
import okhttp3.Authenticator;
import okhttp3.CacheControl;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.CertificatePinner;
import okhttp3.ConnectionPool;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.Dns;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds for OkHttp alone: its dispatcher, its interceptors and listeners, its own ways to end a call. */
class OkHttpContract {
    private static final ScriptedResponse BUSY = ScriptedResponse.respond(503, "busy");
    private static final ScriptedResponse OK = ScriptedResponse.respond(200, "ok");

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private OkHttpClient client = new OkHttpClient();

    @AfterEach
    void stop() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    // ---- what the program's own parts of the client see

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void application_interceptors_run_once_and_network_interceptors_for_each_attempt(boolean enqueued)
            throws Exception {
        client = client.newBuilder()
                .addInterceptor(noting("application"))
                .addNetworkInterceptor(noting("network"))
                .build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).play(BUSY, BUSY, OK)) {
            assertThat(call(get(server), enqueued)).isEqualTo("200 ok");
            assertThat(server.requests()).hasSize(3);
        }
        assertThat(events).containsExactly("application", "network", "network", "network");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_listener_hears_of_one_call_with_several_requests(boolean enqueued) throws Exception {
        client = client.newBuilder().eventListener(new Listener()).build();
        Request request;
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).play(BUSY, OK)) {
            request = get(server);
            assertThat(call(request, enqueued)).isEqualTo("200 ok");
            Awaitility.await().until(() -> events.contains("callEnd"));
        }
        assertThat(events)
                .containsOnlyOnce("callStart", "callEnd")
                .doesNotContain("callFailed", "foreign call")
                .filteredOn("responseHeadersEnd"::equals)
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_listener_hears_of_an_attempt_that_has_a_time_limit_as_of_its_call(boolean enqueued) throws Exception {
        client = client.newBuilder().eventListener(new Listener()).build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT).play(OK)) {
            assertThat(call(get(server), enqueued)).isEqualTo("200 ok");
            Awaitility.await().until(() -> events.contains("callEnd"));
        }
        assertThat(events)
                .containsOnlyOnce("callStart", "callEnd", "responseHeadersEnd", "responseBodyEnd")
                .doesNotContain("callFailed", "foreign call");
    }

    private Interceptor noting(String what) {
        return chain -> {
            events.add(what);
            return chain.proceed(chain.request());
        };
    }

    // ---- waits

    @Test
    void the_dispatcher_keeps_its_limit_for_the_attempts_of_many_calls() throws Exception {
        client.dispatcher().setMaxRequestsPerHost(2);
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            AtomicInteger received = new AtomicInteger();
            server.otherwise(request -> received.incrementAndGet() <= 10 ? BUSY : OK);
            List<Got> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                Got got = new Got();
                all.add(got);
                client.newCall(get(server)).enqueue(got);
            }
            for (Got got : all) {
                assertThat(got.result()).isEqualTo("200 ok");
                assertThat(got.calls.get()).isEqualTo(1);
            }
            assertThat(server.requests()).hasSize(20);
            assertThat(server.accepted()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void to_cancel_a_blocking_call_in_its_wait_ends_it_with_the_exception_of_the_library() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT).otherwise(BUSY)) {
            Call call = client.newCall(get(server));
            CompletableFuture<String> result = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    result.complete(seen(call.execute()));
                } catch (IOException e) {
                    result.complete(e.toString());
                }
            });
            thread.start();
            Awaitility.await()
                    .until(() -> List.of(thread.getStackTrace()).toString().contains("CountDownLatch"));
            call.cancel();
            assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo("java.io.IOException: Canceled");
            assertThat(call.isCanceled()).isTrue();
            assertThat(server.requests()).hasSize(1);
            assertThat(client.dispatcher().runningCallsCount()).isZero();
            assertThat(call.clone().isCanceled()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_wait_that_the_limit_of_the_whole_call_would_end_is_not_begun(boolean enqueued) throws Exception {
        client = client.newBuilder().callTimeout(Duration.ofSeconds(20)).build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT).otherwise(BUSY)) {
            assertThat(call(get(server), enqueued)).isEqualTo("503 busy");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_limit_of_the_whole_call_ends_a_later_attempt(boolean enqueued) {
        client = client.newBuilder().callTimeout(Duration.ofMillis(900)).build();
        for (String host : List.of(Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT)) {
            try (ScriptedServer server =
                    ScriptedServer.http(host).play(BUSY).otherwise(ScriptedResponse.afterRequest(Cut.HANG))) {
                assertThatThrownBy(() -> call(get(server), enqueued))
                        .as(host)
                        .satisfies(e -> assertThat(e instanceof ExecutionException ? e.getCause() : e)
                                .isExactlyInstanceOf(InterruptedIOException.class)
                                .hasMessage("timeout"));
                assertThat(server.requests()).hasSize(2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_limit_of_the_whole_call_bounds_the_reading_of_the_body(boolean enqueued) {
        client = client.newBuilder()
                .callTimeout(Duration.ofMillis(500))
                .readTimeout(Duration.ofMinutes(1))
                .build();
        for (String host : List.of(Hosts.BARE, Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT)) {
            try (ScriptedServer server = ScriptedServer.http(host)
                    .otherwise(ScriptedResponse.respond(200, "late").cutInBody(1, Cut.HANG))) {
                assertThatThrownBy(() -> call(get(server), enqueued))
                        .as(host)
                        .satisfies(e -> assertThat(e instanceof ExecutionException ? e.getCause() : e)
                                .isExactlyInstanceOf(InterruptedIOException.class)
                                .hasMessage("timeout"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_time_limit_of_an_attempt_ends_that_attempt_and_not_the_call(boolean enqueued) throws Exception {
        client = client.newBuilder().addNetworkInterceptor(noting("network")).build();
        try (ScriptedServer server =
                ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT).play(ScriptedResponse.afterRequest(Cut.HANG), OK)) {
            assertThat(call(get(server), enqueued)).isEqualTo("200 ok");
            assertThat(server.requests()).hasSize(2);
        }
        assertThat(events).containsExactly("network", "network");
    }

    @Test
    void to_cancel_a_call_cancels_the_attempt_that_has_a_time_limit() throws Exception {
        try (ScriptedServer server =
                ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT).otherwise(ScriptedResponse.afterRequest(Cut.HANG))) {
            for (boolean enqueued : new boolean[] {false, true}) {
                int before = server.requests().size();
                Call call = client.newCall(get(server));
                Got got = new Got();
                if (enqueued) {
                    call.enqueue(got);
                } else {
                    new Thread(() -> {
                                try {
                                    got.onResponse(call, call.execute());
                                } catch (IOException e) {
                                    got.onFailure(call, e);
                                }
                            })
                            .start();
                }
                server.awaitRequests(before + 1);
                call.cancel();
                assertThatThrownBy(got::result).hasCauseInstanceOf(IOException.class);
                server.awaitOpen(0);
                assertThat(server.requests()).hasSize(before + 1);
                assertThat(got.calls.get()).isEqualTo(1);
            }
        }
    }

    // ---- what is none of ours

    @Test
    void the_handshake_of_a_web_socket_passes() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).otherwise(BUSY)) {
            CountDownLatch failed = new CountDownLatch(1);
            WebSocket socket = client.newWebSocket(get(server), new WebSocketListener() {
                @Override
                public void onFailure(WebSocket of, Throwable error, Response response) {
                    failed.countDown();
                }
            });
            assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
            socket.cancel();
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void a_request_that_the_cache_alone_may_answer_is_no_failure_of_the_origin() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK).otherwise(OK)) {
            Request request = get(server)
                    .newBuilder()
                    .cacheControl(CacheControl.FORCE_CACHE)
                    .build();
            assertThat(call(request, false)).startsWith("504");
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void cookies_of_the_client_do_not_go_to_an_alternate_origin() throws Exception {
        int port = Integer.getInteger("contract.otherPort");
        client = client.newBuilder().cookieJar(new OneCookie()).build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEGRADED).otherwise(BUSY);
                ScriptedServer other =
                        ScriptedServer.http(Hosts.OTHER_ORIGIN, port).otherwise(OK)) {
            assertThat(call(get(server), false)).isEqualTo("200 ok");
            assertThat(server.requests())
                    .allSatisfy(sent -> assertThat(sent.header("cookie")).contains("secret=1"));
            assertThat(other.requests())
                    .singleElement()
                    .satisfies(sent -> assertThat(sent.header("cookie")).isEmpty());
        }
    }

    // ---- settings that an application interceptor replaces for a call

    /** The client has no cookies, but the call has: its response is another user's. */
    @Test
    void no_response_is_kept_of_a_call_to_which_an_interceptor_gives_cookies() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.CACHED).play(OK, BUSY, OK, BUSY)) {
            OkHttpClient plain = client;
            client = plain.newBuilder()
                    .addInterceptor(
                            chain -> chain.withCookieJar(new OneCookie()).proceed(chain.request()))
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
                            .withCookieJar(new OneCookie())
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

    /** Such a call keeps its slot: the one to the alternate origin cannot wait for a slot too. */
    @Test
    void an_alternate_origin_is_asked_while_calls_with_interceptors_hold_all_slots() throws Exception {
        int port = Integer.getInteger("contract.otherPort");
        client = client.newBuilder().addInterceptor(noting("application")).build();
        client.dispatcher().setMaxRequests(2);
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEGRADED).otherwise(BUSY);
                ScriptedServer other =
                        ScriptedServer.http(Hosts.OTHER_ORIGIN, port).otherwise(OK)) {
            List<Got> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Got got = new Got();
                all.add(got);
                client.newCall(get(server)).enqueue(got);
            }
            for (Got got : all) {
                assertThat(got.result()).isEqualTo("200 ok");
                assertThat(got.calls.get()).isEqualTo(1);
            }
            assertThat(other.requests()).hasSize(4);
        }
    }

    // ---- how calls are made

    private static Request get(ScriptedServer server) {
        return new Request.Builder().url(server.uri("/").toString()).build();
    }

    private String call(Request request, boolean enqueued) throws Exception {
        Call call = client.newCall(request);
        if (!enqueued) {
            return seen(call.execute());
        }
        Got got = new Got();
        call.enqueue(got);
        String result = got.result();
        assertThat(got.of).isSameAs(call);
        return result;
    }

    private static String seen(Response response) throws IOException {
        try (response) {
            return response.code() + " " + response.body().string();
        }
    }

    /** One of each kind that a chain takes, all of them as good as the client's. */
    private static final class Replacements {
        private final OkHttpClient own =
                new OkHttpClient.Builder().connectionPool(new ConnectionPool()).build();
        private final ConnectionPool pool = own.connectionPool();
        private final Dns dns = Dns.SYSTEM::lookup;
        private final CookieJar cookies = new OneCookie();
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

    private static final class OwnSockets extends SocketFactory {
        @Override
        public Socket createSocket() {
            return new Socket();
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
            throw new UnsupportedOperationException();
        }
    }

    /** A callback that counts. */
    private static final class Got implements Callback {
        private final CompletableFuture<String> result = new CompletableFuture<>();
        private final AtomicInteger calls = new AtomicInteger();
        private volatile Call of;

        String result() throws Exception {
            return result.get(10, TimeUnit.SECONDS);
        }

        @Override
        public void onFailure(Call call, IOException e) {
            of = call;
            calls.incrementAndGet();
            result.completeExceptionally(e);
        }

        @Override
        public void onResponse(Call call, Response response) throws IOException {
            of = call;
            calls.incrementAndGet();
            try {
                result.complete(seen(response));
            } catch (IOException e) {
                result.completeExceptionally(e);
            }
        }
    }

    /** Notes what it hears, and whether it is of one call. */
    private final class Listener extends EventListener {
        private volatile Call first;

        private void hears(String event, Call call) {
            if (first == null) {
                first = call;
            }
            events.add(event);
            if (first != call) {
                events.add("foreign call");
            }
        }

        @Override
        public void callStart(Call call) {
            hears("callStart", call);
        }

        @Override
        public void callEnd(Call call) {
            hears("callEnd", call);
        }

        @Override
        public void callFailed(Call call, IOException e) {
            hears("callFailed", call);
        }

        @Override
        public void responseHeadersEnd(Call call, Response response) {
            hears("responseHeadersEnd", call);
        }

        @Override
        public void responseBodyEnd(Call call, long byteCount) {
            hears("responseBodyEnd", call);
        }
    }

    private static final class OneCookie implements CookieJar {
        @Override
        public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {}

        @Override
        public List<Cookie> loadForRequest(HttpUrl url) {
            return List.of(new Cookie.Builder()
                    .name("secret")
                    .value("1")
                    .domain(url.host())
                    .build());
        }
    }
}
