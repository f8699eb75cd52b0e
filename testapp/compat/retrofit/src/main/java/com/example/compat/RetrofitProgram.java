package com.example.compat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.http.Body;
import retrofit2.http.DELETE;
import retrofit2.http.GET;
import retrofit2.http.HeaderMap;
import retrofit2.http.PATCH;
import retrofit2.http.POST;
import retrofit2.http.PUT;
import retrofit2.http.Url;

/** Retrofit: an interface in front of OkHttp, blocking and asynchronous. */
final class RetrofitProgram {
    private RetrofitProgram() {}

    /** The service, as a Retrofit program declares it; where it is, each call says. */
    interface Service {
        @GET
        Call<ResponseBody> get(@Url String uri, @HeaderMap Map<String, String> headers);

        @POST
        Call<ResponseBody> post(@Url String uri, @HeaderMap Map<String, String> headers, @Body RequestBody body);

        @PUT
        Call<ResponseBody> put(@Url String uri, @HeaderMap Map<String, String> headers, @Body RequestBody body);

        @PATCH
        Call<ResponseBody> patch(@Url String uri, @HeaderMap Map<String, String> headers, @Body RequestBody body);

        @DELETE
        Call<ResponseBody> delete(@Url String uri, @HeaderMap Map<String, String> headers);
    }

    public static void main(String[] arguments) {
        OkHttpClient client =
                new OkHttpClient.Builder().readTimeout(Program.PATIENCE).build();
        Service service = new Retrofit.Builder()
                .baseUrl(arguments[0])
                .client(client)
                .build()
                .create(Service.class);
        Program.of(arguments, "Retrofit", "retrofit")
                .over("okhttp")
                .calls("execute", request -> reply(call(service, request).execute()))
                .calls("enqueue", request -> enqueue(call(service, request)));
        client.dispatcher().executorService().shutdown();
    }

    private static Reply enqueue(Call<ResponseBody> call) throws Exception {
        CompletableFuture<Response<ResponseBody>> response = new CompletableFuture<>();
        call.enqueue(new Callback<>() {
            @Override
            public void onResponse(Call<ResponseBody> call, Response<ResponseBody> result) {
                response.complete(result);
            }

            @Override
            public void onFailure(Call<ResponseBody> call, Throwable failure) {
                response.completeExceptionally(failure);
            }
        });
        return reply(response.get(20, TimeUnit.SECONDS));
    }

    private static Call<ResponseBody> call(Service service, Request request) {
        String uri = request.uri().toString();
        return switch (request.method()) {
            case "POST" -> service.post(uri, request.headers(), body(request));
            case "PUT" -> service.put(uri, request.headers(), body(request));
            case "PATCH" -> service.patch(uri, request.headers(), body(request));
            case "DELETE" -> service.delete(uri, request.headers());
            default -> service.get(uri, request.headers());
        };
    }

    private static RequestBody body(Request request) {
        return RequestBody.create(request.text(), MediaType.get(Request.JSON));
    }

    private static Reply reply(Response<ResponseBody> response) throws IOException {
        ResponseBody body = response.isSuccessful() ? response.body() : response.errorBody();
        return new Reply(
                response.code(),
                body == null ? "" : body.string(),
                response.headers().get("X-Answer"));
    }
}
