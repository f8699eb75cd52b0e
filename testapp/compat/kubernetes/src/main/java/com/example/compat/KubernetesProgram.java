package com.example.compat;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.ApiResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;

/** The official Kubernetes client: what its generated classes call. */
final class KubernetesProgram {
    private KubernetesProgram() {}

    public static void main(String[] arguments) {
        OkHttpClient http =
                new OkHttpClient.Builder().readTimeout(Program.PATIENCE).build();
        ApiClient client = new ApiClient(http);
        client.setBasePath(arguments[0].replaceFirst("/$", ""));
        Program.of(arguments, "Kubernetes client", "client-java")
                .over("okhttp")
                .calls("ApiClient", request -> call(client, request));
    }

    private static Reply call(ApiClient client, Request request) throws ApiException {
        Map<String, String> headers = new HashMap<>(request.headers());
        headers.put("Accept", Request.JSON);
        Object body = null;
        if (request.body() != null) {
            headers.put("Content-Type", Request.JSON);
            body = RequestBody.create(request.body(), MediaType.get(Request.JSON));
        }
        Call call = client.buildCall(
                null,
                request.uri().getPath(),
                request.method(),
                List.of(),
                List.of(),
                body,
                headers,
                Map.of(),
                Map.of(),
                new String[0],
                null);
        ApiResponse<String> response = client.execute(call, String.class);
        List<String> answers = response.getHeaders().getOrDefault("x-answer", List.of());
        return new Reply(
                response.getStatusCode(),
                response.getData() == null ? "" : response.getData(),
                answers.isEmpty() ? null : answers.get(0));
    }
}
