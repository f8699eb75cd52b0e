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
        String[] header = arguments.length > 2 ? new String[] {arguments[1], arguments[2]} : new String[0];
        System.out.println("HttpClient " + modern(uri, header));
        if (arguments.length != 2) {
            System.out.println("HttpURLConnection " + classic(uri, header));
            return;
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(3))
                .until(() -> modern(uri, header).equals("third live"));
        System.out.println("live again with third within 3 s");
    }

    private static String modern(URI uri, String... header) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (header.length > 0) {
            request.header(header[0], header[1]);
        }
        HttpResponse<String> response = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        return response.body() + " "
                + response.headers().firstValue("Holdfast-Fallback").orElse("live");
    }

    private static String classic(URI uri, String... header) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        if (header.length > 0) {
            connection.setRequestProperty(header[0], header[1]);
        }
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            String by = connection.getHeaderField("Holdfast-Fallback");
            return new String(body.readAllBytes(), StandardCharsets.UTF_8) + " " + (by == null ? "live" : by);
        }
    }
}
