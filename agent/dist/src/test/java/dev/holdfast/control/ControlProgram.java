package dev.holdfast.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes calls as its standard input says, and prints how each of them ended: {@code ID STATUS}, with {@code fallback}
 * behind it where the response is marked as one, {@code ID EXCEPTION}, or {@code ID cancelled}. Knows of Holdfast
 * nothing but that mark.
 */
final class ControlProgram {
    private static final Map<String, Runnable> CANCELLATIONS = new ConcurrentHashMap<>();
    private static final Set<String> CANCELLED = ConcurrentHashMap.newKeySet();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private ControlProgram() {}

    /**
     * Runs it: each line is {@code call ID URI} or {@code cancel ID}.
     *
     * @param arguments the client
     */
    public static void main(String[] arguments) throws IOException {
        boolean httpClient = arguments[0].equals("java.net.http");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("cancel")) {
                CANCELLED.add(words[1]);
                CANCELLATIONS.get(words[1]).run();
            } else if (httpClient) {
                send(words[1], URI.create(words[2]));
            } else {
                open(words[1], URI.create(words[2]));
            }
        }
    }

    private static void send(String id, URI uri) {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .version(HttpClient.Version.HTTP_1_1)
                .header("X-Call", id)
                .build();
        CompletableFuture<HttpResponse<String>> response = CLIENT.sendAsync(request, BodyHandlers.ofString());
        CANCELLATIONS.put(id, () -> response.cancel(true));
        response.whenComplete((got, error) -> {
            if (error != null) {
                ended(id, name(error));
            } else {
                ended(id, got.statusCode(), got.headers().firstValue("Holdfast-Fallback"));
            }
        });
    }

    private static void open(String id, URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestProperty("X-Call", id);
        CANCELLATIONS.put(id, connection::disconnect);
        Thread thread = new Thread(() -> {
            try {
                int status = connection.getResponseCode();
                try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                    if (body != null) {
                        body.readAllBytes();
                    }
                }
                ended(id, status, Optional.ofNullable(connection.getHeaderField("Holdfast-Fallback")));
            } catch (IOException e) {
                ended(id, name(e));
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static String name(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause.getClass().getSimpleName();
    }

    private static void ended(String id, int status, Optional<String> fallback) {
        ended(id, status + (fallback.isPresent() ? " fallback" : ""));
    }

    private static synchronized void ended(String id, String how) {
        System.out.println(id + " " + (CANCELLED.contains(id) ? "cancelled" : how));
    }
}
