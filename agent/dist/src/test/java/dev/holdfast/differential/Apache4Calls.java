package dev.holdfast.differential;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.HttpClient;
import org.apache.http.client.ServiceUnavailableRetryStrategy;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpEntityEnclosingRequestBase;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.impl.DefaultConnectionReuseStrategy;
import org.apache.http.impl.client.BasicCookieStore;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.DefaultHttpRequestRetryHandler;
import org.apache.http.impl.client.DefaultRedirectStrategy;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpCoreContext;
import org.jspecify.annotations.Nullable;

/** Calls of Apache HttpClient 4, classic. */
final class Apache4Calls {
    private final Transcript t;
    private final Map<Object, Integer> connections = new IdentityHashMap<>();

    Apache4Calls(Transcript transcript) {
        this.t = transcript;
    }

    void run() {
        for (String method : List.of("GET", "HEAD", "DELETE", "PUT", "POST")) {
            for (int status : List.of(200, 204, 304, 400, 401, 404, 429, 500, 503)) {
                scenario(method + " " + status, client(), client -> {
                    call(client, request(method, "/status/" + status), HttpClientContext.create());
                    call(client, request(method, "/status/" + status), null);
                });
            }
        }
        for (String path : List.of(
                "/redirect/302/status/200",
                "/redirect/307/status/404",
                "/loop",
                "/nowhere",
                "/cookie",
                "/private",
                "/chunked",
                "/large",
                "/untilclose",
                "/closing",
                "/interim",
                "/gzip",
                "/gzipped",
                "/headers",
                "/short",
                "/resetbody",
                "/resethead",
                "/reset",
                "/close",
                "/garbage")) {
            scenario(path, client(), client -> {
                call(client, request("GET", path), HttpClientContext.create());
                call(client, request("GET", "/status/200"), HttpClientContext.create());
            });
            scenario("POST " + path, client(), client -> call(client, request("POST", path), null));
        }
        bodies();
        parts();
        oldClients();
        misuse();
    }

    private void scenario(String name, HttpClientBuilder builder, Use use) {
        t.scenario("hc4 " + name, () -> {
            connections.clear();
            PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
            try (CloseableHttpClient client = builder.setConnectionManager(pool).build()) {
                use.of(client);
                t.step("pool", () -> pool.getTotalStats().toString());
            }
            t.settle();
        });
    }

    private interface Use {
        void of(CloseableHttpClient client) throws Exception;
    }

    private void bodies() {
        for (boolean once : List.of(true, false)) {
            for (int length : List.of(0, 10, 200_000)) {
                scenario("body of " + length + (once ? ", once" : ""), client(), client -> {
                    byte[] bytes = new byte[length];
                    Arrays.fill(bytes, (byte) 'x');
                    HttpEntity entity =
                            once ? new InputStreamEntity(new ByteArrayInputStream(bytes)) : new ByteArrayEntity(bytes);
                    Enclosing request = new Enclosing("POST", t.uri("/echo"));
                    request.setEntity(entity);
                    request.setConfig(RequestConfig.custom()
                            .setExpectContinueEnabled(length > 10)
                            .setSocketTimeout(20_000)
                            .build());
                    call(client, request, HttpClientContext.create());
                    t.step("entity", () -> request.getEntity() == entity);
                });
            }
        }
    }

    /** The program's own parts of a client. */
    private void parts() {
        for (String path : List.of("/status/503", "/reset", "/closing", "/status/200")) {
            scenario(
                    "own retries " + path,
                    client().setRetryHandler(new DefaultHttpRequestRetryHandler(2, true))
                            .setServiceUnavailableRetryStrategy(new Unavailable()),
                    client -> {
                        call(client, request("GET", path), HttpClientContext.create());
                        call(client, request("PUT", path), null);
                    });
            scenario(
                    "own reuse and redirects " + path,
                    client().setConnectionReuseStrategy(new DefaultConnectionReuseStrategy() {
                                @Override
                                public boolean keepAlive(HttpResponse response, HttpContext context) {
                                    boolean kept = super.keepAlive(response, context);
                                    t.line("keep alive: " + response.getStatusLine() + " " + kept);
                                    return kept;
                                }
                            })
                            .setKeepAliveStrategy((response, context) -> {
                                t.line("keep alive for: " + response.getStatusLine());
                                return 5000;
                            })
                            .setUserTokenHandler(context -> {
                                t.line("token: " + type(context));
                                return "token";
                            })
                            .setRedirectStrategy(new DefaultRedirectStrategy() {
                                @Override
                                public boolean isRedirected(
                                        HttpRequest request, HttpResponse response, HttpContext context)
                                        throws org.apache.http.ProtocolException {
                                    boolean redirected = super.isRedirected(request, response, context);
                                    t.line("redirected: " + response.getStatusLine() + " " + redirected);
                                    return redirected;
                                }
                            }),
                    client -> {
                        call(client, request("GET", "/redirect/302" + path), HttpClientContext.create());
                        call(client, request("GET", path), null);
                    });
        }
        scenario("target of its own", client(), client -> {
            HttpHost target = new HttpHost(Transcript.HOST, t.server().port());
            t.step(
                    "call",
                    () -> text(client.execute(target, request("GET", "/status/503"))
                            .getEntity()));
            t.step(
                    "handler",
                    () -> client.execute(target, request("GET", "/status/503"), response -> {
                        t.line(type(response) + " " + response);
                        return response.getStatusLine();
                    }));
            t.step(
                    "handler that throws",
                    () -> client.execute(request("GET", "/status/503"), response -> {
                        throw new IOException("the program's own");
                    }));
            HttpContext plain = new BasicHttpContext();
            t.step(
                    "plain context",
                    () -> client.execute(request("GET", "/cookie"), plain).getStatusLine());
            t.step(
                    "attribute",
                    () -> plain.getAttribute(HttpCoreContext.HTTP_RESPONSE) + " "
                            + plain.getAttribute(HttpCoreContext.HTTP_TARGET_HOST));
        });
    }

