package dev.holdfast.fallback;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;

/** An ordinary program that says what each client answers, and whether Holdfast did. */
final class RestartedProgram {
    private RestartedProgram() {}

    public static void main(String[] arguments) throws Exception {
        URI uri = URI.create(arguments[0]);
        System.out.println("HttpClient " + modern(uri));
        if (arguments.length == 1) {
            System.out.println("HttpURLConnection " + classic(uri));
            return;
        }
        Awaitility.await().atMost(Duration.ofSeconds(3)).until(() -> modern(uri).equals("third live"));
        System.out.println("live again with third within 3 s");
    }

    private static String modern(URI uri) throws IOException, InterruptedException {
        HttpResponse<String> response =
                HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        return response.body() + " "
                + response.headers().firstValue("Holdfast-Fallback").orElse("live");
    }

    private static String classic(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        try (InputStream body = connection.getInputStream()) {
            String by = connection.getHeaderField("Holdfast-Fallback");
            return new String(body.readAllBytes(), StandardCharsets.UTF_8) + " " + (by == null ? "live" : by);
        }
    }
}
