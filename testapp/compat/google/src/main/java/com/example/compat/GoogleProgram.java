package com.example.compat;

import com.google.api.client.http.ByteArrayContent;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpContent;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpRequestFactory;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.InputStreamContent;
import com.google.api.client.http.javanet.NetHttpTransport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Google's HTTP client on its JDK transport, which streams every body and copies headers by their index. */
final class GoogleProgram {
    private GoogleProgram() {}

    public static void main(String[] arguments) {
        HttpRequestFactory requests = new NetHttpTransport().createRequestFactory(request -> {
            request.setReadTimeout((int) Program.PATIENCE.toMillis());
            request.setNumberOfRetries(0);
        });
        Program.of(arguments, "google-http-client", "google-http-client")
                .calls("NetHttpTransport", Set.of("GET", "POST", "PUT", "DELETE"), request -> call(requests, request))
                .step("NetHttpTransport", "upload", "ok", uri -> upload(requests, uri));
    }

    private static Reply call(HttpRequestFactory requests, Request request) throws IOException {
        HttpContent content = request.body() == null
                ? null
                : new ByteArrayContent(Request.JSON, request.body().getBytes(StandardCharsets.UTF_8));
        HttpRequest call = requests.buildRequest(request.method(), new GenericUrl(request.uri()), content);
        request.headers().forEach((name, value) -> call.getHeaders().set(name, value));
        return reply(call.execute());
    }

    private static Reply reply(HttpResponse response) throws IOException {
        try {
            return new Reply(
                    response.getStatusCode(),
                    response.parseAsString(),
                    response.getHeaders().getFirstHeaderStringValue("X-Answer"));
        } finally {
            response.disconnect();
        }
    }

    private static Reply upload(HttpRequestFactory requests, URI uri) throws IOException {
        byte[] bytes = "upload".repeat(20_000).getBytes(StandardCharsets.UTF_8);
        InputStreamContent content =
                new InputStreamContent("application/octet-stream", new ByteArrayInputStream(bytes));
        return reply(requests.buildPostRequest(new GenericUrl(uri), content).execute());
    }
}
