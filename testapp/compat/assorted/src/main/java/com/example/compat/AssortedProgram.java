package com.example.compat;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.jdk.JdkHttpClient;
import io.avaje.http.client.HttpClientRequest;
import io.github.jopenlibs.vault.rest.Rest;
import io.github.jopenlibs.vault.rest.RestException;
import io.github.jopenlibs.vault.rest.RestResponse;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.client.Invocation;
import jakarta.ws.rs.core.Response;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.jboss.resteasy.client.jaxrs.engines.URLConnectionEngine;
import org.jboss.resteasy.client.jaxrs.internal.ResteasyClientBuilderImpl;
import org.openqa.selenium.remote.http.ClientConfig;
import org.openqa.selenium.remote.http.Contents;

/** Libraries that have a client of the JDK's inside, and little of their own around it. */
final class AssortedProgram {
    private static final Set<String> NO_PATCH = Set.of("GET", "POST", "PUT", "DELETE");

    private static final JdkHttpClient LANGCHAIN =
            JdkHttpClient.builder().readTimeout(Program.PATIENCE).build();
    private static final io.avaje.http.client.HttpClient AVAJE = io.avaje.http.client.HttpClient.builder()
            .baseUrl("http://127.0.0.1")
            .requestTimeout(Program.PATIENCE)
            .build();

    private static final Client RESTEASY = new ResteasyClientBuilderImpl()
            .httpEngine(new URLConnectionEngine()) // its timeouts are those of the JVM's properties
            .build();

    private AssortedProgram() {}

    public static void main(String[] arguments) {
        Program.of(arguments, "Thin layers", "")
                .calls("langchain4j", Set.of("GET", "POST", "DELETE"), AssortedProgram::langchain)
                .calls("Avaje", AssortedProgram::avaje)
                .calls("Nimbus OAuth", NO_PATCH, AssortedProgram::oauth)
                .calls("Vault", NO_PATCH, AssortedProgram::vault)
                .calls("Selenium", AssortedProgram::selenium)
                .calls("Hutool", AssortedProgram::hutool)
                .calls("RESTEasy", NO_PATCH, AssortedProgram::resteasy);
    }

    private static Reply langchain(Request request) {
        var builder = dev.langchain4j.http.client.HttpRequest.builder()
                .method(HttpMethod.valueOf(request.method()))
                .url(request.uri().toString());
        request.headers().forEach((name, value) -> builder.addHeader(name, value));
        if (request.body() != null) {
            builder.addHeader("Content-Type", Request.JSON).body(request.body());
        }
        SuccessfulHttpResponse response = LANGCHAIN.execute(builder.build());
        return Reply.of(response.statusCode(), response.body());
    }

    private static Reply avaje(Request request) {
        HttpClientRequest call = AVAJE.request().url(request.uri().toString());
        request.headers().forEach((name, value) -> call.header(name, value));
        if (request.body() != null) {
            call.header("Content-Type", Request.JSON).body(request.body());
        }
        HttpResponse<String> response = switch (request.method()) {
            case "GET" -> call.GET().asString();
            case "POST" -> call.POST().asString();
            case "PUT" -> call.PUT().asString();
            case "DELETE" -> call.DELETE().asString();
            default -> call.PATCH().asString();
        };
        return new Reply(
                response.statusCode(),
                response.body(),
                response.headers().firstValue("X-Answer").orElse(null));
    }

    private static Reply oauth(Request request) throws Exception {
        HTTPRequest call = new HTTPRequest(HTTPRequest.Method.valueOf(request.method()), request.uri());
        call.setConnectTimeout((int) Program.PATIENCE.toMillis());
        call.setReadTimeout((int) Program.PATIENCE.toMillis());
        request.headers().forEach((name, value) -> call.setHeader(name, value));
        if (request.body() != null) {
            call.setHeader("Content-Type", Request.JSON);
            call.setBody(request.body());
        }
        HTTPResponse response = call.send();
        return new Reply(
                response.getStatusCode(), String.valueOf(response.getBody()), response.getHeaderValue("X-Answer"));
    }

    private static Reply vault(Request request) throws RestException {
        Rest call = new Rest().url(request.uri().toString()).readTimeoutSeconds((int) Program.PATIENCE.toSeconds());
        request.headers().forEach((name, value) -> call.header(name, value));
        if (request.body() != null) {
            call.header("Content-Type", Request.JSON).body(request.body().getBytes(StandardCharsets.UTF_8));
        }
        RestResponse response = switch (request.method()) {
            case "GET" -> call.get();
            case "POST" -> call.post();
            case "PUT" -> call.put();
            default -> call.delete();
        };
        byte[] body = response.getBody() == null ? new byte[0] : response.getBody();
        return Reply.of(response.getStatus(), new String(body, StandardCharsets.UTF_8));
    }

    private static Reply selenium(Request request) throws Exception {
        ClientConfig config = ClientConfig.defaultConfig()
                .baseUri(request.uri().resolve("/"))
                .readTimeout(Program.PATIENCE)
                .connectionTimeout(Duration.ofSeconds(2));
        try (org.openqa.selenium.remote.http.HttpClient client =
                org.openqa.selenium.remote.http.HttpClient.Factory.create("jdk-http-client")
                        .createClient(config)) {
            var call = new org.openqa.selenium.remote.http.HttpRequest(
                    org.openqa.selenium.remote.http.HttpMethod.valueOf(request.method()),
                    request.uri().getPath());
            request.headers().forEach((name, value) -> call.setHeader(name, value));
            if (request.body() != null) {
                call.setHeader("Content-Type", Request.JSON);
                call.setContent(Contents.utf8String(request.body()));
            }
            var response = client.execute(call);
            return new Reply(response.getStatus(), response.contentAsString(), response.getHeader("X-Answer"));
        }
    }

    private static Reply hutool(Request request) {
        cn.hutool.http.HttpRequest call = cn.hutool.http.HttpRequest.of(
                        request.uri().toString())
                .method(cn.hutool.http.Method.valueOf(request.method()))
                .timeout((int) Program.PATIENCE.toMillis());
        request.headers().forEach((name, value) -> call.header(name, value));
        if (request.body() != null) {
            call.body(request.body(), Request.JSON);
        }
        try (cn.hutool.http.HttpResponse response = call.execute()) {
            return new Reply(response.getStatus(), response.body(), response.header("X-Answer"));
        }
    }

    private static Reply resteasy(Request request) {
        Invocation.Builder call = RESTEASY.target(request.uri()).request();
        request.headers().forEach((name, value) -> call.header(name, value));
        try (Response response = request.body() == null
                ? call.method(request.method())
                : call.method(request.method(), Entity.json(request.body()))) {
            return new Reply(
                    response.getStatus(), response.readEntity(String.class), response.getHeaderString("X-Answer"));
        }
    }
}
