package com.example.compat;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Context;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import reactor.core.publisher.Flux;

/** The HTTP client of the Azure SDK: blocking, and reactive with bodies that are streams both ways. */
final class AzureProgram {
    private static final HttpHeaderName ANSWER = HttpHeaderName.fromString("X-Answer");

    private AzureProgram() {}

    public static void main(String[] arguments) {
        HttpClient client = new JdkHttpClientBuilder()
                .responseTimeout(Program.PATIENCE)
                .readTimeout(Program.PATIENCE)
                .build();
        Program.of(arguments, "Azure SDK", "azure-core-http-jdk-httpclient")
                .calls("sendSync", request -> blocking(client, request))
                .calls("send, streamed body", request -> reactive(client, request));
    }

    private static HttpRequest head(Request request) {
        HttpRequest call = new HttpRequest(
                HttpMethod.valueOf(request.method()), request.uri().toString());
        request.headers().forEach((name, value) -> call.setHeader(HttpHeaderName.fromString(name), value));
        if (request.body() != null) {
            call.setHeader(HttpHeaderName.CONTENT_TYPE, Request.JSON);
        }
        return call;
    }

    private static Reply blocking(HttpClient client, Request request) {
        HttpRequest call = head(request);
        if (request.body() != null) {
            call.setBody(request.body());
        }
        try (HttpResponse response = client.sendSync(call, Context.NONE)) {
            return reply(response, response.getBodyAsBinaryData().toString());
        }
    }

    private static Reply reactive(HttpClient client, Request request) {
        HttpRequest call = head(request);
        if (request.body() != null) {
            byte[] bytes = request.body().getBytes(StandardCharsets.UTF_8);
            int half = bytes.length / 2;
            call.setBody(Flux.just(
                    ByteBuffer.wrap(bytes, 0, half).slice(),
                    ByteBuffer.wrap(bytes, half, bytes.length - half).slice()));
            call.setHeader(HttpHeaderName.CONTENT_LENGTH, Integer.toString(bytes.length));
        }
        return Objects.requireNonNull(client.send(call)
                .flatMap(response ->
                        response.getBodyAsString().defaultIfEmpty("").map(body -> reply(response, body)))
                .block());
    }

    private static Reply reply(HttpResponse response, String body) {
        return new Reply(response.getStatusCode(), body, response.getHeaderValue(ANSWER));
    }
}
