package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.client.utils.URIUtils;
import org.apache.http.conn.ClientConnectionManager;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.PoolingClientConnectionManager;
import org.apache.http.params.HttpParams;
import org.apache.http.protocol.HttpContext;
import org.apache.http.util.EntityUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Programs whose own client sends another request than it was given. It stays one call with the attempts of one policy,
 * and the program's code runs once for it, however the policy sends the attempts.
 */
@SuppressWarnings("deprecation") // programs use what is old
class ReplacedRequestContract {
    /** The ways in which programs replace the requests of their calls. */
    enum By {
        OLD_APACHE4_SUBCLASS {
            @Override
            int status(String url) throws IOException {
                return apache4(
                        new DefaultHttpClient(new PoolingClientConnectionManager()) {
                            @Override
                            public CloseableHttpResponse execute(
                                    HttpHost target, HttpRequest request, HttpContext context) throws IOException {
                                return super.execute(target, apache4Seen(request), context);
                            }
                        },
                        url);
            }
        },
        OLD_APACHE4_SUBCLASS_THAT_WRAPS {
            @Override
            int status(String url) throws IOException {
                return apache4(
                        new DefaultHttpClient(new PoolingClientConnectionManager()) {
                            @Override
                            public CloseableHttpResponse execute(
                                    HttpHost target, HttpRequest request, HttpContext context) throws IOException {
                                HttpRequestWrapper wrapped = HttpRequestWrapper.wrap((HttpGet) request);
                                SEEN.incrementAndGet();
                                wrapped.addHeader("X-Seen", "yes");
                                return super.execute(target, wrapped, context);
                            }
                        },
                        url);
            }
        },
        APACHE4_DELEGATE {
            @Override
            int status(String url) throws IOException {
                return apache4(new Apache4Delegate(), url);
            }
        },
        APACHE5_DELEGATE {
            @Override
            int status(String url) throws IOException {
                try (Apache5Delegate client = new Apache5Delegate()) {
                    return client.execute(
                            new org.apache.hc.client5.http.classic.methods.HttpGet(url),
                            response -> response.getCode());
                }
            }
        },
        OKHTTP_INTERCEPTOR {
            @Override
            int status(String url) throws IOException {
                OkHttpClient client = new OkHttpClient.Builder()
                        .addInterceptor(chain -> chain.proceed(okhttpSeen(chain.request())))
                        .build();
                return okhttp(client, client, url);
            }
        },
        OKHTTP_FACTORY {
            @Override
            int status(String url) throws IOException {
                OkHttpClient client = new OkHttpClient();
                return okhttp(request -> client.newCall(okhttpSeen(request)), client, url);
            }
        },
        OKHTTP_SUBCLASS {
            @Override
            int status(String url) throws IOException {
                OkHttpClient client = new ChangingOkHttpClient();
                return okhttp(client, client, url);
            }
        };

        abstract int status(String url) throws IOException;
    }

    private static final AtomicInteger SEEN = new AtomicInteger();

    private static HttpRequest apache4Seen(HttpRequest request) {
        SEEN.incrementAndGet();
        return RequestBuilder.copy(request).addHeader("X-Seen", "yes").build();
    }

    private static Request okhttpSeen(Request request) {
        SEEN.incrementAndGet();
        return request.newBuilder().addHeader("X-Seen", "yes").build();
    }

    private static int apache4(CloseableHttpClient opened, String url) throws IOException {
        try (CloseableHttpClient client = opened;
                CloseableHttpResponse response =
                        client.execute(URIUtils.extractHost(URI.create(url)), new HttpGet("/"), (HttpContext) null)) {
            EntityUtils.consume(response.getEntity());
            return response.getStatusLine().getStatusCode();
        }
    }

    private static int okhttp(Call.Factory factory, OkHttpClient client, String url) throws IOException {
        try (Response response =
                factory.newCall(new Request.Builder().url(url).build()).execute()) {
            return response.code();
        } finally {
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
    }

    private static final class Apache4Delegate extends CloseableHttpClient {
        private final CloseableHttpClient delegate = HttpClients.createDefault();

        @Override
        protected CloseableHttpResponse doExecute(HttpHost target, HttpRequest request, HttpContext context)
                throws IOException {
            return delegate.execute(target, apache4Seen(request), context);
        }

        @Override
        public HttpParams getParams() {
            return delegate.getParams();
        }

        @Override
        public ClientConnectionManager getConnectionManager() {
            return delegate.getConnectionManager();
        }

        @Override
        public void close() throws IOException {
            delegate.close();
        }
    }

    private static final class Apache5Delegate extends org.apache.hc.client5.http.impl.classic.CloseableHttpClient {
        private final org.apache.hc.client5.http.impl.classic.CloseableHttpClient delegate =
                org.apache.hc.client5.http.impl.classic.HttpClients.createDefault();

        @Override
        protected org.apache.hc.client5.http.impl.classic.CloseableHttpResponse doExecute(
                org.apache.hc.core5.http.HttpHost target,
                ClassicHttpRequest request,
                org.apache.hc.core5.http.protocol.HttpContext context)
                throws IOException {
            SEEN.incrementAndGet();
            ClassicHttpRequest other = ClassicRequestBuilder.copy(request)
                    .addHeader("X-Seen", "yes")
                    .build();
            return delegate.execute(target, other, context);
        }

        @Override
        public void close(CloseMode mode) {
            delegate.close(mode);
        }

        @Override
        public void close() throws IOException {
            delegate.close();
        }
    }

    private static final class ChangingOkHttpClient extends OkHttpClient {
        @Override
        public Call newCall(Request request) {
            return super.newCall(okhttpSeen(request));
        }

        @Override
        public Builder newBuilder() {
            return super.newBuilder().addInterceptor(chain -> chain.proceed(okhttpSeen(chain.request())));
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneCallStaysOneCall(By by) throws IOException {
        Map<String, Integer> attempts = Map.of(Hosts.QUICK, 4, Hosts.ATTEMPT_TIMEOUT, 4, Hosts.NUMBERED_HEDGED, 2);
        for (String host : attempts.keySet()) {
            SEEN.set(0);
            try (ScriptedServer server = ScriptedServer.http(host).otherwise(ScriptedResponse.respond(503, "busy"))) {
                assertThat(by.status(server.uri("/").toString())).isEqualTo(503);

                assertThat(server.requests())
                        .as(host)
                        .hasSize(attempts.get(host))
                        .extracting(ReceivedRequest::target)
                        .containsOnly("/");
                assertThat(server.requests())
                        .as(host)
                        .allSatisfy(sent -> assertThat(sent.headers("X-Seen")).containsExactly("yes"));
            }
            assertThat(SEEN).as(host).hasValue(1);
        }
    }
}
