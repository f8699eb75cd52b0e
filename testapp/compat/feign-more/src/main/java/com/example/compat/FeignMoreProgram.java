package com.example.compat;

import feign.Client;
import feign.Feign;
import feign.HeaderMap;
import feign.Headers;
import feign.Request.Options;
import feign.RequestLine;
import feign.Response;
import feign.Retryer;
import feign.Util;
import feign.hc5.ApacheHttp5Client;
import feign.okhttp.OkHttpClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** OpenFeign over OkHttp and over Apache HttpClient 5. */
final class FeignMoreProgram {
    private static final Options OPTIONS = new Options(2, TimeUnit.SECONDS, 2, TimeUnit.SECONDS, true);

    private FeignMoreProgram() {}

    /** The service, as a Feign program declares it; where it is, each call says. */
    interface Service {
        @RequestLine("GET")
        Response get(URI uri, @HeaderMap Map<String, Object> headers);

        @RequestLine("POST")
        @Headers("Content-Type: application/json")
        Response post(URI uri, @HeaderMap Map<String, Object> headers, String body);

        @RequestLine("PUT")
        @Headers("Content-Type: application/json")
        Response put(URI uri, @HeaderMap Map<String, Object> headers, String body);

        @RequestLine("PATCH")
        @Headers("Content-Type: application/json")
        Response patch(URI uri, @HeaderMap Map<String, Object> headers, String body);

        @RequestLine("DELETE")
        Response delete(URI uri, @HeaderMap Map<String, Object> headers);
    }

    public static void main(String[] arguments) {
        Service okhttp = service(new OkHttpClient());
        Service apache = service(new ApacheHttp5Client());
        Program.of(arguments, "OpenFeign clients", "feign-core")
                .over("okhttp")
                .calls("OkHttpClient", request -> call(okhttp, request))
                .over("apache5")
                .calls("ApacheHttp5Client", request -> call(apache, request));
    }

    private static Service service(Client client) {
        return Feign.builder()
                .client(client)
                .options(OPTIONS)
                .retryer(Retryer.NEVER_RETRY)
                .target(feign.Target.EmptyTarget.create(Service.class));
    }

    private static Reply call(Service service, Request request) throws IOException {
        Map<String, Object> headers = Map.copyOf(request.headers());
        URI uri = request.uri();
        Response response = switch (request.method()) {
            case "POST" -> service.post(uri, headers, request.text());
            case "PUT" -> service.put(uri, headers, request.text());
            case "PATCH" -> service.patch(uri, headers, request.text());
            case "DELETE" -> service.delete(uri, headers);
            default -> service.get(uri, headers);
        };
        try (response) {
            String body =
                    response.body() == null ? "" : Util.toString(response.body().asReader(StandardCharsets.UTF_8));
            Collection<String> marks = response.headers().getOrDefault("X-Answer", List.of());
            return new Reply(
                    response.status(),
                    body,
                    marks.isEmpty() ? null : marks.iterator().next());
        }
    }
}
