package bench;

import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/** The calls of all clients over the network. */
final class Callers {
    /** The clients' names, for arguments and reports. */
    static final List<String> NAMES =
            List.of("HttpClient", "HttpURLConnection", "okhttp", "okhttp-enqueue", "apache5", "apache4");

    private Callers() {}

    static Caller of(String name, String address) {
        URI uri = URI.create(address);
        return switch (name) {
            case "HttpClient" -> httpClient(uri);
            case "HttpURLConnection" -> httpUrlConnection(uri);
            default -> LibraryCalls.of(name, address);
        };
    }

    private static Caller httpClient(URI uri) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        return () -> {
            try {
                return client.send(request, BodyHandlers.ofByteArray()).statusCode();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private static Caller httpUrlConnection(URI uri) {
        return () -> {
            URL url = uri.toURL();
            HttpURLConnection connection = (HttpURLConnection) url.openConnection();
            int status = connection.getResponseCode();
            try (InputStream body = connection.getInputStream()) {
                body.readAllBytes();
            }
            return status;
        };
    }
}
