package com.example.compat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** The client of the AWS SDK on HttpURLConnection, as the SDK calls it: it has retries of its own above this. */
final class AwsProgram {
    private AwsProgram() {}

    public static void main(String[] arguments) {
        SdkHttpClient client = UrlConnectionHttpClient.builder()
                .socketTimeout(Program.PATIENCE)
                .build();
        Program.of(arguments, "AWS SDK v2", "url-connection-client")
                .calls("url-connection-client", request -> call(client, request));
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
        ExecutableHttpRequest prepared =
                client.prepareRequest(call.request(head.build()).build());
        HttpExecuteResponse response = prepared.call();
        String body = response.responseBody().isPresent()
                ? new String(response.responseBody().get().readAllBytes(), StandardCharsets.UTF_8)
                : "";
        return new Reply(
                response.httpResponse().statusCode(),
                body,
                response.httpResponse().firstMatchingHeader("X-Answer").orElse(null));
    }
}
