package com.example.compat;

import io.trino.jdbc.$internal.okhttp3.MediaType;
import io.trino.jdbc.$internal.okhttp3.OkHttpClient;
import io.trino.jdbc.$internal.okhttp3.RequestBody;
import io.trino.jdbc.$internal.okhttp3.Response;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A relocated OkHttp, as the Trino JDBC driver has it within its jar. */
final class TrinoProgram {
    private TrinoProgram() {}

    public static void main(String[] arguments) {
        OkHttpClient client = new OkHttpClient.Builder()
                .readTimeout(Program.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        Program.of(arguments, "Trino JDBC", "trino-jdbc")
                .over("okhttp")
                .calls("OkHttp within the jar", request -> call(client, request));
    }

    private static Reply call(OkHttpClient client, Request request) throws IOException {
        io.trino.jdbc.$internal.okhttp3.Request.Builder call = new io.trino.jdbc.$internal.okhttp3.Request.Builder()
                .url(request.uri().toString());
        request.headers().forEach(call::header);
        RequestBody body =
                request.body() == null ? null : RequestBody.create(request.body(), MediaType.get(Request.JSON));
        call.method(request.method(), body);
        try (Response response = client.newCall(call.build()).execute()) {
            return new Reply(response.code(), response.body().string(), response.header("X-Answer"));
        }
    }
}
