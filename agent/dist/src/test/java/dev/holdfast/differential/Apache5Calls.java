package dev.holdfast.differential;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Calls of Apache HttpClient 5, classic. */
final class Apache5Calls {
    private final Transcript t;

    Apache5Calls(Transcript transcript) {
        this.t = transcript;
    }

    void run() {
        for (String method : List.of("GET", "HEAD", "DELETE", "PUT", "POST")) {
            for (int status : List.of(200, 204, 304, 400, 401, 404, 429, 500, 503)) {
                t.scenario(
                        "hc5 " + method + " " + status,
                        () -> with(client(), client -> {
                            call(client, request(method, "/status/" + status), HttpClientContext.create());
                            call(client, request(method, "/status/" + status), null);
                        }));
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
                "/headers",
                "/short",
                "/resetbody",
                "/garbage")) {
            t.scenario(
                    "hc5 " + path,
                    () -> with(client(), client -> {
                        call(client, request("GET", path), HttpClientContext.create());
                        call(client, request("GET", "/status/200"), HttpClientContext.create());
                    }));
        }
        for (boolean once : List.of(true, false)) {
            for (int length : List.of(0, 10, 200_000)) {
                t.scenario(
                        "hc5 body of " + length + (once ? ", once" : ""),
                        () -> with(client(), client -> {
                            HttpUriRequestBase request = request("POST", "/echo");
                            byte[] bytes = new byte[length];
                            Arrays.fill(bytes, (byte) 'x');
                            HttpEntity entity = once
                                    ? new InputStreamEntity(new ByteArrayInputStream(bytes), null)
                                    : new ByteArrayEntity(bytes, null);
                            request.setEntity(entity);
                            request.setConfig(RequestConfig.custom()
                                    .setExpectContinueEnabled(length > 10)
                                    .setResponseTimeout(Timeout.ofSeconds(20))
                                    .build());
                            call(client, request, HttpClientContext.create());
                            t.step("entity", () -> request.getEntity() == entity);
                            t.step("headers", () -> Arrays.toString(request.getHeaders()));
                        }));
            }
        }
        t.scenario("hc5 refused", () -> with(client(), client -> call(client, new HttpGet(t.refused()), null)));
        t.scenario(
                "hc5 misuse",
                () -> with(client(), client -> {
                    call(client, new HttpGet(URI.create("/relative")), null);
                    HttpGet aborted = new HttpGet(t.uri("/status/200"));
                    aborted.abort();
                    call(client, aborted, HttpClientContext.create());
                    client.close();
                    call(client, request("GET", "/status/200"), null);
                }));
        t.scenario("hc5 minimal", () -> {
            try (CloseableHttpClient client = HttpClients.createMinimal()) {
                call(client, request("GET", "/status/200"), HttpClientContext.create());
                call(client, request("PUT", "/echo"), HttpClientContext.create());
            }
        });
    }

    private interface Use {
        void of(CloseableHttpClient client) throws Exception;
    }

    private void with(HttpClientBuilder builder, Use use) throws Exception {
        PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
        try (CloseableHttpClient client = builder.setConnectionManager(pool).build()) {
            use.of(client);
            t.step("pool", () -> pool.getTotalStats().toString());
        }
    }

    private HttpClientBuilder client() {
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(
                new AuthScope(null, -1), new UsernamePasswordCredentials("user", "pass".toCharArray()));
        BasicCookieStore cookies = new BasicCookieStore();
        return HttpClients.custom()
                .setDefaultCredentialsProvider(credentials)
                .setDefaultCookieStore(cookies)
                .disableAutomaticRetries()
                .addRequestInterceptorLast((request, entity, context) -> t.line("interceptor: " + request + " "
                        + (entity == null ? "no entity" : entity.getContentLength()) + " "
                        + context.getClass().getSimpleName()))
                .addResponseInterceptorFirst((response, entity, context) -> t.line("response: " + response.getCode()
                        + " " + (entity == null ? "no entity" : entity.getContentLength())))
                .addExecInterceptorFirst("own", (request, scope, chain) -> {
                    t.line("element: " + request + ", "
                            + scope.originalRequest.getClass().getSimpleName() + " to " + scope.route);
                    ClassicHttpResponse response = chain.proceed(request, scope);
                    t.line("element: " + response.getCode() + ", cookies "
                            + cookies.getCookies().size());
                    return response;
                });
    }

    private HttpUriRequestBase request(String method, String path) {
        return new HttpUriRequestBase(method, t.uri(path));
    }

    private void call(CloseableHttpClient client, HttpUriRequestBase request, @Nullable HttpClientContext context) {
        t.step(
                "call",
                () -> client.execute(request, context, response -> {
                    t.line("head: " + response.getVersion() + " " + response.getCode() + " "
                            + response.getReasonPhrase() + " " + Arrays.toString(response.getHeaders()));
                    HttpEntity entity = response.getEntity();
                    if (entity == null) {
                        return "no entity";
                    }
                    t.line("entity: " + entity.getContentLength() + " " + entity.getContentType() + " "
                            + entity.getContentEncoding() + " " + entity + " " + entity.isChunked() + " "
                            + entity.isRepeatable() + " "
                            + entity.isStreaming());
                    return text(entity);
                }));
        t.step(
                "request",
                () -> request + " " + Arrays.toString(request.getHeaders()) + " " + request.isAborted() + " "
                        + request.getScheme() + " " + request.getAuthority());
        if (context != null) {
            t.step(
                    "context",
                    () -> context.getResponse() + " " + context.getRequest() + " " + context.getHttpRoute() + " "
                            + context.getRedirectLocations().getAll() + " " + context.getUserToken());
        }
    }

    private static String text(HttpEntity entity) throws IOException {
        String text = new String(entity.getContent().readAllBytes(), StandardCharsets.UTF_8);
        return text.length() > 200 ? text.length() + " bytes, hash " + text.hashCode() : text;
    }
}
