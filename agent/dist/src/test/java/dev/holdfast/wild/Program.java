package dev.holdfast.wild;

import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * An ordinary program: calls a service that fails each call once, in each style, and prints what it saw; under a
 * policy, {@value #SERVED}.
 */
final class Program {
    /** The output where each call was repeated. */
    static final String SERVED = "HttpURLConnection 200, send 200, sendAsync 200; 6 requests";
    /** The output where none was. */
    static final String UNTOUCHED = "HttpURLConnection 503, send 503, sendAsync 503; 3 requests";

    private Program() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println(calls());
    }

    static String calls() throws Exception {
        try (Flaky flaky = new Flaky()) {
            HttpURLConnection connection =
                    (HttpURLConnection) flaky.uri("/a").toURL().openConnection();
            int classic = connection.getResponseCode();
            HttpClient client =
                    HttpClient.newBuilder().version(Version.HTTP_1_1).build();
            int sent = client.send(HttpRequest.newBuilder(flaky.uri("/b")).build(), BodyHandlers.ofString())
                    .statusCode();
            int async = client.sendAsync(HttpRequest.newBuilder(flaky.uri("/c")).build(), BodyHandlers.ofString())
                    .get()
                    .statusCode();
            return "HttpURLConnection " + classic + ", send " + sent + ", sendAsync " + async + "; " + flaky.requests()
                    + " requests";
        }
    }
}
