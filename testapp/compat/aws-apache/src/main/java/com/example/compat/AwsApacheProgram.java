package com.example.compat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;

/** The clients of the AWS SDK on Apache HttpClient, as the SDK calls them: it has retries of its own above this. */
@SuppressWarnings("deprecation") // of the first, which every program of some years has
final class AwsApacheProgram {
    private AwsApacheProgram() {}

    public static void main(String[] arguments) {
        try (SdkHttpClient apache4 = ApacheHttpClient.builder()
                        .socketTimeout(Program.PATIENCE)
                        .build();
                SdkHttpClient apache5 = Apache5HttpClient.builder()
                        .socketTimeout(Program.PATIENCE)
                        .build()) {
            Program.of(arguments, "AWS SDK v2 on Apache", "apache-client")
                    .over("apache4")
                    .calls("apache-client", request -> call(apache4, request))
                    .over("apache5")
                    .calls("apache5-client", request -> call(apache5, request));
        }
    }

    private static Reply call(SdkHttpClient client, Request request) throws IOException {
        SdkHttpRequest.Builder head =
                SdkHttpRequest.builder().uri(request.uri()).method(SdkHttpMethod.fromValue(request.method()));
        request.headers().forEach(head::putHeader);
        HttpExecuteRequest.Builder call = HttpExecuteRequest.builder();
        if (request.body() != null) {
            byte[] bytes = request.body().getBytes(StandardCharsets.UTF_8);
            head.putHeader("Content-Type", Request.JSON).putHeader("Content-Length", Integer.toString(bytes.length));
            ContentStreamProvider content = () -> new ByteArrayInputStream(bytes);
            call.contentStreamProvider(content);
        }
        HttpExecuteResponse response =
                client.prepareRequest(call.request(head.build()).build()).call();
        String body = "";
        if (response.responseBody().isPresent()) {
            try (var content = response.responseBody().get()) {
                body = new String(content.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
        return new Reply(
                response.httpResponse().statusCode(),
                body,
                response.httpResponse().firstMatchingHeader("X-Answer").orElse(null));
    }
}
