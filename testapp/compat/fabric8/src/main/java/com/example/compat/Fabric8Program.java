package com.example.compat;

import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The HTTP client below the fabric8 Kubernetes client: asynchronous, with retries of its own. */
final class Fabric8Program {
    private Fabric8Program() {}

    public static void main(String[] arguments) {
        RequestConfig few =
                new RequestConfigBuilder().withRequestRetryBackoffLimit(3).build(); // 10 by default
        HttpClient.Builder builder = new JdkHttpClientFactory().newBuilder();
        builder.tag(few);
        try (HttpClient client = builder.build()) {
            Program.of(arguments, "fabric8", "kubernetes-httpclient-jdk").calls("sendAsync", r -> call(client, r));
        }
    }

    private static Reply call(HttpClient client, Request request)
            throws InterruptedException, ExecutionException, TimeoutException {
        HttpRequest.Builder call = client.newHttpRequestBuilder()
                .uri(request.uri())
                .timeout(Program.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        request.headers().forEach(call::header);
        call.method(request.method(), request.body() == null ? null : Request.JSON, request.body());
        HttpResponse<String> response =
                client.sendAsync(call.build(), String.class).get(20, TimeUnit.SECONDS);
        String body = response.body();
        return new Reply(response.code(), body == null ? "" : body, response.header("X-Answer"));
    }
}
