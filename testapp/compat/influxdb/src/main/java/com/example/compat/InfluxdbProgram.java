package com.example.compat;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import java.io.IOException;
import java.util.Map;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import retrofit2.Call;
import retrofit2.Response;
import retrofit2.http.Body;
import retrofit2.http.DELETE;
import retrofit2.http.GET;
import retrofit2.http.HeaderMap;
import retrofit2.http.PATCH;
import retrofit2.http.POST;
import retrofit2.http.PUT;
import retrofit2.http.Url;

/** InfluxDB's client, which puts interceptors of its own before OkHttp and Retrofit in front of it. */
final class InfluxdbProgram {
    private InfluxdbProgram() {}

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
        InfluxDBClientOptions options = InfluxDBClientOptions.builder()
                .url(arguments[0])
                .authenticateToken("none".toCharArray())
                .org("shop")
                .bucket("orders")
                .okHttpClient(new OkHttpClient.Builder().readTimeout(Program.PATIENCE))
                .build();
        try (InfluxDBClient client = InfluxDBClientFactory.create(options)) {
            Service service = client.getService(Service.class);
            Program.of(arguments, "InfluxDB", "influxdb-client-java")
                    .over("okhttp")
                    .calls("getService", request -> reply(call(service, request).execute()));
        }
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