    @SuppressWarnings("deprecation") // programs have them
    private void oldClients() {
        t.scenario("hc4 minimal", () -> {
            try (CloseableHttpClient client = HttpClients.createMinimal()) {
                call(client, request("GET", "/status/200"), HttpClientContext.create());
                call(client, request("PUT", "/status/503"), HttpClientContext.create());
            }
            t.settle();
        });
        for (String path : List.of("/status/200", "/status/503", "/redirect/302/status/200", "/reset", "/chunked")) {
            t.scenario("hc4 old " + path, () -> {
                var client = new org.apache.http.impl.client.DefaultHttpClient();
                client.addRequestInterceptor((request, context) -> t.line("interceptor: " + request.getRequestLine()));
                client.addResponseInterceptor((response, context) -> t.line("response: " + response.getStatusLine()));
                call(client, request("GET", path), null);
                call(client, request("POST", path), null);
                call(new org.apache.http.impl.client.DecompressingHttpClient(client), request("GET", "/gzipped"), null);
                client.getConnectionManager().shutdown();
                t.settle();
            });
        }
    }

    private void misuse() {
        scenario("refused", client(), client -> call(client, new HttpGet(t.refused()), null));
        scenario("misuse", client(), client -> {
            call(client, new HttpGet(URI.create("/relative")), null);
            HttpGet aborted = new HttpGet(t.uri("/status/200"));
            aborted.abort();
            call(client, aborted, HttpClientContext.create());
            client.close();
            call(client, request("GET", "/status/200"), null);
        });
        scenario("again", client(), client -> {
            HttpUriRequest request = request("PUT", "/status/503");
            call(client, request, HttpClientContext.create());
            call(client, request, HttpClientContext.create());
        });
        scenario("response that is left", client(), client -> {
            CloseableHttpResponse response = client.execute(request("GET", "/large"));
            t.step("left", () -> type(response) + " " + response);
            response.close();
            call(client, request("GET", "/status/200"), null);
        });
    }

    private HttpClientBuilder client() {
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(AuthScope.ANY, new UsernamePasswordCredentials("user", "pass"));
        BasicCookieStore cookies = new BasicCookieStore();
        return HttpClientBuilder.create()
                .setDefaultCredentialsProvider(credentials)
                .setDefaultCookieStore(cookies)
                .addInterceptorFirst((HttpRequest request, HttpContext context) ->
                        t.line("interceptor: " + request + " " + type(context) + " " + type(request)))
                .addInterceptorLast((HttpResponse response, HttpContext context) ->
                        t.line("response: " + response + " on " + connection(context) + " "
                                + cookies.getCookies().size()));
    }

    private int connection(HttpContext context) {
        return connections.computeIfAbsent(
                HttpClientContext.adapt(context).getConnection().getMetrics(), c -> connections.size());
    }

    private HttpUriRequest request(String method, String path) {
        Enclosing request = new Enclosing(method, t.uri(path));
        if (method.equals("PUT") || method.equals("POST")) {
            request.setEntity(new ByteArrayEntity("precious".getBytes(StandardCharsets.US_ASCII)));
        }
        return request;
    }

    private void call(HttpClient client, HttpUriRequest request, @Nullable HttpClientContext context) {
        t.step("call", () -> {
            HttpResponse response = client.execute(request, context);
            t.line("head: " + type(response) + " " + response.getStatusLine() + " "
                    + Arrays.toString(response.getAllHeaders()) + " " + response.getLocale());
            HttpEntity entity = response.getEntity();
            if (entity == null) {
                return "no entity";
            }
            t.line("entity: " + entity.getContentLength() + " " + entity.getContentType() + " "
                    + entity.getContentEncoding() + " " + entity.isChunked() + " " + entity.isRepeatable() + " "
                    + entity.isStreaming());
            return text(entity);
        });
        t.step("request", () -> request + " " + Arrays.toString(request.getAllHeaders()) + " " + request.isAborted());
        if (context != null) {
            t.step(
                    "context",
                    () -> context.getResponse() + " " + context.getRequest() + " "
                            + type(context.getRequest()) + " " + context.getHttpRoute() + " "
                            + context.getTargetHost() + " " + context.getRedirectLocations() + " "
                            + context.getUserToken() + " " + context.isRequestSent() + " "
                            + context.getTargetAuthState() + " " + context.getAuthCache());
        }
    }

    private static String text(HttpEntity entity) throws IOException {
        String text = new String(entity.getContent().readAllBytes(), StandardCharsets.UTF_8);
        return text.length() > 200 ? text.length() + " bytes, hash " + text.hashCode() : text;
    }

    /** Sends the request once more on 503. */
    private final class Unavailable implements ServiceUnavailableRetryStrategy {
        @Override
        public boolean retryRequest(HttpResponse response, int count, HttpContext context) {
            t.line("unavailable: " + response.getStatusLine() + " " + count);
            return count < 3 && response.getStatusLine().getStatusCode() == 503;
        }

        @Override
        public long getRetryInterval() {
            return 1;
        }
    }

    private static final class Enclosing extends HttpEntityEnclosingRequestBase {
        private final String method;

        Enclosing(String method, URI uri) {
            this.method = method;
            setURI(uri);
        }

        @Override
        public String getMethod() {
            return method;
        }
    }

    /** The name of an object's class, without the number that the JVM gives to a proxy class as it comes. */
    private static String type(Object object) {
        return object.getClass().getSimpleName().replaceAll("^(\\$Proxy)\\d+$", "$1");
    }
}
