package com.example.compat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.Response;

/** OkHttp itself, blocking and asynchronous. */
final class OkhttpProgram {
    private OkhttpProgram() {}

    public static void main(String[] arguments) {
        OkHttpClient client =
                new OkHttpClient.Builder().readTimeout(Program.PATIENCE).build();
        Program.of(arguments, "OkHttp", "okhttp-jvm")
                .over("okhttp")
                .calls("execute", request -> reply(client.newCall(call(request)).execute()))
                .calls("enqueue", request -> enqueue(client.newCall(call(request))));
        client.dispatcher().executorService().shutdown();
    }

    private static okhttp3.Request call(Request request) {
        okhttp3.Request.Builder call =
                new okhttp3.Request.Builder().url(request.uri().toString());
        request.headers().forEach(call::header);
        RequestBody body =
                request.body() == null ? null : RequestBody.create(request.body(), MediaType.get(Request.JSON));
        return call.method(request.method(), body).build();
    }

    private static Reply enqueue(Call call) throws Exception {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onResponse(Call call, Response response) {
                try {
                    reply.complete(reply(response));
                } catch (IOException e) {
                    reply.completeExceptionally(e);
                }
            }

            @Override
            public void onFailure(Call call, IOException e) {
                reply.completeExceptionally(e);
            }
        });
        return reply.get(20, TimeUnit.SECONDS);
    }

    private static Reply reply(Response response) throws IOException {
        try (response) {
            return new Reply(response.code(), response.body().string(), response.header("X-Answer"));
        }
    }
}
