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
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls to a host without a policy that an attempt of Apache HttpClient 5 makes: they are no part of the attempt. */
class Apache5NestedCallContract {
    /** The code that makes them. */
    enum From {
        REQUEST_INTERCEPTOR,
        RESPONSE_INTERCEPTOR,
        ELEMENT,
        ELEMENT_BEHIND,
        NAME_LOOKUP,
        CONNECTION_MANAGER
    }

    private static final String PATH = "/own";

    private final ScriptedServer tokens = ScriptedServer.http(Hosts.BARE);
    private CloseableHttpClient client = HttpClients.createDefault();
    private ClassicHttpRequest within = new HttpGet(tokens.uri("/token"));
    private CloseableHttpClient sender = client;

    /** The client makes them with itself, or with another one. */
    private void makesCalls(From from, boolean itself) {
        HttpClientBuilder builder = HttpClients.custom().disableAutomaticRetries();
        switch (from) {
            case REQUEST_INTERCEPTOR ->
                builder.addRequestInterceptorLast((request, entity, context) -> {
                    if (isOwn(request)) {
                        call();
                    }
                });
            case RESPONSE_INTERCEPTOR ->
                builder.addResponseInterceptorLast((response, entity, context) -> {
                    if (response.getFirstHeader("X-Within") == null) {
                        call();
                    }
                });
            case ELEMENT ->
                builder.addExecInterceptorFirst("own", (request, scope, chain) -> {
                    if (isOwn(request)) {
                        call();
                    }
                    return chain.proceed(request, scope);
                });
            case NAME_LOOKUP ->
                builder.setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new SystemDefaultDnsResolver() {
                            @Override
                            public InetAddress[] resolve(String host) throws UnknownHostException {
                                callUnlessTo(host);
                                return super.resolve(host);
                            }
                        })
                        .build());
            case CONNECTION_MANAGER -> builder.setConnectionManager(leasingWithCalls());
            default ->
                builder.addExecInterceptorLast("own", (request, scope, chain) -> {
                    ClassicHttpResponse response = chain.proceed(request, scope);
                    if (isOwn(request)) {
                        call();
                    }
                    return response;
                });
        }
        client = builder.build();
        if (itself) {
            sender = client;
        }
    }

    private static boolean isOwn(HttpRequest request) {
        return Objects.equals(request.getPath(), PATH);
    }

    /** The call itself is one to {@link Hosts#BARE}. */
    private void callUnlessTo(String host) {
        if (!host.equals(Hosts.BARE)) {
            call();
        }
    }

    private HttpClientConnectionManager leasingWithCalls() {
        HttpClientConnectionManager real =
                PoolingHttpClientConnectionManagerBuilder.create().build();
        return (HttpClientConnectionManager) Proxy.newProxyInstance(
                HttpClientConnectionManager.class.getClassLoader(),
                new Class<?>[] {HttpClientConnectionManager.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("lease")) {
                        callUnlessTo(((HttpRoute) arguments[1]).getTargetHost().getHostName());
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void call() {
        try {
            sender.execute(within, response -> response.getCode());
        } catch (IOException e) {
            // It says nothing about the call around it.
        }
    }

    @BeforeEach
    void answersSayWhoseTheyAre() {
        tokens.otherwise(ScriptedResponse.respond(200, "token").header("X-Within", "yes"));
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        sender.close();
        tokens.close();
    }

    @ParameterizedTest
    @EnumSource
    void aTunnelThatOneDoesNotGetIsNoFailureOfTheAttempt(From from) throws IOException {
        try (ConnectProxy proxy = new ConnectProxy().otherwise(Does.UNAVAILABLE);
                ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            sender = HttpClients.custom()
                    .disableAutomaticRetries()
                    .setProxy(new HttpHost("127.0.0.1", proxy.address().getPort()))
                    .build();
            within = new HttpGet(URI.create("https://" + Hosts.BARE + "/audit"));
            makesCalls(from, false);
            HttpPut put = new HttpPut(server.uri(PATH));
            put.setEntity(new StringEntity("order"));
            server.otherwise(ScriptedResponse.respond(404, "none"));

            int status = client.execute(put, response -> response.getCode());

            assertThat(status).isEqualTo(404);
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("order");
            assertThat(proxy.asked()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REQUEST_INTERCEPTOR", "ELEMENT", "NAME_LOOKUP", "CONNECTION_MANAGER"})
    void theAttemptIsCutOffAtItsOwnConnection(From from) throws IOException {
        for (boolean itself : new boolean[] {true, false}) {
            try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT)) {
                server.play(ScriptedResponse.afterRequest(Cut.HANG));
                makesCalls(from, itself);

                int status = client.execute(new HttpGet(server.uri(PATH)), response -> response.getCode());

                assertThat(status).isEqualTo(200);
                assertThat(server.requests()).hasSize(2);
                assertThat(tokens.requests()).hasSize(2);
                tokens.reset();
                answersSayWhoseTheyAre();
            }
        }
    }

    /** The program looks its password up while the client answers a challenge. */
    @Test
    void oneThatFindsCredentialsIsNoPartOfTheAttempt() throws IOException {
        for (boolean itself : new boolean[] {true, false}) {
            client = HttpClients.custom()
                    .disableAutomaticRetries()
                    .setDefaultCredentialsProvider((scope, context) -> {
                        call();
                        return new UsernamePasswordCredentials("user", "secret".toCharArray());
                    })
                    .build();
            if (itself) {
                sender = client;
            }
            try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT)) {
                ScriptedResponse challenge =
                        ScriptedResponse.respond(401).header("WWW-Authenticate", "Basic realm=\"shop\"");
                server.play(challenge, ScriptedResponse.afterRequest(Cut.HANG), challenge);

                int status = client.execute(new HttpGet(server.uri(PATH)), response -> response.getCode());

                assertThat(status).isEqualTo(200);
                assertThat(server.requests())
                        .extracting(sent -> sent.header("Authorization").isPresent())
                        .containsExactly(false, true, false, true);
                assertThat(tokens.requests()).hasSize(2);
                tokens.reset();
                answersSayWhoseTheyAre();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ELEMENT", "NAME_LOOKUP", "CONNECTION_MANAGER"})
    void thatOneWasSentDoesNotMeanThatTheAttemptWas(From from) {
        try (Unreachable refusing = Unreachable.refusing(Hosts.QUICK)) {
            makesCalls(from, true);
            HttpPost post = new HttpPost(refusing.uri(PATH));
            post.setEntity(new StringEntity("order"));

            assertThatThrownBy(() -> client.execute(post, response -> response.getCode()))
                    .isInstanceOf(ConnectException.class)
                    .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(3));
            assertThat(tokens.requests())
                    .extracting(ReceivedRequest::target)
                    .isEqualTo(List.of("/token", "/token", "/token", "/token"));
        }
    }
}
