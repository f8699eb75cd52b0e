package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ConnectProxy;
import dev.holdfast.testkit.ConnectProxy.Does;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpRequestInterceptor;
import org.apache.http.HttpResponse;
import org.apache.http.HttpResponseInterceptor;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.Credentials;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.CredentialsProvider;
import org.apache.http.client.HttpClient;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.client.methods.HttpPut;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.conn.DnsResolver;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.PoolingClientConnectionManager;
import org.apache.http.impl.conn.SchemeRegistryFactory;
import org.apache.http.impl.conn.SystemDefaultDnsResolver;
import org.apache.http.protocol.HttpContext;
import org.apache.http.util.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls to a host without a policy that an attempt of Apache HttpClient 4 makes: they are no part of the attempt. */
@SuppressWarnings("deprecation") // programs use what is old
class Apache4NestedCallContract {
    private static final String PATH = "/own";

    private final ScriptedServer tokens = ScriptedServer.http(Hosts.BARE);
    private HttpClient sender = HttpClients.createDefault();
    private HttpUriRequest within = new HttpGet(tokens.uri("/token"));

    private final HttpRequestInterceptor before = (request, context) -> {
        if (isOwn(request)) {
            call();
        }
    };
    private final HttpResponseInterceptor behind = (response, context) -> {
        if (context.getAttribute("http.request") instanceof HttpRequest request && isOwn(request)) {
            call();
        }
    };

    private HttpClient makesCalls(boolean old, boolean ahead) {
        if (!old) {
            return ahead
                    ? HttpClients.custom()
                            .disableAutomaticRetries()
                            .addInterceptorLast(before)
                            .build()
                    : HttpClients.custom()
                            .disableAutomaticRetries()
                            .addInterceptorLast(behind)
                            .build();
        }
        DefaultHttpClient client = new DefaultHttpClient(new PoolingClientConnectionManager());
        client.setHttpRequestRetryHandler((error, count, context) -> false);
        if (ahead) {
            client.addRequestInterceptor(before);
        } else {
            client.addResponseInterceptor(behind);
        }
        return client;
    }

    private static boolean isOwn(HttpRequest request) {
        return request.getRequestLine().getUri().equals(PATH);
    }

    private void call() {
        try {
            EntityUtils.consume(sender.execute(within).getEntity());
        } catch (IOException e) {
            // It says nothing about the call around it.
        }
    }

    private static int status(HttpClient client, HttpUriRequest request) throws IOException {
        HttpResponse response = client.execute(request);
        EntityUtils.consume(response.getEntity());
        return response.getStatusLine().getStatusCode();
    }

