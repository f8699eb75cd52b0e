package com.example.compat;

import feign.Client;
import feign.DefaultClient;
import feign.DefaultRetryer;
import feign.Feign;
import feign.HeaderMap;
import feign.Headers;
import feign.Request.Options;
import feign.RequestLine;
import feign.Response;
import feign.RetryableException;
import feign.Retryer;
import feign.Util;
import feign.codec.DefaultErrorDecoder;
import feign.codec.ErrorDecoder;
import feign.http2client.Http2Client;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** OpenFeign over both of the JDK's clients, without and with its own retries. */
final class FeignProgram {
    private static final Options OPTIONS = new Options(2, TimeUnit.SECONDS, 2, TimeUnit.SECONDS, true);

    private FeignProgram() {}

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

        @RequestLine("GET")
        String text(URI uri);
    }

    public static void main(String[] arguments) {
        Service classic = service(new DefaultClient(null, null), Retryer.NEVER_RETRY, new DefaultErrorDecoder());
        Service modern = service(new Http2Client(), Retryer.NEVER_RETRY, new DefaultErrorDecoder());
        Service retrying =
                service(new DefaultClient(null, null), new DefaultRetryer(20, 100, 3), FeignProgram::askForRetry);
        // The JDK's connection, which it is at the bottom, refuses PATCH.
        Set<String> classicMethods = Set.of("GET", "POST", "PUT", "DELETE");
        Program.of(arguments, "OpenFeign", "feign-core")
                .calls("DefaultClient", request -> call(classic, request))
                .step("DefaultClient", "decoded", "ok", classic::text)
                .step("DefaultClient", "decoded-not-found", "status-404", classic::text)
                .calls("DefaultClient, DefaultRetryer", classicMethods, request -> decoded(retrying, request))
                .calls("Http2Client (java11)", request -> call(modern, request))
                .step("Http2Client (java11)", "decoded-not-found", "status-404", modern::text);
    }

    private static Service service(Client client, Retryer retryer, ErrorDecoder errors) {
        return Feign.builder()
                .client(client)
                .options(OPTIONS)
                .retryer(retryer)
                .errorDecoder(errors)
                .target(feign.Target.EmptyTarget.create(Service.class));
    }

    private static Exception askForRetry(String method, Response response) {
        return response.status() == 503
                ? new RetryableException(
                        503, "come back", response.request().httpMethod(), (Long) null, response.request())
                : new DefaultErrorDecoder().decode(method, response);
    }

    /** Only what is decoded is retried for its status. */
    private static Reply decoded(Service service, Request request) throws IOException {
        return request.method().equals("GET") ? Reply.of(200, service.text(request.uri())) : call(service, request);
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
