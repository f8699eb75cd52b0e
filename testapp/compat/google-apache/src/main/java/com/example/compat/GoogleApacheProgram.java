package com.example.compat;

import com.google.api.client.http.ByteArrayContent;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpContent;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpRequestFactory;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.apache.v2.ApacheHttpTransport;
import com.google.api.client.http.apache.v5.Apache5HttpTransport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Google's HTTP client on its Apache transports, whose requests are classes of its own with entities of its own. */
final class GoogleApacheProgram {
    private GoogleApacheProgram() {}

    public static void main(String[] arguments) throws IOException {
        HttpTransport apache4 = new ApacheHttpTransport();
        HttpTransport apache5 = new Apache5HttpTransport();
        HttpRequestFactory requests4 = requests(apache4);
        HttpRequestFactory requests5 = requests(apache5);
        Program.of(arguments, "google-http-client on Apache", "google-http-client")
                .over("apache4")
                .calls("ApacheHttpTransport", request -> call(requests4, request))
                .over("apache5")
                .calls("Apache5HttpTransport", request -> call(requests5, request));
        apache4.shutdown();
        apache5.shutdown();
    }

    private static HttpRequestFactory requests(HttpTransport transport) {
        return transport.createRequestFactory(request -> {
            request.setReadTimeout((int) Program.PATIENCE.toMillis());
            request.setNumberOfRetries(0);
        });
    }

    private static Reply call(HttpRequestFactory requests, Request request) throws IOException {
        HttpContent content = request.body() == null
                ? null
                : new ByteArrayContent(Request.JSON, request.body().getBytes(StandardCharsets.UTF_8));
        HttpRequest call = requests.buildRequest(request.method(), new GenericUrl(request.uri()), content);
        request.headers().forEach((name, value) -> call.getHeaders().set(name, value));
        HttpResponse response = call.execute();
        try {
            return new Reply(
                    response.getStatusCode(),
                    response.parseAsString(),
                    response.getHeaders().getFirstHeaderStringValue("X-Answer"));
        } finally {
            response.disconnect();
        }
    }
}