    @AfterEach
    void close() {
        tokens.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTunnelThatOneDoesNotGetIsNoFailureOfTheAttempt(boolean old) throws IOException {
        for (boolean ahead : new boolean[] {true, false}) {
            try (ConnectProxy proxy = new ConnectProxy().otherwise(Does.UNAVAILABLE);
                    ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
                sender = HttpClients.custom()
                        .disableAutomaticRetries()
                        .setProxy(new HttpHost("127.0.0.1", proxy.address().getPort()))
                        .build();
                within = new HttpGet(URI.create("https://" + Hosts.BARE + "/audit"));
                HttpPut put = new HttpPut(server.uri(PATH));
                put.setEntity(new StringEntity("order", StandardCharsets.UTF_8));
                server.otherwise(ScriptedResponse.respond(404, "none"));

                assertThat(status(makesCalls(old, ahead), put)).isEqualTo(404);

                assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("order");
                assertThat(proxy.asked()).hasSize(1);
            }
        }
    }

    /** A wait for a connection that ends in none has no end of its own. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theTimeOfTheAttemptGoesOnBehindOneThatGetsNoConnection(boolean old) throws IOException {
        PoolingClientConnectionManager dry = new PoolingClientConnectionManager();
        dry.setMaxTotal(1);
        DefaultHttpClient other = new DefaultHttpClient(dry);
        other.getParams().setParameter("http.conn-manager.timeout", 10L);
        HttpResponse open = other.execute(new HttpGet(tokens.uri("/open")));
        sender = other;
        try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT)) {
            server.play(ScriptedResponse.afterRequest(Cut.HANG));

            assertThat(status(makesCalls(old, true), new HttpGet(server.uri(PATH))))
                    .isEqualTo(200);

            assertThat(server.requests()).hasSize(2);
            assertThat(tokens.requests()).hasSize(1);
        }
        EntityUtils.consume(open.getEntity());
        dry.shutdown();
    }

    /** The program looks a name up while the client connects, and a password while that answers a challenge. */
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void oneThatFindsNamesOrCredentialsIsNoPartOfTheAttempt(boolean old, boolean itself) throws IOException {
        DnsResolver names = new SystemDefaultDnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                if (!host.equals(Hosts.BARE)) {
                    call();
                }
                return super.resolve(host);
            }
        };
        CredentialsProvider credentials = new BasicCredentialsProvider() {
            @Override
            public Credentials getCredentials(AuthScope scope) {
                call();
                return new UsernamePasswordCredentials("user", "secret");
            }
        };
        HttpClient client;
        if (old) {
            DefaultHttpClient made = new DefaultHttpClient(
                    new PoolingClientConnectionManager(SchemeRegistryFactory.createDefault(), names));
            made.setHttpRequestRetryHandler((error, count, context) -> false);
            made.setCredentialsProvider(credentials);
            client = made;
        } else {
            client = HttpClients.custom()
                    .disableAutomaticRetries()
                    .setDnsResolver(names)
                    .setDefaultCredentialsProvider(credentials)
                    .build();
        }
        if (itself) {
            sender = client;
        }
        try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT)) {
            ScriptedResponse challenge =
                    ScriptedResponse.respond(401).header("WWW-Authenticate", "Basic realm=\"shop\"");
            server.play(challenge, ScriptedResponse.afterRequest(Cut.HANG), challenge);

            assertThat(status(client, new HttpGet(server.uri(PATH)))).isEqualTo(200);

            assertThat(server.requests())
                    .extracting(sent -> sent.header("Authorization").isPresent())
                    .containsExactly(false, true, false, true);
            assertThat(tokens.requests())
                    .as("a name and a password of each attempt")
                    .hasSize(4);
        }
    }

    @Test
    void thatOneWasSentDoesNotMeanThatTheAttemptWas() {
        try (Unreachable refusing = Unreachable.refusing(Hosts.QUICK)) {
            HttpClient client = makesCalls(false, true); // the old client connects first
            sender = client;
            HttpPost post = new HttpPost(refusing.uri(PATH));
            post.setEntity(new StringEntity("order", StandardCharsets.UTF_8));

            assertThatThrownBy(() -> status(client, post))
                    .isInstanceOf(ConnectException.class)
                    .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(3));
            assertThat(tokens.requests())
                    .extracting(ReceivedRequest::target)
                    .isEqualTo(List.of("/token", "/token", "/token", "/token"));
        }
    }

    /** A subclass of the program's sees each of its calls once. */
    @Test
    void aClientThatChangesCallsChangesOneOnce() throws IOException {
        DefaultHttpClient changing = new DefaultHttpClient() {
            @Override
            public CloseableHttpResponse execute(HttpHost target, HttpRequest request, HttpContext context)
                    throws IOException {
                request.addHeader("X-Seen", "yes");
                return super.execute(target, request, context);
            }
        };
        HttpHost target = new HttpHost(Hosts.BARE, tokens.port());
        HttpClient client = HttpClients.custom()
                .addInterceptorLast((HttpRequestInterceptor) (request, context) ->
                        EntityUtils.consume(changing.execute(target, new HttpGet("/token"), (HttpContext) null)
                                .getEntity()))
                .build();
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            assertThat(status(client, new HttpGet(server.uri(PATH)))).isEqualTo(200);
        }
        assertThat(tokens.requests())
                .singleElement()
                .satisfies(sent -> assertThat(sent.headers("X-Seen")).containsExactly("yes"));
    }
}
